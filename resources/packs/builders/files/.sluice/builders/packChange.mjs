// Makes a change of the paths that build/changed.json lists, for the steps after this one.
//   node .sluice/builders/packChange.mjs <file to write>
import fs from 'node:fs';
import path from 'node:path';
import { changeOf, orTell } from './changes.mjs';

const LIST = 'build/changed.json';

orTell(() => {
  const [target] = process.argv.slice(2);
  if (target === undefined) {
    throw new Error('Name the file to write.');
  }
  if (!fs.existsSync(LIST)) {
    throw new Error(`${LIST} is not there: it must list the paths that were changed.`);
  }
  let paths;
  try {
    paths = JSON.parse(fs.readFileSync(LIST, 'utf8'));
  } catch {
    throw new Error(`${LIST} is no JSON.`);
  }
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new Error(`${LIST} must be a list of at least one path.`);
  }
  const change = changeOf(paths.filter((file) => file !== LIST && file !== target));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, `${JSON.stringify(change, undefined, 2)}\n`);
  process.stdout.write(`${change.files.length} files, ${change.removed.length} removed\n`);
});
