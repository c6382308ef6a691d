import { digestOf } from '../src/core/base/digest.ts';
import type { EventBody } from '../src/core/domain/event.ts';
import { runIdOf, type TaskId } from '../src/core/domain/ids.ts';
import { foldRun } from '../src/core/journal/fold.ts';
import { FactsShelf } from '../src/core/projections/metricsFacts.ts';
import type { BookEntry } from '../src/core/projections/runBook.ts';
import { dashboardPicture } from '../src/vscode/dashboard/dashboardPicture.ts';
import { FIRST_VIEW } from '../src/vscode/dashboard/pageMessage.ts';
import { plan, step } from '../test/support/plans.ts';
import { median, part } from './table.ts';

// What a refresh of the dashboard costs the extension host: 1,000 runs with 10,000 tasks, all of them counted.

const RUNS = 1000;
const TASKS = 10;
const ROUNDS = 50;
const APART_MS = 20 * 60_000;
const NOON = Date.UTC(2026, 4, 20, 12);
const NOTHING = { digest: digestOf(''), bytes: 0 };

export function benchDashboard(): Promise<void> {
  const source = {
    folders: [{ folder: 'file:///shop', name: 'shop', entries: history() }],
    ...{ shelf: new FactsShelf(), problems: [], now: NOON, zone: () => 0 },
  };
  const view = { ...FIRST_VIEW, window: 'all' } as const;
  const refresh = (): number => {
    const begun = performance.now();
    dashboardPicture(source, view);
    return performance.now() - begun;
  };
  const first = refresh();
  const times = Array.from({ length: ROUNDS }, refresh).sort((a, b) => a - b);
  console.log(
    `\nThe dashboard: ${RUNS} runs with ${RUNS * TASKS} tasks, in milliseconds (goal 20)`,
  );
  console.log(`  the first picture  ${first.toFixed(1)}`);
  console.log(
    `  each further one   ${median(times).toFixed(1)} (p95 ${part(times, 0.95).toFixed(1)})`,
  );
  return Promise.resolve();
}

function history(): readonly BookEntry[] {
  const ids = Array.from({ length: TASKS }, (_, n) => `t${n}` as TaskId);
  const large = plan(...ids.map((id) => step(id)));
  const bodies: readonly EventBody[] = [
    {
      ...{ type: 'run-created', plan: digestOf('plan'), workflow: 'example', folder: '' },
      by: { name: 'bench', via: 'terminal' },
    },
    ...ids.flatMap((task): EventBody[] => [
      { type: 'task-started', task, attempt: 1 },
      {
        ...{ type: 'task-succeeded', task, attempt: 1, exitCode: 0, durationMs: 1200 },
        ...{ output: NOTHING, log: NOTHING, artifacts: [] },
        ...{ inputBytes: undefined, accepted: undefined },
      },
    ]),
    { type: 'run-finished', status: 'succeeded' },
  ];
  return Array.from({ length: RUNS }, (_, n): BookEntry => {
    const run = runIdOf('example', n + 1);
    const at = NOON - (n + 1) * APART_MS;
    const state = foldRun(
      large,
      bodies.map((body, index) => ({
        v: 1,
        run,
        seq: index + 1,
        epoch: 0,
        at: at + index,
        ...body,
      })),
    );
    return {
      kind: 'readable',
      run,
      plan: large,
      state,
      driven: { kind: 'nobody' },
      damage: undefined,
    };
  });
}
