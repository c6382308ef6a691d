// Runs those scripts of package.json that check the folder. Exit code 0: all that are there have passed.
//   node .sluice/builders/checkProject.mjs [--lay-in] [lint] [types] [security] [test]
//   --lay-in: first makes the folder as the changes of the needed steps say
//   CHECKS: which ones, where none is named; left out: all
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { layIn, neededChanges, orTell } from './changes.mjs';

/** Names under which folders have them, the first that is there counts. */
const SCRIPTS = {
  lint: ['lint', 'eslint', 'check:lint'],
  types: ['types', 'typecheck', 'type-check', 'check:types', 'tsc'],
  security: ['security', 'secrets', 'audit'],
  test: ['test'],
};

/** What npm init writes, which is no test. */
const NO_TEST = /no test specified/;

orTell(() => {
  const words = process.argv.slice(2);
  if (words.includes('--lay-in')) {
    const changes = neededChanges(process.env.SLUICE_NEEDS);
    if (changes.length === 0) {
      throw new Error('The steps before have made no change to check.');
    }
    changes.forEach((file) => layIn(JSON.parse(fs.readFileSync(file, 'utf8'))));
  }
  const named = words.filter((word) => word !== '--lay-in');
  const listed = (process.env.CHECKS ?? '').split(/\s+/).filter((word) => word !== '');
  const wanted = [named, listed, Object.keys(SCRIPTS)].find((list) => list.length > 0);
  const unknown = wanted.find((check) => !Object.hasOwn(SCRIPTS, check));
  if (unknown !== undefined) {
    throw new Error(`There is no check "${unknown}": use ${Object.keys(SCRIPTS).join(', ')}.`);
  }
  const scripts = fs.existsSync('package.json')
    ? (JSON.parse(fs.readFileSync('package.json', 'utf8')).scripts ?? {})
    : {};
  const failed = [];
  for (const check of wanted) {
    const script = SCRIPTS[check].find(
      (name) => typeof scripts[name] === 'string' && !NO_TEST.test(scripts[name]),
    );
    if (script === undefined) {
      // Tests that are not there prove nothing; a linter that is not there is the folder's own choice.
      process.stdout.write(`${check}: package.json has no script for it\n`);
      if (check === 'test') {
        failed.push(check);
      }
      continue;
    }
    process.stdout.write(`${check}: npm run ${script}\n`);
    const windows = process.platform === 'win32';
    // npm is a script on Windows, which only a shell can start; the name was chosen from the list above.
    const { status } = spawnSync(windows ? 'npm.cmd' : 'npm', ['run', '--silent', script], {
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: windows,
    });
    process.stdout.write(`${check}: ${status === 0 ? 'passed' : 'failed'}\n`);
    if (status !== 0) {
      failed.push(check);
    }
  }
  if (failed.length > 0) {
    throw new Error(`Failed: ${failed.join(', ')}.`);
  }
});
