// One engine, one shape, one size, in a process of its own: `engineCell <peers> <engine> <shape> <size> <rounds>`
// prints what the rounds took and how long the event loop was held up, as one line of JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import pLimit from 'p-limit';
import type { Dag } from './dags.ts';
import { SluiceRun } from './sluiceEngine.ts';
import { median } from './table.ts';

export const AT_ONCE = 10;

/** Runs a graph; what it needs beforehand and afterwards is not timed. */
interface Engine {
  readonly run: (dag: Dag) => Promise<void>;
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

const shapes: Readonly<Record<string, (size: number) => Dag>> = {
  wide: (size) => ({ needs: Array.from({ length: size }, () => []) }),
  chain: (size) => ({ needs: Array.from({ length: size }, (_, n) => (n === 0 ? [] : [n - 1])) }),
  layered: (size) => {
    const width = 50;
    return {
      needs: Array.from({ length: size }, (_, n) => {
        const above = (Math.floor(n / width) - 1) * width;
        return above < 0 ? [] : [0, 7, 13].map((by) => above + ((n + by) % width));
      }),
    };
  },
};

const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  bare: () => of((dag) => readyQueue(dag, (done) => void nothing().then(done))),
  'p-limit': () =>
    of((dag) => {
      const limit = pLimit(AT_ONCE);
      return readyQueue(dag, (done) => void limit(nothing).then(done));
    }),
  waves: () =>
    of(async (dag) => {
      for (const level of levelsOf(dag)) {
        const limit = pLimit(AT_ONCE);
        await Promise.all(level.map(() => limit(nothing)));
      }
    }),
  sluice,
};

function of(run: Engine['run']): Promise<Engine> {
  return Promise.resolve({ run });
}

/** Milliseconds that the event loop was held up at the most, for each round of Sluice's. */
const heldUp: number[] = [];

function sluice(): Promise<Engine> {
  let open: SluiceRun | undefined;
  return Promise.resolve({
    before: async () => {
      open = await SluiceRun.open();
    },
    run: async (dag) => {
      // Another one each time: it counts from its last look, however long that was ago.
      const delay = monitorEventLoopDelay({ resolution: 1 });
      // Planning is one piece of work before the run; what is looked at is the run.
      await open?.drive(dag, AT_ONCE, () => delay.enable());
      delay.disable();
      heldUp.push(delay.max / 1e6);
    },
    after: async () => open?.dispose(),
  });
}

async function nothing(): Promise<void> {
  await Promise.resolve();
}

/** The ready queue every library needs around it: a step is handed over when its needs are done. */
function readyQueue({ needs }: Dag, hand: (done: () => void) => void): Promise<void> {
  const unmet = needs.map(({ length }) => length);
  const dependents = dependentsOf(needs);
  let left = needs.length;
  return new Promise((resolve) => {
    const begin = (step: number) =>
      hand(() => {
        left -= 1;
        if (left === 0) {
          resolve();
        }
        for (const dependent of dependents[step] ?? []) {
          unmet[dependent] = (unmet[dependent] ?? 0) - 1;
          if (unmet[dependent] === 0) {
            begin(dependent);
          }
        }
      });
    needs.forEach(({ length }, step) => {
      if (length === 0) {
        begin(step);
      }
    });
  });
}

function dependentsOf(needs: Dag['needs']): number[][] {
  const dependents = needs.map((): number[] => []);
  needs.forEach((own, step) => own.forEach((need) => dependents[need]?.push(step)));
  return dependents;
}

function levelsOf({ needs }: Dag): number[][] {
  const depths: number[] = [];
  const levels: number[][] = [];
  needs.forEach((own, step) => {
    const depth = Math.max(0, ...own.map((need) => (depths[need] ?? 0) + 1));
    depths.push(depth);
    (levels[depth] ??= []).push(step);
  });
  return levels;
}

interface Peers {
  readonly peers: (tools: object) => Readonly<Record<string, () => Promise<Engine['run']>>>;
}

async function engineNamed(name: string): Promise<Engine | undefined> {
  if (Object.hasOwn(engines, name)) {
    return engines[name]?.();
  }
  // Not bundled: it finds its packages beside itself.
  const { peers } = (await import(pathToFileURL(peersFile).href)) as Peers;
  const run = await peers({ readyQueue, levelsOf, nothing, atOnce: AT_ONCE })[name]?.();
  return run && { run };
}

const [, , peersFile = '', engineName = '', shapeName = '', size = '', rounds = ''] = process.argv;
const engine = await engineNamed(engineName);
const dag = shapes[shapeName]?.(Number(size));
if (engine === undefined || dag === undefined) {
  throw new Error(`There is no ${engineName} or ${shapeName}`);
}
const took: number[] = [];
const warmUps = Math.min(2, Number(rounds) - 1);
for (let round = 0; round < Number(rounds); round += 1) {
  await engine.before?.();
  const begun = performance.now();
  await engine.run(dag);
  took.push(performance.now() - begun);
  await engine.after?.();
}
const heldUpMs = Math.max(0, ...heldUp.slice(warmUps));
console.log(JSON.stringify({ ms: median(took.slice(warmUps)), heldUpMs }));
process.exit(0);
