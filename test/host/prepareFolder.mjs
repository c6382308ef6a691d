// The folder that the launch configuration "Debug Host Tests" opens, made anew and as run.ts makes it.
import fs from 'node:fs';
import path from 'node:path';
import { copyAsRepository } from '../../scripts/example.mjs';
import { hostFolder } from '../../scripts/paths.mjs';

const folder = path.join(hostFolder, 'test-folder');
fs.rmSync(folder, { recursive: true, force: true });
copyAsRepository(path.join(import.meta.dirname, 'workspaces/folder'), folder);
