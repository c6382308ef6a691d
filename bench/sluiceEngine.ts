import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../src/core/base/clock.ts';
import { digestOf } from '../src/core/base/digest.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { ok } from '../src/core/base/result.ts';
import { agentName, runIdOf } from '../src/core/domain/ids.ts';
import type { RunPlan } from '../src/core/domain/workflow.ts';
import { RunDriver } from '../src/core/engine/driver.ts';
import type { CopyPort, DriverParts } from '../src/core/engine/parts.ts';
import { RunFold } from '../src/core/journal/fold.ts';
import { graphOf } from '../src/core/journal/planGraph.ts';
import { JournalWriter } from '../src/core/journal/writer.ts';
import { planWith, step } from '../test/support/plans.ts';
import type { Dag } from './dags.ts';

const EMPTY = { digest: digestOf(''), bytes: 0 };
const PERSON = { name: 'bench', via: 'terminal' } as const;
export const BENCH_RUN = runIdOf('bench', 1);

/** Steps that do nothing, through the driver with its journal on a real disk and its events told. */
export class SluiceRun {
  readonly #folder: string;
  readonly #writer: JournalWriter;

  private constructor(folder: string, writer: JournalWriter) {
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Makes the run's journal, which is no part of what a step costs. */
  static async open(): Promise<SluiceRun> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
    return new SluiceRun(folder, await openJournal(folder));
  }

  /** Plans the graph and drives it to its end. @param onDrive told when planning is over */
  async drive(dag: Dag, maxParallel: number, onDrive: () => void): Promise<void> {
    const plan = planOf(dag, maxParallel);
    const graph = graphOf(plan);
    const [created] = this.#writer.append([
      { type: 'run-created', plan: EMPTY.digest, workflow: 'bench', folder: '', by: PERSON },
    ]);
    if (created === undefined) {
      throw new Error('nothing was appended');
    }
    const isRival = () => false;
    const rules = { graph, maxParallel, isRival, canLand: false, stopAtFailure: false };
    const fold = new RunFold(plan, graph, created);
    let told = 0;
    const parts = partsWith(this.#writer, (count) => {
      told += count;
    });
    const options = { by: PERSON, approveGate: () => false, leaveAtGates: false };
    onDrive();
    const end = await new RunDriver(rules, fold, parts, options).drive();
    if (end.kind !== 'finished' || end.status !== 'succeeded' || told < plan.tasks.length * 2) {
      throw new Error(`it ended ${JSON.stringify(end)}`);
    }
  }

  async dispose(): Promise<void> {
    await this.#writer.close();
    fs.rmSync(this.#folder, { recursive: true });
  }
}

export function planOf({ needs }: Dag, maxParallel: number): RunPlan {
  const agent = agentName('nothing');
  const steps = needs.map((own, n) =>
    step(
      `s${n}`,
      own.map((need) => `s${need}`),
      { agent },
    ),
  );
  return planWith({ maxParallel, base: { kind: 'plain' } }, ...steps);
}

export async function openJournal(folder: string): Promise<JournalWriter> {
  const opened = await JournalWriter.open({
    disk: nodeDisk,
    clock: systemClock,
    folder,
    run: BENCH_RUN,
    claim: { epoch: 1, stillOwner: () => true },
  });
  if (!opened.ok) {
    throw new Error(opened.error.kind);
  }
  return opened.value.writer;
}

function partsWith(journal: JournalWriter, onEvents: (count: number) => void): DriverParts {
  const copy: CopyPort = {
    folder: '',
    scratch: '',
    outputFile: '',
    logFile: '',
    provide: () => Promise.resolve(),
    layIn: () => Promise.resolve(),
    sessionFile: '',
    watchChanges: () => Promise.resolve(() => Promise.resolve([])),
    versionBefore: () => Promise.resolve(undefined),
    collect: () => Promise.resolve({ found: [], missing: [] }),
    rest: () => undefined,
    dispose: () => Promise.resolve(),
  };
  const quiet = () => undefined;
  return {
    journal,
    blobs: {
      put: () => Promise.resolve(EMPTY),
      adopt: () => Promise.resolve(EMPTY),
      copy: () => Promise.resolve(EMPTY),
      read: () => Promise.resolve(new Uint8Array()),
    },
    copies: {
      create: () => Promise.resolve(copy),
      reader: () => Promise.resolve(copy),
      reopen: () => Promise.resolve(undefined),
    },
    ignoredAmong: () => Promise.resolve(new Set()),
    mergeFiles: () => Promise.resolve(undefined),
    onlyReads: () => false,
    checkout: undefined,
    runnerFor: () => ({
      canPark: false,
      run: () => Promise.resolve(ok({ kind: 'done', exitCode: 0 })),
    }),
    runCheck: () => Promise.resolve({ code: 0, tail: '' }),
    productProblems: () => Promise.resolve([]),
    landing: undefined,
    endOrphans: () => Promise.resolve(0),
    cache: NO_CACHE,
    unfold: () => Promise.reject(new Error('nothing unfolds here')),
    mend: () => {
      throw new Error('nothing is mended here');
    },
    testReport: () => Promise.resolve(undefined),
    clock: systemClock,
    random: Math.random,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    onAppended: (events) => onEvents(events.length),
    onPrinted: quiet,
  };
}

const NO_CACHE: DriverParts['cache'] = {
  ask: () => Promise.reject(new Error('the cache is not asked here')),
  keep: () => Promise.resolve(),
  begin: () => () => undefined,
};
