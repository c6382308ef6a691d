// Makes the current folder as changes say: those of files that are named, else those of the steps this one needs.
//   node .sluice/builders/layInChanges.mjs [build/change.json …]
// After a run, in a clean checkout: git show <branch>:build/change.json > change.json, then name that file here.
import fs from 'node:fs';
import { layIn, neededChanges, orTell } from './changes.mjs';

orTell(() => {
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : neededChanges(process.env.SLUICE_NEEDS);
  if (files.length === 0) {
    throw new Error('There is no change to lay in: name a file.');
  }
  const changes = files.map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
  for (const change of changes) {
    for (const file of layIn(change)) {
      process.stdout.write(`${file}\n`);
    }
  }
});
