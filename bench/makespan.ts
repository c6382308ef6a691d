import { digestOf } from '../src/core/base/digest.ts';
import type { EventBody, RunEvent } from '../src/core/domain/event.ts';
import { runIdOf, type TaskId } from '../src/core/domain/ids.ts';
import { DEFAULT_ESTIMATE_MS, type RunPlan } from '../src/core/domain/workflow.ts';
import { decide, type Rules } from '../src/core/engine/decide.ts';
import { RunFold } from '../src/core/journal/fold.ts';
import { graphOf } from '../src/core/journal/planGraph.ts';
import { planWith, step } from '../test/support/plans.ts';
import { gaussian, mean, quantile, randomDag, randomNumbers, type Dag } from './dags.ts';

// How early a run ends: `decide` and the fold themselves, driven in virtual time over random graphs, beside
// the order a queue gives and the lower bound max(critical path, work / slots).

const GRAPHS = 600;
const RUN = runIdOf('bench', 1);
const PERSON = { name: 'bench', via: 'terminal' } as const;
const EMPTY = { digest: digestOf(''), bytes: 0 };

export function benchMakespan(): Promise<void> {
  console.log(`\nEnd of a run over its lower bound, ${GRAPHS} random graphs (virtual time)`);
  for (const slots of [4, 8, 16]) {
    const random = randomNumbers(42);
    const ratios = { fifo: [], near: [], none: [] } as Record<string, number[]>;
    for (let count = 0; count < GRAPHS; count += 1) {
      const dag = randomDag(random);
      const durations = dag.needs.map(() => 3000 * Math.exp(0.8 * gaussian(random)));
      const near = durations.map((ms) => ms * (0.5 + random()));
      const none = durations.map(() => DEFAULT_ESTIMATE_MS);
      const bound = lowerBound(dag, durations, slots);
      ratios['fifo']?.push(Math.max(...fifo(dag, durations, slots)) / bound);
      ratios['near']?.push(Math.max(...sluice(dag, durations, near, slots)) / bound);
      ratios['none']?.push(Math.max(...sluice(dag, durations, none, slots)) / bound);
    }
    print(`${slots} slots: a queue, first in first out`, ratios['fifo']);
    print(`${slots} slots: Sluice, estimates off by up to half`, ratios['near']);
    print(`${slots} slots: Sluice, nothing known`, ratios['none']);
  }
  seedCase();
  return Promise.resolve();
}

/** 57 concepts, each five searches, then a build, then a quality check; ten slots. */
function seedCase(): void {
  const concepts = 57;
  const slots = 10;
  const dag: Dag = {
    needs: Array.from({ length: concepts * 7 }, (_, n) => {
      const first = n - (n % 7);
      return n % 7 < 5 ? [] : n % 7 === 5 ? [0, 1, 2, 3, 4].map((k) => first + k) : [n - 1];
    }),
  };
  const kinds = dag.needs.map((_, n) => (n % 7 === 5 ? 4000 : 2500));
  console.log(`\n57 concepts of 5 searches, a build and a check; ${slots} slots`);
  for (const [name, sigma] of [
    ['fixed durations', 0],
    ['log-normal 0.4', 0.4],
    ['log-normal 0.8', 0.8],
  ] as const) {
    const random = randomNumbers(7);
    const rows = { fifo: figures(), sluice: figures() };
    for (let round = 0; round < (sigma === 0 ? 1 : 40); round += 1) {
      const durations = kinds.map((ms) =>
        sigma === 0 ? ms : ms * Math.exp(sigma * gaussian(random) - (sigma * sigma) / 2),
      );
      const estimates = durations.map((ms) => ms * (0.5 + random()));
      const bound = lowerBound(dag, durations, slots);
      rows.fifo.take(fifo(dag, durations, slots), bound);
      rows.sluice.take(sluice(dag, durations, estimates, slots), bound);
    }
    rows.fifo.print(`${name}: first in first out`);
    rows.sluice.print(`${name}: Sluice`);
    console.log(
      `  ${name}: first artifact at 1/${(rows.fifo.first() / rows.sluice.first()).toFixed(1)} and mean artifact at ${(rows.sluice.middle() / rows.fifo.middle()).toFixed(2)} of the queue's`,
    );
  }
}

function figures() {
  const ratios: number[] = [];
  const firsts: number[] = [];
  const means: number[] = [];
  return {
    take: (ends: readonly number[], bound: number) => {
      const artifacts = ends.filter((_, n) => n % 7 === 6);
      ratios.push(Math.max(...ends) / bound);
      firsts.push(Math.min(...artifacts));
      means.push(mean(artifacts));
    },
    first: () => mean(firsts),
    middle: () => mean(means),
    print: (name: string) =>
      console.log(
        `  ${name.padEnd(36)} ${mean(ratios).toFixed(3)} of the bound, first artifact ${seconds(mean(firsts))}, mean artifact ${seconds(mean(means))}`,
      ),
  };
}

/** When each step ends, in milliseconds from the start, driven by `decide`. */
function sluice(
  dag: Dag,
  durations: readonly number[],
  estimates: readonly number[],
  slots: number,
): number[] {
  const plan = planOf(dag, estimates, slots);
  const graph = graphOf(plan);
  const rules: Rules = {
    graph,
    maxParallel: slots,
    isRival: () => false,
    canLand: false,
    stopAtFailure: false,
  };
  let seq = 0;
  const stamp = (body: EventBody): RunEvent => {
    seq += 1;
    return { v: 1, run: RUN, seq, epoch: 1, at: seq, ...body };
  };
  const created = { plan: EMPTY.digest, workflow: 'bench', folder: '', by: PERSON };
  const fold = new RunFold(plan, graph, stamp({ type: 'run-created', ...created }));
  const ends = dag.needs.map(() => 0);
  const running = new Map<TaskId, number>();
  for (let now = 0; ;) {
    for (const action of decide(fold.state, rules, now)) {
      if (action.kind === 'start') {
        fold.apply(stamp({ type: 'task-started', task: action.task, attempt: 1 }));
        running.set(action.task, now + (durations[numberOf(action.task)] ?? 0));
      }
    }
    if (running.size === 0) {
      return ends;
    }
    now = Math.min(...running.values());
    for (const [task, end] of running) {
      if (end === now) {
        running.delete(task);
        ends[numberOf(task)] = now;
        fold.apply(stamp(succeeded(task)));
      }
    }
  }
}

/** The same with the queue everybody has: what became ready first starts first. */
function fifo(dag: Dag, durations: readonly number[], slots: number): number[] {
  const unmet = dag.needs.map((needs) => needs.length);
  const dependents = dag.needs.map((): number[] => []);
  dag.needs.forEach((needs, n) => needs.forEach((need) => dependents[need]?.push(n)));
  const queue = unmet.flatMap((count, n) => (count === 0 ? [n] : []));
  const ends = dag.needs.map(() => 0);
  const running = new Map<number, number>();
  for (let now = 0; ;) {
    while (running.size < slots && queue.length > 0) {
      const next = queue.shift() ?? 0;
      running.set(next, now + (durations[next] ?? 0));
    }
    if (running.size === 0) {
      return ends;
    }
    now = Math.min(...running.values());
    for (const [step, end] of running) {
      if (end === now) {
        running.delete(step);
        ends[step] = now;
        for (const dependent of dependents[step] ?? []) {
          unmet[dependent] = (unmet[dependent] ?? 0) - 1;
          if (unmet[dependent] === 0) {
            queue.push(dependent);
          }
        }
      }
    }
  }
}

function lowerBound(dag: Dag, durations: readonly number[], slots: number): number {
  const ends: number[] = [];
  dag.needs.forEach((needs, n) => {
    ends.push(Math.max(0, ...needs.map((need) => ends[need] ?? 0)) + (durations[n] ?? 0));
  });
  return Math.max(Math.max(...ends), durations.reduce((sum, ms) => sum + ms, 0) / slots);
}

function planOf(dag: Dag, estimates: readonly number[], maxParallel: number): RunPlan {
  const steps = dag.needs.map((needs, n) =>
    step(
      `s${n}`,
      needs.map((need) => `s${need}`),
    ),
  );
  const plan = planWith({ maxParallel, base: { kind: 'plain' } }, ...steps);
  const tasks = plan.tasks.map((task, n) => ({ ...task, estimateMs: estimates[n] ?? 0 }));
  return { ...plan, tasks };
}

function succeeded(task: TaskId): EventBody {
  return {
    type: 'task-succeeded',
    task,
    attempt: 1,
    exitCode: 0,
    durationMs: 0,
    output: EMPTY,
    log: EMPTY,
    artifacts: [],
    inputBytes: undefined,
    accepted: undefined,
  };
}

function numberOf(task: TaskId): number {
  return Number(task.slice(1));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function print(name: string, ratios: readonly number[] = []): void {
  console.log(
    `  ${name.padEnd(44)} mean ${mean(ratios).toFixed(3)}  p95 ${quantile(ratios, 0.95).toFixed(3)}  worst ${Math.max(...ratios).toFixed(3)}`,
  );
}
