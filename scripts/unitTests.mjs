// The unit tests as one file for mocha. It would `require` TypeScript files, which preciseCoverage.mjs does not reach,
// and then report that instead of what is wrong in a file. SLUICE_SHARD=0/2 takes every second file, from the first.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

const folder = path.join(root, 'test/unit');
const [shard, shards] = (process.env.SLUICE_SHARD ?? '0/1').split('/').map(Number);
const files = fs
  .readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .sort();
for (const [index, file] of files.entries()) {
  if (index % shards === shard) {
    await import(pathToFileURL(path.join(folder, file)).href);
  }
}
