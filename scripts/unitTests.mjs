// The unit tests as one file for mocha. It would `require` TypeScript files, which preciseCoverage.mjs does not reach,
// and then report that instead of what is wrong in a file.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

const folder = path.join(root, 'test/unit');
for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
  if (file.endsWith('.test.ts')) {
    await import(pathToFileURL(path.join(folder, file)).href);
  }
}
