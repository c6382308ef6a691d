import fs from 'node:fs';
import { SluiceRun } from '../../../bench/sluiceEngine.ts';
import { TempProject } from '../../support/project.ts';
import { start } from '../../support/runs.ts';
import { printTable } from '../table.ts';

// What runs leave behind in the program that drove them: nothing. Short runs through the driver and its journal,
// and whole ones with processes, copies and Git; what is held after the first tenth is compared with the end.

const DRIVEN = 10_000;
const WHOLE = 300;
/** Bytes of heap a run may cost in the mean: names that are remembered, a V8 that has not shrunk yet. */
const HEAP_A_RUN = { driven: 300, whole: 4000 };

interface Held {
  readonly heap: number;
  /** Timers, sockets, watchers, pipes and requests the event loop knows of. */
  readonly resources: number;
  /** Open files; 0 where the system does not tell. */
  readonly files: number;
  readonly listeners: number;
}

export async function leaks(): Promise<boolean> {
  const dag = { needs: [[], [0], [0, 1]] };
  const driven = await compare('runs through the driver', DRIVEN, HEAP_A_RUN.driven, async () => {
    const run = await SluiceRun.open();
    await run.drive(dag, 2, () => undefined);
    await run.dispose();
  });
  const project = new TempProject();
  try {
    project.command('short', ['true']);
    project.workflow('two', { a: { agent: 'short' }, b: { agent: 'short', needs: 'a' } });
    project.repository.commit();
    const sluice = await project.open();
    const whole = await compare('whole runs', WHOLE, HEAP_A_RUN.whole, async () => {
      const { run, ended } = await start(sluice, 'two');
      await ended;
      // The program keeps what its views show of a run; that is asked for, and goes with the run's folder.
      fs.rmSync(`${project.folder}/.git/sluice/runs/${run}`, { recursive: true });
      await sluice.refreshRuns();
    });
    printTable(
      'What runs leave behind (after the first tenth, at the end)',
      ['kind', 'runs', 'heap kB', 'resources', 'open files', 'listeners'],
      [driven.row, whole.row],
    );
    return driven.held && whole.held;
  } finally {
    await project.dispose();
  }
}

async function compare(kind: string, runs: number, heapARun: number, once: () => Promise<void>) {
  const warm = Math.ceil(runs / 10);
  for (let run = 0; run < warm; run += 1) {
    await once();
  }
  const before = await held();
  for (let run = warm; run < runs; run += 1) {
    await once();
  }
  const after = await held();
  const isHeld =
    after.heap - before.heap <= heapARun * runs &&
    after.resources <= before.resources &&
    after.files <= before.files &&
    after.listeners <= before.listeners;
  const kilobytes = (bytes: number) => Math.round(bytes / 1024);
  return {
    held: isHeld,
    row: [
      kind,
      runs,
      `${kilobytes(before.heap)}, ${kilobytes(after.heap)}`,
      `${before.resources}, ${after.resources}`,
      `${before.files}, ${after.files}`,
      `${before.listeners}, ${after.listeners}`,
    ],
  };
}

async function held(): Promise<Held> {
  if (globalThis.gc === undefined) {
    throw new Error('run Node with --expose-gc: npm run test:long does');
  }
  // Twice, with a turn in between: what the first finds dead may hold what the second frees.
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    heap: process.memoryUsage().heapUsed,
    resources: process.getActiveResourcesInfo().length,
    files: fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd').length : 0,
    listeners: process
      .eventNames()
      .reduce((sum, name) => sum + process.listenerCount(name as string), 0),
  };
}
