import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import { nodeDisk } from '../src/core/base/disk.ts';
import { digestOf } from '../src/core/base/digest.ts';
import { ok } from '../src/core/base/result.ts';
import { systemClock } from '../src/core/base/clock.ts';
import { runIdOf } from '../src/core/domain/ids.ts';
import type { RunPlan, Step } from '../src/core/domain/workflow.ts';
import { RunDriver } from '../src/core/engine/driver.ts';
import { graphOf, RunFold } from '../src/core/journal/fold.ts';
import { JournalWriter } from '../src/core/journal/writer.ts';
import { planWith, step } from '../test/support/plans.ts';
import { printRows, type BenchRow } from './table.ts';

// What a step costs beside its work: steps that do nothing, ten at once, through a bare loop, p-limit,
// p-queue, and Sluice's driver with its journal on a real disk. All in one process, in turn.

const AT_ONCE = 10;
const ROUNDS = 3;
const EMPTY = { digest: digestOf(''), bytes: 0 };
const PERSON = { name: 'bench', via: 'terminal' } as const;

export async function benchSteps(): Promise<void> {
  for (const count of [1000, 4000]) {
    for (const [shape, steps] of shapes(count)) {
      const plan = planWith({ maxParallel: AT_ONCE, base: { kind: 'plain' } }, ...steps);
      const engines: readonly [string, (plan: RunPlan) => Promise<void>][] = [
        ['bare loop', bareLoop],
        ['p-limit', withLimit],
        ['p-queue', withQueue],
        ['Sluice, journal on disk', withSluice],
      ];
      const rows = engines.map(([name]): BenchRow & { rounds: number[] } => ({ name, rounds: [] }));
      for (let round = -1; round < ROUNDS; round += 1) {
        for (const [index, [, run]] of engines.entries()) {
          const begun = performance.now();
          await run(plan);
          if (round >= 0) {
            rows[index]?.rounds.push(((performance.now() - begun) / count) * 1000);
          }
        }
      }
      printRows(`${count} steps, ${shape}`, 'ms per 1,000 steps', 'p-queue', rows);
    }
  }
}

function shapes(count: number): [string, Step[]][] {
  const ids = Array.from({ length: count }, (_, index) => `s${index}`);
  const layer = 50;
  return [
    ['wide', ids.map((id) => step(id))],
    ['chain', ids.map((id, index) => step(id, index === 0 ? [] : [ids[index - 1] ?? '']))],
    [
      'layered',
      ids.map((id, index) => {
        const above = Math.floor(index / layer) * layer - layer;
        const needs = [0, 7, 13].map((by) => ids[above + ((index + by) % layer)] ?? '');
        return step(id, above < 0 ? [] : needs);
      }),
    ],
  ];
}

/** The ready queue every peer needs around it: a step is handed over when its needs are done. */
function readyQueue(plan: RunPlan, hand: (done: () => void) => void): Promise<void> {
  const graph = graphOf(plan);
  const unmet = new Map(graph.ids.map((id) => [id, graph.needs(id).length]));
  let left = graph.ids.length;
  return new Promise((resolve) => {
    const begin = (id: (typeof graph.ids)[number]) =>
      hand(() => {
        left -= 1;
        if (left === 0) {
          resolve();
        }
        for (const dependent of graph.dependents(id)) {
          const now = (unmet.get(dependent) ?? 0) - 1;
          unmet.set(dependent, now);
          if (now === 0) {
            begin(dependent);
          }
        }
      });
    for (const id of graph.ids.filter((one) => unmet.get(one) === 0)) {
      begin(id);
    }
  });
}

async function nothing(): Promise<void> {
  await Promise.resolve();
}

function bareLoop(plan: RunPlan): Promise<void> {
  return readyQueue(plan, (done) => void nothing().then(done));
}

function withLimit(plan: RunPlan): Promise<void> {
  const limit = pLimit(AT_ONCE);
  return readyQueue(plan, (done) => void limit(nothing).then(done));
}

function withQueue(plan: RunPlan): Promise<void> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  return readyQueue(plan, (done) => void queue.add(nothing).then(done));
}

async function withSluice(plan: RunPlan): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  const run = runIdOf('bench', 1);
  const opened = await JournalWriter.open({
    disk: nodeDisk,
    clock: systemClock,
    folder,
    run,
    claim: { epoch: 1, stillOwner: () => true },
  });
  if (!opened.ok) {
    throw new Error(opened.error.kind);
  }
  const { writer } = opened.value;
  const [created] = writer.append([
    { type: 'run-created', plan: digestOf(''), workflow: 'bench', folder: '', by: PERSON },
  ]);
  const graph = graphOf(plan);
  if (created === undefined) {
    throw new Error('nothing was appended');
  }
  const driver = new RunDriver(
    plan,
    { graph, maxParallel: AT_ONCE, canLand: false },
    new RunFold(plan, graph, created),
    {
      journal: writer,
      blobs: {
        put: () => Promise.resolve(EMPTY),
        adopt: () => Promise.resolve(EMPTY),
        read: () => Promise.resolve(new Uint8Array()),
      },
      copies: {
        create: () =>
          Promise.resolve({
            folder: '',
            scratch: '',
            outputFile: '',
            logFile: '',
            provide: nothing,
            collect: () => Promise.resolve({ found: [], missing: [] }),
            dispose: nothing,
          }),
      },
      runnerFor: () => ({ run: () => Promise.resolve(ok({ exitCode: 0 })) }),
      landing: undefined,
      endOrphans: () => Promise.resolve(0),
      clock: systemClock,
      log: { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 },
      onAppended: () => undefined,
      onPrinted: () => undefined,
    },
    { by: PERSON, approveGate: () => false, leaveAtGates: false },
  );
  const end = await driver.drive();
  await writer.close();
  fs.rmSync(folder, { recursive: true, force: true });
  if (end.kind !== 'finished' || end.status !== 'succeeded') {
    throw new Error(`the run ended ${end.kind}`);
  }
}
