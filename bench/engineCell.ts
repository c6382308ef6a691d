// One engine, one shape, one size, in a process of its own: `engineCell.ts <engine> <shape> <size> <rounds>`
// prints what the rounds took and how long the event loop was held up, as one line of JSON.
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { root } from '../scripts/paths.mjs';
import type { Dag } from './dags.ts';
import { runSluice } from './sluiceEngine.ts';
import { median } from './table.ts';

export const AT_ONCE = 10;

type Engine = (dag: Dag) => Promise<void>;

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
  bare: () => Promise.resolve((dag) => readyQueue(dag, (done) => void nothing().then(done))),
  'p-limit': () =>
    Promise.resolve((dag) => {
      const limit = pLimit(AT_ONCE);
      return readyQueue(dag, (done) => void limit(nothing).then(done));
    }),
  'p-queue': () =>
    Promise.resolve((dag) => {
      const queue = new PQueue({ concurrency: AT_ONCE });
      return readyQueue(dag, (done) => void queue.add(nothing).then(done));
    }),
  waves: () =>
    Promise.resolve(async (dag) => {
      for (const level of levelsOf(dag)) {
        const limit = pLimit(AT_ONCE);
        await Promise.all(level.map(() => limit(nothing)));
      }
    }),
  sluice: () => Promise.resolve((dag) => runSluice(dag, AT_ONCE)),
  langgraph,
  mastra,
};

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

/** A package of bench/peers, whose types the repository does not have. */
async function peer(name: string): Promise<any> {
  const require = createRequire(path.join(root, 'bench/peers/package.json'));
  return import(pathToFileURL(require.resolve(name)).href);
}

async function langgraph(): Promise<Engine> {
  process.env['LANGSMITH_TRACING'] = 'false';
  const { StateGraph, Annotation, START, END } = await peer('@langchain/langgraph');
  return async ({ needs }) => {
    const state = Annotation.Root({
      done: Annotation({ reducer: (a: number, b: number) => a + b, default: () => 0 }),
    });
    let graph = new StateGraph(state);
    const needed = new Set(needs.flat());
    needs.forEach((_, n) => {
      graph = graph.addNode(`s${n}`, () => Promise.resolve({ done: 1 }));
    });
    needs.forEach((own, n) => {
      const from = own.map((need) => `s${need}`);
      graph.addEdge(from.length === 0 ? START : from.length === 1 ? from[0] : from, `s${n}`);
      if (!needed.has(n)) {
        graph.addEdge(`s${n}`, END);
      }
    });
    const options = { recursionLimit: needs.length * 2 + 10, maxConcurrency: AT_ONCE };
    await graph.compile().invoke({ done: 0 }, options);
  };
}

/** It has no free graphs: levels side by side, one behind the other. */
async function mastra(): Promise<Engine> {
  const { createWorkflow, createStep } = await peer('@mastra/core/workflows');
  const { z } = await import('zod');
  const schemas = { inputSchema: z.any(), outputSchema: z.any() };
  return async (dag) => {
    let workflow = createWorkflow({ id: 'w', ...schemas });
    for (const level of levelsOf(dag)) {
      const steps = level.map((n) =>
        createStep({ id: `s${n}`, ...schemas, execute: () => Promise.resolve({}) }),
      );
      workflow = steps.length === 1 ? workflow.then(steps[0]) : workflow.parallel(steps);
    }
    workflow.commit();
    const run = await workflow.createRun();
    const { status } = await run.start({ inputData: {} });
    if (status !== 'success') {
      throw new Error(`it ended ${status}`);
    }
  };
}

const [, , engineName = '', shapeName = '', size = '', rounds = ''] = process.argv;
const engine = await engines[engineName]?.();
const dag = shapes[shapeName]?.(Number(size));
if (engine === undefined || dag === undefined) {
  throw new Error(`There is no ${engineName} or ${shapeName}`);
}
const took: number[] = [];
const delay = monitorEventLoopDelay({ resolution: 1 });
const warmUps = Math.min(2, Number(rounds) - 1);
for (let round = 0; round < Number(rounds); round += 1) {
  if (round === warmUps) {
    delay.enable();
  }
  const begun = performance.now();
  await engine(dag);
  took.push(performance.now() - begun);
  // The loop's clock ticks between rounds as well.
  await new Promise((resolve) => setTimeout(resolve, 5));
}
delay.disable();
console.log(JSON.stringify({ ms: median(took.slice(warmUps)), heldUpMs: delay.max / 1e6 }));
process.exit(0);
