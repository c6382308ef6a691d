#!/usr/bin/env node
// Stands in for the `code` executable where @vscode/test-electron starts it; code.ts says what it does.
import { register } from 'tsx/esm/api';

register();
await import('./code.ts');
