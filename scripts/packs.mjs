// Puts the packs together that come with Sluice: a folder each, with pack.json and the files that are copied.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Packs whose files are those of an example, which is tested as it is. */
const EXAMPLES = { 'code-quality': 'examples/code-quality/.sluice' };

/** @param {string} target absolute; replaced */
export function assemblePacks(target) {
  fs.rmSync(target, { recursive: true, force: true });
  fs.cpSync(path.join(root, 'resources/packs'), target, { recursive: true });
  for (const [pack, folder] of Object.entries(EXAMPLES)) {
    fs.cpSync(path.join(root, folder), path.join(target, pack, 'files/.sluice'), {
      recursive: true,
    });
  }
}
