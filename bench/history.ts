import { digestOf } from '../src/core/base/digest.ts';
import { NO_USAGE } from '../src/core/domain/call.ts';
import type { EventBody, RunEvent } from '../src/core/domain/event.ts';
import type { TaskId } from '../src/core/domain/ids.ts';
import { History } from '../src/core/history.ts';
import { foldOf } from '../src/core/journal/fold.ts';
import { planOf, BENCH_RUN } from './sluiceEngine.ts';
import { median, part, printRows } from './table.ts';

// Looking back on a run of 10,000 tasks and 60,000 events: the first moment, which all is read for, and any
// other, beside folding the run up to there.

const TASKS = 10_000;
const MOMENTS = 60;

export async function benchHistory(): Promise<void> {
  const needs = Array.from({ length: TASKS }, (_, n) => (n < 50 ? [] : [n - 50]));
  const plan = planOf({ needs }, 10);
  const events = eventsOf();
  const { state } = foldOf(plan, events);
  const history = new History({
    entry: (run) => ({
      ...{ kind: 'readable', run, plan, state, damage: undefined },
      driven: { kind: 'nobody' },
    }),
    read: (_run, from) => {
      const rest = events.slice(from.seq);
      const end = { ...from, seq: events.length };
      return Promise.resolve({ events: rest, anew: false, end, damage: undefined });
    },
    plans: {
      read: () => Promise.resolve(plan),
      load: () => Promise.resolve(),
      known: () => undefined,
    },
    now: () => 0,
  });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const first = await timed(() => history.entryAt(BENCH_RUN, events.length / 2));
  globalThis.gc?.();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
  const looked: number[] = [];
  const begun = process.cpuUsage();
  const folded: number[] = [];
  for (let n = 0; n < MOMENTS; n += 1) {
    // Back and forth over all of it.
    const seq = 1 + ((n * 37_123) % events.length);
    looked.push(await timed(() => history.entryAt(BENCH_RUN, seq)));
  }
  const { user, system } = process.cpuUsage(begun);
  for (let n = 0; n < MOMENTS; n += 6) {
    folded.push(
      await timed(() => foldOf(plan, events.slice(0, 1 + ((n * 37_123) % events.length)))),
    );
  }
  printRows(`A moment of ${TASKS} tasks, ${events.length} events`, 'ms', 'folded to there', [
    { name: 'folded to there', rounds: folded },
    { name: 'looked up', rounds: looked },
  ]);
  const slowest = part(
    looked.toSorted((a, b) => a - b),
    0.95,
  ).toFixed(1);
  console.log(
    `\nThe first moment after ${first.toFixed(0)} ms; later ones ${median(looked).toFixed(1)} ms, 95 % within ${slowest} ms, ${((user + system) / 1000 / MOMENTS).toFixed(1)} ms of a processor each; about ${megabytes.toFixed(0)} MB while it is remembered`,
  );
  const drawn = await timed(() => history.timeline(BENCH_RUN));
  console.log(`Its time line: ${drawn.toFixed(1)} ms`);
}

function eventsOf(): RunEvent[] {
  const blob = { digest: digestOf(''), bytes: 0 };
  const process = { pid: 1, startedAt: '1', marker: 'bench' };
  const bodies: EventBody[] = [
    {
      ...{ type: 'run-created', plan: digestOf('plan'), workflow: 'bench', folder: '' },
      by: { name: 'bench', via: 'terminal' },
    },
  ];
  for (let n = 0; n < TASKS; n += 1) {
    const own = { task: `s${n}` as TaskId, attempt: 1 };
    bodies.push(
      { type: 'task-started', ...own },
      { type: 'task-process', ...own, process },
      { type: 'call-started', ...own, call: 1, provider: 'bench', model: 'm' },
      {
        ...{ type: 'call-ended', ...own, call: 1, served: 'm', usage: NO_USAGE, usd: 0.01 },
        ...{ durationMs: 4, failure: undefined },
      },
      { type: 'tool-called', ...own, use: 1, tool: 'shell', summary: 'npm test' },
      {
        ...{ type: 'task-succeeded', ...own, exitCode: 0, durationMs: 5, output: blob, log: blob },
        ...{ artifacts: [], inputBytes: 0, accepted: undefined },
      },
    );
  }
  return bodies.map((body, index) => ({
    ...{ v: 1, run: BENCH_RUN, seq: index + 1, epoch: 1, at: 1_700_000_000_000 + index * 10 },
    ...body,
  }));
}

async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
