// npm test: everything that must hold, in one command and on a bare checkout.
//   npm test                              all parts
//   npm test -- unit host                 some: their names stand below; host and ui build first
//   npm test -- unit --grep "a gate"      tests whose full name matches
// Goes on after a part that failed. The last line is "N passed, N failed" (", N skipped" when there are any), and
// the exit code is 0 only if nothing failed and something passed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { whyNoHost } from '../test/host/install.mjs';
import { installDependencies } from './install.mjs';
import { root } from './paths.mjs';
import { shardsOfUnitTests } from './unitTestShards.mjs';

const MINUTE = 60_000;
/** More would make tests that wait for other programs wait too long. */
const AT_ONCE = Math.min(2, os.availableParallelism());
/** Free bytes in memory for temporary files; they hold a few hundred megabytes at most. */
const LEAST_MEMORY = 4 * 2 ** 30;
const cache = (name) => path.join('.cache', name);
const tool = (file) => path.join('node_modules', file);

const { values: flags, positionals: chosen } = parseArgs({
  options: { grep: { type: 'string', short: 'g' } },
  allowPositionals: true,
});

/**
 * A part is a check, which counts as one test, or a suite, which counts its tests. `args` are Node's. `beside`: it runs
 * at the same time as its neighbours that do. `shards`: its files are divided among so many processes, of which
 * AT_ONCE run at a time.
 * `inMemory`: its temporary files need no disk.
 * @typedef {{ name: string, of?: string, suite?: boolean, args: (shard: number) => string[] | Promise<string[]>, limit?: number,
 *   env?: Record<string, string>, needs?: string, skipped?: string, beside?: boolean, shards?: number, inMemory?: boolean }} Part
 * @type {Part[]}
 */
const parts = [
  {
    name: 'format',
    beside: true,
    args: () => [
      tool('prettier/bin/prettier.cjs'),
      ...['--check', '.', '--cache', '--cache-location', cache('prettier')],
    ],
  },
  { name: 'types', beside: true, args: () => typeCheck('.') },
  { name: 'types', of: 'src/webview', beside: true, args: () => typeCheck('src/webview') },
  {
    name: 'unit',
    suite: true,
    // Few tests are found faster by one process.
    shards: flags.grep === undefined ? shardsOfUnitTests().length : 1,
    args: () => [
      '--enable-source-maps',
      ...mocha('./scripts/preciseCoverage.mjs', 'scripts/unitTests.mjs', '--timeout', '20000'),
    ],
    env: { NODE_V8_COVERAGE: path.join(root, cache('coverage/raw')) },
    inMemory: true,
  },
  { name: 'coverage', needs: 'unit', args: coverage },
  { name: 'build', args: () => ['esbuild.mjs', '--tests'] },
  {
    name: 'lint',
    beside: true,
    args: () => [
      tool('eslint/bin/eslint.js'),
      ...[
        '.',
        '--config',
        'eslint.config.mjs',
        '--max-warnings',
        '0',
        '--cache',
        '--cache-location',
        cache('eslint'),
      ],
    ],
  },
  {
    name: 'host',
    suite: true,
    needs: 'build',
    // Its windows wait most of the time, and only one is open: a linter beside it costs little.
    beside: true,
    args: () => ['--import', 'tsx', 'test/host/run.ts'],
    limit: 30 * MINUTE,
  },
  {
    name: 'ui',
    suite: true,
    needs: 'build',
    // Windows wait for each other's servers and pages most of the time.
    shards: AT_ONCE,
    args: (shard) => mocha('tsx', everyOther('test/ui', shard), '--timeout', String(2 * MINUTE)),
    limit: 30 * MINUTE,
    skipped: whyNoHost(),
  },
];

/** Each ends a process that is running. */
const interrupts = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    interrupts.forEach((interrupt) => interrupt());
    process.exit(130);
  });
}

installDependencies();

/** @type {{ name: string, seconds: number, passed: number, failed: number, skipped: number, reason?: string }[]} */
const results = [];
for (const group of groupsOf(selected())) {
  const isAlone = group.length === 1;
  const waiting = [...group];
  await Promise.all(
    Array.from({ length: isAlone ? 1 : AT_ONCE }, async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        const name = part.of ? `${part.name} of ${part.of}` : part.name;
        const start = performance.now();
        // What runs side by side is printed when it has ended, one after another.
        const printed = isAlone ? undefined : [];
        if (isAlone) {
          console.log(`\n── ${name}`);
        }
        const result = await resultOf(part, printed);
        if (printed) {
          console.log(`\n── ${name}`);
          printed.forEach((chunk) => process.stdout.write(chunk));
        }
        results.push({ name, seconds: (performance.now() - start) / 1000, ...result });
      }
    }),
  );
}

const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
printTable();
const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** The chosen parts and what they need, in order; without a choice all, but no coverage of some tests only. */
function selected() {
  const names = [...new Set(parts.map(({ name }) => name))];
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`No part "${unknown.join('", "')}". Parts: ${names.join(', ')}.`);
    process.exit(2);
  }
  const wanted = new Set(chosen.length > 0 ? chosen : names);
  for (const { name, needs } of parts) {
    if (needs && wanted.has(name)) {
      wanted.add(needs);
    }
  }
  if (flags.grep !== undefined) {
    wanted.delete('coverage');
  }
  return parts.filter(({ name }) => wanted.has(name));
}

/** Parts in their order; neighbours that run beside each other together. */
function groupsOf(chosenParts) {
  const groups = [];
  for (const part of chosenParts) {
    const last = groups.at(-1);
    if (part.beside && last?.[0].beside) {
      last.push(part);
    } else {
      groups.push([part]);
    }
  }
  return groups;
}

async function resultOf(part, printed) {
  if (part.skipped) {
    return { passed: 0, failed: 0, skipped: 1, reason: part.skipped };
  }
  if (
    part.needs === 'build' &&
    results.some(({ name, failed }) => name === 'build' && failed > 0)
  ) {
    return { passed: 0, failed: 1, skipped: 0, reason: 'not run, since the build is an older one' };
  }
  return await run(part, printed);
}

async function run(part, printed) {
  const counts = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-counts-'));
  const memory = part.inMemory ? folderInMemory() : undefined;
  try {
    if (part.env?.NODE_V8_COVERAGE) {
      fs.rmSync(part.env.NODE_V8_COVERAGE, { recursive: true, force: true });
    }
    const { shards = 1 } = part;
    const waiting = Array.from({ length: shards }, (_, shard) => shard);
    const held = [];
    const problems = [];
    // Only one can be watched while it runs; what others print meanwhile follows when that has ended.
    let isWatched = printed === undefined;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
          const own = printed ?? (shard === 0 ? undefined : []);
          const args = await part.args(shard);
          const problem = await runNode(args, part.limit ?? 10 * MINUTE, own, {
            ...part.env,
            ...(memory === undefined ? {} : { TMPDIR: memory }),
            SLUICE_COUNTS: counts,
            SLUICE_SHARD: `${shard}/${shards}`,
            ...(flags.grep === undefined ? {} : { SLUICE_GREP: flags.grep }),
            ...(process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {}),
          });
          problems.push(problem);
          if (own !== undefined && own !== printed) {
            held.push(...own);
          }
          isWatched &&= own !== undefined;
          if (!isWatched) {
            held.splice(0).forEach((chunk) => process.stdout.write(chunk));
          }
        }
      }),
    );
    const problem = problems.find((one) => one !== undefined);
    return part.suite ? counted(counts, problem) : checked(problem);
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, reason: error.message };
  } finally {
    fs.rmSync(counts, { recursive: true, force: true });
    if (memory !== undefined) {
      fs.rmSync(memory, { recursive: true, force: true });
    }
  }
}

/** A new folder that is no disk's: tests make thousands of small files. None where it would be small, or programs barred. */
function folderInMemory() {
  const parent = '/dev/shm';
  try {
    const { bavail, bsize } = fs.statfsSync(parent);
    if (process.env.TMPDIR !== undefined || bavail * bsize < LEAST_MEMORY) {
      return undefined;
    }
    const folder = fs.mkdtempSync(path.join(parent, 'sluice-test-'));
    process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    const program = path.join(folder, 'program');
    fs.writeFileSync(program, '', { mode: 0o755 });
    fs.accessSync(program, fs.constants.X_OK);
    return folder;
  } catch {
    return undefined;
  }
}

function checked(problem) {
  return problem
    ? { passed: 0, failed: 1, skipped: 0, reason: problem }
    : { passed: 1, failed: 0, skipped: 0 };
}

/** Adds up what the reporters wrote. A suite that ended badly but counted no failure is one failure itself. */
function counted(folder, problem) {
  const sum = { passed: 0, failed: 0, skipped: 0, reason: undefined };
  const files = fs.readdirSync(folder);
  for (const file of files) {
    const { passed, failed, skipped, reason } = JSON.parse(
      fs.readFileSync(path.join(folder, file), 'utf8'),
    );
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    sum.reason ??= reason;
  }
  const unsaid = problem ?? (files.length === 0 ? 'ended without counting its tests' : undefined);
  return unsaid && sum.failed === 0 ? { ...sum, failed: 1, reason: unsaid } : sum;
}

/**
 * Runs Node to its end. Returns what went wrong, or undefined. Nothing it started is left when it is killed.
 * @param {Buffer[] | undefined} printed gets what it prints; left out: it prints here
 */
function runNode(args, limit, printed, env) {
  return new Promise((resolve) => {
    const grouped = process.platform !== 'win32';
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: printed ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      detached: grouped,
    });
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr?.on('data', (chunk) => printed.push(chunk));
    let overdue = false;
    const interrupt = () => {
      try {
        process.kill(grouped ? -child.pid : child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    interrupts.add(interrupt);
    const timer = setTimeout(() => {
      overdue = true;
      interrupt();
    }, limit);
    child.once('error', (error) => resolve(error.message));
    child.once(printed ? 'close' : 'exit', (code, signal) => {
      clearTimeout(timer);
      interrupts.delete(interrupt);
      if (overdue) {
        resolve(`no end after ${limit / MINUTE} minutes`);
      } else if (code === 0) {
        resolve(undefined);
      } else {
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`);
      }
    });
  });
}

function typeCheck(project) {
  const state = cache(`types-${project.replaceAll(/\W+/g, '-')}.tsbuildinfo`);
  return [
    tool('typescript/bin/tsc'),
    ...['--project', project, '--incremental', '--tsBuildInfoFile', state],
  ];
}

/** Test files of a folder for one of AT_ONCE processes. */
function everyOther(folder, shard) {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .filter((_, index) => index % AT_ONCE === shard)
    .map((file) => path.join(folder, file));
}

function mocha(loader, files, ...options) {
  return [
    ...['--import', loader, tool('mocha/bin/mocha.js'), ...[files].flat(), ...options],
    ...['--reporter', 'scripts/countingReporter.cjs', '--forbid-only'],
    ...(flags.grep === undefined ? [] : ['--grep', flags.grep]),
  ];
}

/** Reads what the unit tests left behind. Files without a test count too, unless they hold nothing but types. */
async function coverage() {
  const { transform } = await import('esbuild');
  const core = fs
    .readdirSync(path.join(root, 'src/core'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/core/${file.replaceAll(path.sep, '/')}`);
  const typesOnly = [];
  for (const file of core) {
    const source = fs.readFileSync(path.join(root, file), 'utf8');
    const { code } = await transform(source, {
      loader: 'ts',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    if (code.trim() === '') {
      typesOnly.push(file);
    }
  }
  return [
    tool('c8/bin/c8.js'),
    ...['report', '--check-coverage', '--lines', '90', '--branches', '85'],
    ...['--temp-directory', cache('coverage/raw'), '--reports-dir', cache('coverage')],
    ...['--reporter', 'text-summary', '--reporter', 'html'],
    ...['--all', '--src', 'src/core', '--include', 'src/core/**'],
    ...typesOnly.flatMap((file) => ['--exclude', file]),
  ];
}

function printTable() {
  console.log();
  for (const { name, seconds, reason, ...counts } of results) {
    const shown = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([word, count]) => `${count} ${word}`)
      .join(', ');
    const line = `${name.padEnd(22)}${`${seconds.toFixed(1)} s`.padStart(9)}  ${shown}`;
    console.log(reason ? `${line}: ${reason}` : line);
  }
  console.log();
}
