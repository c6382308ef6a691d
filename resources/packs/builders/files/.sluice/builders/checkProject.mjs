// Runs the project's own checks. Exit code 0: all that are there have passed, and tests were run if tests were wanted.
//   node .sluice/builders/checkProject.mjs [lint] [types] [security] [test]
//   CHECKS: which ones, where none is named; left out: all
import { spawn } from 'node:child_process';
import path from 'node:path';
import { CHECKS, projectsHere } from './projects.mjs';

/** Characters. */
const MOST_OUTPUT = 1_000_000;

async function main() {
  const named = process.argv.slice(2);
  const listed = (process.env.CHECKS ?? '').split(/\s+/).filter((word) => word !== '');
  const wanted = [named, listed, CHECKS].find((list) => list.length > 0);
  const unknown = wanted.find((check) => !CHECKS.includes(check));
  if (unknown !== undefined) {
    throw new Error(`There is no check "${unknown}": use ${CHECKS.join(', ')}.`);
  }
  const projects = projectsHere();
  if (projects.length === 0) {
    say(
      'There is no package.json, pyproject.toml, go.mod or Cargo.toml here, and no tests in Python.',
    );
  }
  const failed = [];
  for (const check of wanted) {
    const ends = [];
    for (const { language, checks } of projects) {
      ends.push(await end(`${check} (${language})`, checks[check]()));
    }
    failed.push(...ends.filter(({ isFailed }) => isFailed).map(({ name }) => name));
    // Tests that are not there prove nothing; a linter that is not there is the project's own choice.
    if (check === 'test' && !ends.some(({ isThere }) => isThere)) {
      say('test: no tests are there, and nothing is proved without any');
      failed.push('test');
    }
  }
  if (failed.length > 0) {
    throw new Error(`Failed: ${failed.join(', ')}.`);
  }
}

/** @param {import('./projects.mjs').Found} found */
async function end(name, found) {
  if (found.command === undefined) {
    say(`${name}: not there: ${found.why}`);
    return { name, isThere: false, isFailed: false };
  }
  say(`${name}: ${found.command.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}`);
  const { code, output, error } = await run(found.command);
  const ran = code === 0 && found.counts !== undefined ? testsIn(output, found) : undefined;
  const isEmpty = ran === 0;
  const how =
    error ?? (isEmpty ? 'failed: it ran no test' : code === 0 ? 'passed' : `failed (${code})`);
  say(`${name}: ${how}`);
  return { name, isThere: true, isFailed: code !== 0 || isEmpty };
}

/** Shows what the command prints while it runs. */
function run([program, ...args]) {
  return new Promise((resolve) => {
    const stdio = ['ignore', 'pipe', 'pipe'];
    // Package managers are scripts on Windows, which only a shell can start; no word here comes from outside.
    const child =
      process.platform === 'win32' && !program.endsWith('.exe')
        ? spawn([program, ...args].join(' '), { stdio, shell: true, env: environment() })
        : spawn(program, args, { stdio, env: environment() });
    let output = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        to.write(text);
        // How many tests there were is told at the end.
        output = (output + text).slice(-MOST_OUTPUT);
      });
    }
    child.on('error', (error) =>
      resolve({ code: 1, output, error: `failed: it could not be started: ${error.message}` }),
    );
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** What tools leave behind goes to the scratch folder: in the copy it would be a change of the agent's. */
function environment() {
  const scratch = process.env.SLUICE_SCRATCH;
  return {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    ...(scratch && {
      CARGO_TARGET_DIR: path.join(scratch, 'target'),
      MYPY_CACHE_DIR: path.join(scratch, 'mypy'),
      RUFF_CACHE_DIR: path.join(scratch, 'ruff'),
    }),
  };
}

/** How many tests a runner says that it ran; `undefined`: it does not say. */
function testsIn(output, { counts, isTold }) {
  // eslint-disable-next-line no-control-regex -- colours
  const found = [...output.replace(/\u001b\[[0-9;]*m/g, '').matchAll(counts)];
  return found.length === 0
    ? isTold
      ? 0
      : undefined
    : found.reduce((sum, [, number]) => sum + (number === undefined ? 1 : Number(number)), 0);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
