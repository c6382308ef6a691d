// Which languages the folder is written in, and by what each of them is checked. Only what is the project's own counts:
// a linter that happens to be on this machine would complain of what nobody agreed to.
import fs from 'node:fs';
import { filesIn, isFile, isOnPath } from './here.mjs';
import { python } from './python.mjs';

export const CHECKS = ['lint', 'types', 'security', 'test'];

/**
 * A command, or why there is none.
 * @typedef {{ command: string[], counts?: Counts, isTold?: boolean, why?: undefined } | { command?: undefined, why: string }} Found
 *   `counts` finds what a test runner says of how many tests it ran: a number, or once for each where it gives none;
 *   `isTold`: it always says so, so that silence means none
 * @typedef {{ [Symbol.matchAll]: (text: string) => Iterable<readonly (string | undefined)[]> }} Counts
 * @typedef {{ language: string, checks: Record<string, () => Found> }} Project
 */

/** @returns {Project[]} */
export function projectsHere() {
  return [
    isFile('package.json') && node(),
    isPython() && python(),
    isFile('go.mod') && go(),
    isFile('Cargo.toml') && rust(),
  ].filter((project) => project !== false);
}

/** Small projects have no manifest: their files say it. */
function isPython() {
  return (
    ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'Pipfile'].some(isFile) ||
    fs.readdirSync('.').some((name) => name.endsWith('.py')) ||
    ['tests', 'test'].some((folder) => filesIn(folder).some((file) => file.endsWith('.py')))
  );
}

/** Names under which projects have them, the first that is there counts. */
const SCRIPTS = {
  lint: ['lint', 'eslint', 'check:lint'],
  types: ['types', 'typecheck', 'type-check', 'check:types', 'check-types', 'tsc'],
  security: ['security', 'secrets', 'audit'],
  test: ['test'],
};
/** What npm init writes, which is no test. */
const NO_TEST = /no test specified/;
/** As node --test, mocha, Jest and Vitest say it. */
const NODE_COUNTS =
  /^(?:[#ℹ] tests (\d+)| *(\d+) passing|Tests: .*?(\d+) total| *Tests {2}.*\((\d+)\))/gm;

/** @returns {Project} */
function node() {
  const scripts = scriptsOf('package.json');
  const manager =
    [
      ['pnpm-lock.yaml', 'pnpm'],
      ['yarn.lock', 'yarn'],
    ].find(([lock, program]) => isFile(lock) && isOnPath(program))?.[1] ?? 'npm';
  const found = (check) => () => {
    const script = SCRIPTS[check].find(
      (name) => typeof scripts[name] === 'string' && !NO_TEST.test(scripts[name]),
    );
    if (script === undefined) {
      return { why: 'package.json has no script for it' };
    }
    const windows = process.platform === 'win32' ? '.cmd' : '';
    return {
      command: [`${manager}${windows}`, 'run', ...(manager === 'npm' ? ['--silent'] : []), script],
      ...(check === 'test' && { counts: oneGroup(NODE_COUNTS) }),
    };
  };
  return { language: 'Node', checks: Object.fromEntries(CHECKS.map((one) => [one, found(one)])) };
}

/** The same expression with one group, whichever of its alternatives found something. */
function oneGroup(expression) {
  return {
    [Symbol.matchAll]: (text) =>
      [...text.matchAll(expression)].map(([all, ...groups]) => [
        all,
        groups.find((group) => group !== undefined),
      ]),
  };
}

function scriptsOf(file) {
  try {
    const { scripts } = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof scripts === 'object' && scripts !== null ? scripts : {};
  } catch (thrown) {
    throw new Error(`${file} is no JSON: ${thrown.message}`, { cause: thrown });
  }
}

/** @returns {Project} */
function go() {
  const linter = ['.golangci.yml', '.golangci.yaml', '.golangci.toml', '.golangci.json'].some(
    isFile,
  );
  const vet = () => needed('go', ['vet', './...']);
  return {
    language: 'Go',
    checks: {
      lint: () =>
        linter && isOnPath('golangci-lint') ? { command: ['golangci-lint', 'run'] } : vet(),
      types: vet,
      security: () => ({ why: 'no check of security is known for it' }),
      // A package with tests is named with the time they took, one without is not.
      test: () => needed('go', ['test', './...'], /^(?:ok|FAIL)\s+\S+(?!.*\[no tests to run\])/gm),
    },
  };
}

/** @returns {Project} */
function rust() {
  const cargo = (args, counts) => needed('cargo', args, counts);
  return {
    language: 'Rust',
    checks: {
      lint: () =>
        isOnPath('cargo-clippy')
          ? cargo(['clippy', '--quiet', '--all-targets'])
          : { why: 'clippy is not installed (rustup component add clippy)' },
      types: () => cargo(['check', '--quiet', '--all-targets']),
      security: () =>
        isFile('deny.toml') && isOnPath('cargo-deny')
          ? cargo(['deny', 'check'])
          : { why: 'there is no deny.toml with cargo-deny' },
      test: () => cargo(['test'], /^running (\d+) tests?$/gm),
    },
  };
}

/** The language's own program: where the folder is written in it, its absence is a failure and no choice. */
function needed(program, args, counts) {
  return { command: [program, ...args], ...(counts && { counts, isTold: true }) };
}
