import { digestOf } from '../src/core/base/digest.ts';
import type { EventBody, RunEvent } from '../src/core/domain/event.ts';
import { runIdOf, type RunId, type TaskId } from '../src/core/domain/ids.ts';
import type { RunPlan } from '../src/core/domain/workflow.ts';
import { RunFold } from '../src/core/journal/fold.ts';
import { graphOf } from '../src/core/journal/planGraph.ts';
import { PlainTree, PlainView } from '../test/support/treeRows.ts';
import { planWith, step } from '../test/support/plans.ts';
import { median, part } from './table.ts';

// What the Runs view costs the extension host: one run with 5,000 tasks beside 200 that are over. Of the large one every
// row is asked for, which is the worst a user can do; then it is folded as it is at first.

const TASKS = 5000;
const RUNS = 200;
const CHANGING = 20;
const ROUNDS = 200;
/** Tasks under way at once. */
const SLOTS = 32;
/** As `Refresher` has it. */
const APART_MS = 300;
const EMPTY = { digest: digestOf(''), bytes: 0 };
const PERSON = { name: 'bench', via: 'terminal' } as const;

export function benchTree(): Promise<void> {
  console.log(
    `\nThe Runs view: ${TASKS} tasks under way, ${CHANGING} of them changed in each refresh, ${RUNS} runs that are over`,
  );
  const shapes: readonly (readonly [string, RunPlan])[] = [
    [
      'a flat list',
      planWith({ maxParallel: SLOTS }, ...steps((n) => (n < SLOTS ? [] : [`s${n - SLOTS}`]))),
    ],
    ['all ready at once', planWith({ maxParallel: SLOTS }, ...steps(() => []))],
    ['lanes of one step', lanes()],
  ];
  for (const [name, plan] of shapes) {
    measure(`${name}, every row open`, plan, true);
    measure(`${name}, as it is at first`, plan, false);
  }
  return Promise.resolve();
}

function steps(needs: (n: number) => readonly string[]) {
  return Array.from({ length: TASKS }, (_, n) => step(`s${n}`, needs(n)));
}

function lanes(): RunPlan {
  const values = Array.from({ length: TASKS }, (_, n) => `v${n}`);
  return planWith({ maxParallel: SLOTS }, step('search', [], { matrix: { value: values } }));
}

function measure(name: string, plan: RunPlan, isOpen: boolean): void {
  const run = new BenchRun(runIdOf('large', 1), plan);
  run.start(SLOTS);
  const over = planWith({}, ...Array.from({ length: 57 }, (_, n) => step(`t${n}`)));
  const old = Array.from({ length: RUNS }, (_, n) => {
    const ended = new BenchRun(runIdOf('over', n + 1), over);
    while (ended.move(57) > 0);
    ended.finish();
    return { run: ended, tree: new PlainTree() };
  });
  const tree = new PlainTree();
  const view = new PlainView(() => [
    ...[tree.draw(run, run.clock) ?? []].flat(),
    ...old.flatMap((one) => one.tree.draw(one.run, run.clock, { isNewest: false }) ?? []),
  ]);
  const began = process.cpuUsage();
  const isLarge = (id: string) => id.includes('large-1');
  const rows = view.open(({ face }) => isLarge(face.id) && (isOpen || face.folds === 'open'));
  const { user: firstUser, system: firstSystem } = process.cpuUsage(began);
  const first = (firstUser + firstSystem) / 1000;
  const times: number[] = [];
  const told: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    run.clock += APART_MS;
    run.move(CHANGING / 2);
    const from = process.cpuUsage();
    const changed = view.refresh(run.clock);
    const { user, system } = process.cpuUsage(from);
    times.push((user + system) / 1000);
    told.push(changed?.length ?? Number.NaN);
  }
  times.sort((a, b) => a - b);
  console.log(
    `  ${name.padEnd(38)} ${String(rows).padStart(5)} rows, first ${first.toFixed(0).padStart(3)} ms, ` +
      `refresh ${median(times).toFixed(1)} ms, 99th of 100 ${part(times, 0.99).toFixed(1)} ms, ` +
      `${median(told)} rows told of`,
  );
}

/** A run that moves on as it is asked to. */
class BenchRun {
  readonly #run: RunId;
  readonly #fold: RunFold;
  readonly #running: TaskId[] = [];
  /** Milliseconds. */
  clock = 0;
  #seq = 0;

  constructor(run: RunId, plan: RunPlan) {
    this.#run = run;
    const created = { plan: EMPTY.digest, workflow: 'bench', folder: '', by: PERSON };
    const event = this.#stamp({ type: 'run-created', ...created });
    this.#fold = new RunFold(plan, graphOf(plan), event);
  }

  get plan() {
    return this.#fold.plan;
  }

  get state() {
    return this.#fold.state;
  }

  start(count: number): void {
    for (const task of [...this.state.frontier.ready.longestFirst()].slice(0, count)) {
      this.#fold.apply(this.#stamp({ type: 'task-started', task, attempt: 1 }));
      this.#running.push(task);
    }
  }

  /** So many tasks end, and as many begin. @returns how many have ended */
  move(count: number): number {
    this.start(Math.max(0, count - this.#running.length));
    const ended = this.#running.splice(0, count);
    for (const task of ended) {
      this.#fold.apply(this.#stamp(succeeded(task)));
    }
    this.start(count);
    return ended.length;
  }

  finish(): void {
    this.#fold.apply(this.#stamp({ type: 'run-finished', status: 'succeeded' }));
  }

  #stamp(body: EventBody): RunEvent {
    this.#seq += 1;
    return { v: 1, run: this.#run, seq: this.#seq, epoch: 1, at: this.clock, ...body };
  }
}

function succeeded(task: TaskId): EventBody {
  return {
    type: 'task-succeeded',
    ...{ task, attempt: 1, exitCode: 0, durationMs: 1500, output: EMPTY, log: EMPTY },
    ...{ artifacts: [], inputBytes: undefined, accepted: undefined },
  };
}
