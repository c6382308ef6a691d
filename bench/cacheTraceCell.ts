// One process of the cache bench: whether an answer stands that is about many files. Prints milliseconds as one line of
// JSON:
//   cacheTraceCell <rounds>
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../src/core/base/clock.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { digestOf } from '../src/core/base/digest.ts';
import { openCache } from '../src/core/cache/store/openCache.ts';
import { TaskCache } from '../src/core/cache/tasks/taskCache.ts';
import type { TaskQuestion } from '../src/core/cache/tasks/taskQuestion.ts';
import { DEFAULT_CACHE_SETTINGS } from '../src/core/domain/cache.ts';
import type { Read, TreeView } from '../src/core/domain/trace.ts';
import type { WorkspaceCopies } from '../src/core/workspaces/copies.ts';
import { TreeOverlay } from '../src/core/workspaces/treeOverlay.ts';
import { DigestRig, run } from '../test/support/digestRig.ts';
import { commandQuestion, modelQuestion } from '../test/unit/cache/tasks/questions.ts';
import { longestOf, turnsOf } from './turnsOf.ts';

const FILES = 5000;
const READ = 200;
const RUN = run(1);
const never = new AbortController().signal;
const quiet = () => undefined;
const rounds = Number(process.argv[2]);

/** Milliseconds by what was asked and when. */
const took: Record<string, number[]> = {};

const rig = new DigestRig();
const clock = { ...systemClock, ...rig.clock };
const nameOf = (n: number) => `src/module-${n % 100}/file-${n}.ts`;
for (let n = 0; n < FILES; n += 1) {
  const file = rig.at(nameOf(n));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `export const it = '${digestOf(`${n}`).repeat(1 + (n % 60))}';\n`);
}

/** As another program would open it. */
function open(): TaskCache {
  const { answers } = openCache({
    folder: path.join(rig.scratch, 'cache'),
    disk: nodeDisk,
    clock,
    settings: () => DEFAULT_CACHE_SETTINGS,
    log: { debug: console.error, info: quiet, warn: console.error, error: console.error },
  });
  return new TaskCache({
    store: answers,
    clock,
    put: () => Promise.resolve(),
    similar: undefined,
  });
}

/** Of a run whose tree was copied before: nothing of it is known but the names. */
async function tree(copies: WorkspaceCopies): Promise<TreeView> {
  const base = await copies.tree(RUN, never);
  return new TreeOverlay(base, [], () => Promise.resolve(digestOf('what was found')));
}

const READS: readonly Read[] = Array.from({ length: READ }, (_, n) => ({
  kind: 'file',
  path: nameOf((n * 23) % FILES),
}));
const SEARCH: Read = {
  kind: 'asked',
  tool: 'search',
  input: { pattern: 'it' },
  within: '',
  found: digestOf('what was found'),
};

interface Asked {
  readonly name: string;
  /** `undefined`: nobody follows it. */
  readonly reads: readonly Read[] | undefined;
  readonly question: (tree: TreeView) => Promise<TaskQuestion>;
}

const ASKED: readonly Asked[] = [
  {
    name: `${READ} files read`,
    reads: READS,
    question: () => Promise.resolve(modelQuestion({ prompt: 'Files.' })),
  },
  {
    name: `${READ} files read, the whole folder searched`,
    reads: [...READS, SEARCH],
    question: () => Promise.resolve(modelQuestion({ prompt: 'Search.' })),
  },
  {
    name: 'a command that may read everything',
    reads: undefined,
    question: async (tree) =>
      commandQuestion({ inputs: { globs: undefined, files: await tree.within('') } }),
  },
];

async function rememberAll(): Promise<void> {
  const copies = rig.open();
  await (await tree(copies)).within('');
  // What was learnt is written with the end of any run.
  await copies.removeRun(run(2));
}

async function keep(): Promise<void> {
  const cache = open();
  const begun = await tree(rig.open());
  const bytes = Buffer.from('It is so.');
  const ref = { digest: digestOf(bytes), bytes: bytes.length };
  const made = {
    ...{ exitCode: 0, output: ref, log: ref, artifacts: [], inputBytes: undefined },
    spent: { ms: 1000, calls: 1, tokens: 100, usd: 0.01 },
    read: () => Promise.resolve(bytes),
  };
  for (const { question, reads } of ASKED) {
    const models = [{ asked: 'acme/large', served: 'large' }];
    const trace = reads && { reads, models, unfit: undefined };
    await cache.keep(await question(begun), begun, { ...made, trace }, never);
  }
}

async function look(
  { name, question }: Asked,
  cache: TaskCache,
  tree: TreeView,
  when: string,
): Promise<void> {
  const begun = performance.now();
  const answer = await cache.look(await question(tree), tree, never);
  (took[`${name}, ${when}`] ??= []).push(performance.now() - begun);
  if (answer.kind !== 'hit') {
    throw new Error(`${name}: ${JSON.stringify(answer.why)}`);
  }
}

await keep();
for (let round = 0; round < rounds; round += 1) {
  for (const asked of ASKED) {
    // A program that knows nothing of the folder, then one that remembers it, and then its next task.
    fs.rmSync(rig.index, { recursive: true, force: true });
    await look(asked, open(), await tree(rig.open()), 'nothing known of the files');
    await rememberAll();
    const [cache, known] = [open(), await tree(rig.open())];
    await look(asked, cache, known, 'first in a run');
    await look(asked, cache, known, 'next in the run');
    const [other, again] = [open(), await tree(rig.open())];
    const turns = await turnsOf(() => look(asked, other, again, 'first in a run'));
    (took[`${asked.name}, longest turn of the first`] ??= []).push(longestOf(turns));
  }
}
rig.dispose();
console.log(JSON.stringify(took));
process.exit(0);
