// Goes on with the run in the folder that is named, and prints what that took as one line of JSON.
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../src/core/base/clock.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { foldRun } from '../src/core/journal/fold.ts';
import { readJournal } from '../src/core/journal/reader.ts';
import { upgradePlan } from '../src/core/planning/upgradePlan.ts';
import { Sluice } from '../src/core/sluice.ts';
import { userFolders } from '../src/core/user.ts';
import type { ResumeFigures } from './resume.ts';
import { BENCH_RUN } from './sluiceEngine.ts';

const folder = process.argv[2] ?? '';
const journal = path.join(folder, '.git/sluice/runs', BENCH_RUN);

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  const result = await work();
  return [result, performance.now() - begun];
}

function parseOnly(): unknown[] {
  return fs
    .readdirSync(journal)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => fs.readFileSync(path.join(journal, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line.slice(9)) as unknown);
}

const quiet = () => undefined;
const folders = userFolders(process.env, process.platform);
globalThis.gc?.();
const before = process.memoryUsage().rss;
const [sluice, open] = await timed(() =>
  Sluice.open(folder, {
    clock: systemClock,
    disk: nodeDisk,
    random: Math.random,
    log: { debug: quiet, info: quiet, warn: quiet, error: console.error },
    actor: { name: 'bench', via: 'terminal' },
    environment: process.env,
    home: undefined,
    cacheFolder: folders.cache,
    stateFolder: folders.state,
  }),
);
const begun = performance.now();
const firstProcess = new Promise<number>((resolve) => {
  sluice.onDidAppend((events) => {
    if (events.some(({ type }) => type === 'task-process')) {
      resolve(performance.now() - begun);
    }
  });
});
const resumed = await sluice.resume(BENCH_RUN);
if (!resumed.ok) {
  throw new Error(resumed.error.message);
}
const sinceOpen = await firstProcess;
const megabytes = (process.memoryUsage().rss - before) / 1024 / 1024;
const { status } = (await resumed.value.ended) as { status?: string };
if (status !== 'succeeded') {
  throw new Error(`it ended ${status}`);
}
await sluice.close();

const entry = sluice.run(BENCH_RUN);
if (entry?.kind !== 'readable') {
  throw new Error('it cannot be read');
}
const plan = upgradePlan(JSON.parse(JSON.stringify(entry.plan)));
await timed(parseOnly);
const [, parse] = await timed(parseOnly);
const [, fold] = await timed(async () =>
  foldRun(plan, (await readJournal(nodeDisk, journal)).events),
);
const figures: ResumeFigures = { parse, fold, open, firstStep: open + sinceOpen, megabytes };
console.log(JSON.stringify(figures));
process.exit(0);
