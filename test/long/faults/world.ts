import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../../src/core/base/clock.ts';
import { err, ok } from '../../../src/core/base/result.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import type { Runner } from '../../../src/core/domain/runner.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import type { CopiesPort, CopyPort, DriverParts } from '../../../src/core/engine/parts.ts';
import { collectFiles } from '../../../src/core/workspaces/collect.ts';
import { scratchFolder } from '../scratch.ts';
import type { PowerDisk } from './powerDisk.ts';

/** Everything outside a program: what it does there stays when it dies. Dispose of it. */
export class World {
  readonly folder = scratchFolder('sluice-faults-');
  /** Effects of agents, by task, in the order they happened. */
  readonly ledger: TaskId[] = [];
  readonly #plan: RunPlan;
  #now = 1_700_000_000_000;

  /** @param template a repository to work in; `undefined`: the folder is in none */
  constructor(plan: RunPlan, template: string | undefined) {
    this.#plan = plan;
    if (template !== undefined) {
      fs.cpSync(template, this.repository, { recursive: true });
    }
  }

  get repository(): string {
    return path.join(this.folder, 'repository');
  }

  get store(): string {
    const git = path.join(this.repository, '.git');
    return path.join(fs.existsSync(git) ? git : this.folder, 'sluice');
  }

  times(task: string): number {
    return this.ledger.filter((one) => one === task).length;
  }

  /** A clock that goes on a little with each look, and jumps to each timer. */
  readonly clock: Clock = {
    now: () => (this.#now += 1),
    monotonic: () => (this.#now += 1),
    timer: (ms, fire) => {
      const handle = setImmediate(() => {
        this.#now += ms;
        fire();
      });
      return { dispose: () => clearImmediate(handle) };
    },
  };

  /** Agents, copies and checks of a program that lives as long as its disk. */
  parts(
    disk: PowerDisk,
  ): Pick<
    DriverParts,
    | 'mergeFiles'
    | 'runnerFor'
    | 'runCheck'
    | 'copies'
    | 'endOrphans'
    | 'ignoredAmong'
    | 'onlyReads'
    | 'checkout'
  > {
    const runner = this.#runner(disk);
    return {
      runnerFor: (kind) => (kind === 'command' ? runner : undefined),
      runCheck: ({ task }) => Promise.resolve({ code: this.times(task) > 0 ? 0 : 1, tail: '' }),
      copies: this.#copies(disk),
      ignoredAmong: () => Promise.resolve(new Set<string>()),
      mergeFiles: () => Promise.resolve(undefined),
      onlyReads: () => false,
      checkout: undefined,
      endOrphans: () => Promise.resolve(0),
    };
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Each agent has its effect and makes what its step declares; `flaky` fails until its third effect. */
  #runner(disk: PowerDisk): Runner {
    const isDead = () => disk.stopped;
    return {
      canPark: false,
      run: async ({ run, task, attempt, folder, outputFile, logFile }, events, signal) => {
        await new Promise(setImmediate);
        if (signal.aborted || isDead()) {
          return err({ reason: 'cancelled' });
        }
        const marker = `${run}:${task}.${attempt}:x`;
        events.started({ pid: 4_000_000, startedAt: 'x', marker }, undefined);
        await new Promise(setImmediate);
        if (isDead()) {
          return err({ reason: 'cancelled' });
        }
        this.ledger.push(task);
        fs.writeFileSync(outputFile, `output of ${task}\n`);
        fs.writeFileSync(logFile, `log of ${task}\n`);
        const step = this.#plan.tasks.find(({ id }) => id === task)?.step;
        for (const product of step?.kind === 'agent' ? step.produces : []) {
          fs.writeFileSync(path.join(folder, product.path), `made by ${task}\n`);
        }
        return task === 'flaky' && this.times(task) < 3
          ? err({ reason: 'exited', command: 'flaky', code: 1, tail: '' })
          : ok({ kind: 'done' as const, exitCode: 0 });
      },
    };
  }

  #copies(disk: PowerDisk): CopiesPort {
    const at = (task: TaskId, attempt: number) =>
      path.join(this.folder, 'copies', `${task}.${attempt}`);
    return {
      create: (_run, task, attempt) => {
        const folder = at(task, attempt);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(path.join(folder, 'tree'), { recursive: true });
        return Promise.resolve(copyIn(folder, disk));
      },
      reader: () => Promise.reject(new Error('every task works here')),
      reopen: (_run, task, attempt) => {
        const folder = at(task, attempt);
        return Promise.resolve(fs.existsSync(folder) ? copyIn(folder, disk) : undefined);
      },
    };
  }
}

function copyIn(folder: string, disk: PowerDisk): CopyPort {
  const tree = path.join(folder, 'tree');
  return {
    folder: tree,
    scratch: path.join(folder, 'scratch'),
    outputFile: path.join(folder, 'output'),
    logFile: path.join(folder, 'log'),
    provide: () => Promise.resolve(),
    layIn: () => Promise.resolve(),
    sessionFile: path.join(folder, 'session'),
    watchChanges: () => Promise.resolve(() => Promise.resolve([])),
    versionBefore: () => Promise.resolve(undefined),
    collect: (paths) => collectFiles(tree, paths),
    rest: () => undefined,
    dispose: () => {
      if (!disk.stopped) {
        fs.rmSync(folder, { recursive: true, force: true });
      }
      return Promise.resolve();
    },
  };
}

/** What a program wrote and was told, from its start to its death. */
export interface Told {
  /** Everything stamped for the journal, also what was taken back. */
  readonly staged: RunEvent[];
  /** What the journal took: it survives the program. */
  readonly committed: RunEvent[];
  /** How many of these were flushed: they survive the power. */
  flushed: number;
  /** How many of these people were shown. */
  shown: number;
  readonly answered: Set<TaskId>;
}
