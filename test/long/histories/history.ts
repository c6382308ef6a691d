import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gitEnvironment } from '../../support/tempRepository.ts';
import type { KillPoint } from '../crash/countingDisk.ts';
import { scratchFolder } from '../scratch.ts';
import { seeded } from '../seeded.ts';
import { livingAttempts } from '../crash/inspect.ts';
import { BusyGit } from './busyGit.ts';
import { git, problemsOf } from './git.ts';
import type { ChildReport, ChildTask } from './historyChild.ts';
import { judge, type Ground, type Judged } from './judge.ts';
import { LAYOUTS, type MadeLayout } from './layouts.ts';
import { endOfGits, removeGitsLocks } from './killed.ts';
import { assertUntouched, standingOf } from './standing.ts';
import { doSomething } from './userDoings.ts';

/** What was done in one history and what it came to. */
export interface HistoryReport {
  readonly layout: string;
  readonly deeds: readonly string[];
  readonly doings: readonly { readonly name: string; readonly done: boolean }[];
  readonly sessions: number;
  /** `point`, `moment` or `group`, for each kill that struck. */
  readonly kills: readonly string[];
  readonly judged: Judged;
  readonly boundaries: readonly number[];
  readonly warnings: readonly string[];
}

/** How a program is ended: at a boundary it comes by, at any moment, or with all it has started. */
type Kill =
  | { readonly kind: 'point'; readonly at: KillPoint }
  | { readonly kind: 'moment' | 'group'; readonly ms: number };

/** Boundaries that a deed comes by, about: points are spread over these. */
const BOUNDARIES_EACH = 110;
/** Milliseconds that opening the folder and a deed take, about. */
const MS_EACH = 450;

/**
 * One history in a repository of its own. Rejects with what does not hold.
 * @param keeps its folder, where something does not hold
 */
export async function live(
  seed: number,
  layout: string,
  child: string,
  keeps: boolean,
): Promise<HistoryReport | { readonly skipped: string }> {
  const parent = scratchFolder('sluice-history-');
  let isKept = false;
  try {
    let made: MadeLayout;
    try {
      made = await LAYOUTS[layout]!(parent);
    } catch (thrown) {
      return { skipped: thrown instanceof Error ? thrown.message : String(thrown) };
    }
    return await new History(seed, layout, child, parent, made).live();
  } catch (thrown) {
    isKept = keeps;
    if (keeps) {
      console.error(`\nkept: ${parent}`);
    }
    throw thrown;
  } finally {
    for (const pid of livingAttempts(parent)) {
      process.kill(Number(pid), 'SIGKILL');
    }
    if (!isKept) {
      fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

class History {
  readonly #layout: string;
  readonly #child: string;
  readonly #parent: string;
  readonly #made: MadeLayout;
  readonly #random: () => number;
  readonly #kills: string[] = [];
  readonly #doings: { readonly name: string; readonly done: boolean }[] = [];
  readonly #boundaries: number[] = [];
  readonly #warnings: string[] = [];

  constructor(seed: number, layout: string, child: string, parent: string, made: MadeLayout) {
    this.#layout = layout;
    this.#child = child;
    this.#parent = parent;
    this.#made = made;
    this.#random = seeded(seed);
  }

  async live(): Promise<HistoryReport> {
    const ground = await groundOf(this.#parent, this.#made.folder);
    const sessions = 2 + this.#some(3);
    for (let session = 0; session < sessions; session += 1) {
      await this.#userDoes();
      const deeds = 1 + this.#some(3);
      await this.#session(ground, deeds, this.#random() < 0.6 ? this.#kill(deeds) : undefined);
    }
    await this.#userDoes();
    await this.#session(ground, 'finish', undefined);
    const judged = await judge(ground, {
      dropped: this.#noted('dropped '),
      kills: this.#kills.length,
    });
    return {
      layout: this.#layout,
      deeds: this.#noted('came '),
      doings: this.#doings,
      sessions: sessions + 1,
      kills: this.#kills,
      judged,
      boundaries: this.#boundaries,
      warnings: this.#warnings,
    };
  }

  async #userDoes(): Promise<void> {
    for (let left = this.#some(4); left > 0; left -= 1) {
      this.#doings.push(await doSomething(this.#made.folder, this.#random));
    }
  }

  async #session(ground: Ground, deeds: ChildTask['deeds'], kill: Kill | undefined): Promise<void> {
    const { folder, roots, isBusy = false } = this.#made;
    const before = await standingOf(folder, ground.commonDir, roots);
    const dropped = this.#noted('dropped ');
    const busy = isBusy ? new BusyGit(folder, this.#parent) : undefined;
    const end = await this.#spawn(
      {
        parent: this.#parent,
        folder,
        seed: this.#some(2 ** 31),
        deeds,
        dropping: this.#noted('dropping ').filter((run) => !dropped.includes(run)),
        kill: kill?.kind === 'point' ? kill.at : undefined,
        leaves: this.#random() < 0.3,
      },
      kill,
    ).finally(() => busy?.end());
    const when = `after ${this.#kills.length} kills, session of ${deeds} (${end})`;
    if (end === 'killed') {
      this.#kills.push(kill?.kind ?? 'nobody');
      await endOfGits(this.#parent);
      if (kill?.kind === 'group') {
        removeGitsLocks(ground.commonDir);
      }
      assert.equal(await problemsOf(folder), '', `the repository is not sound ${when}`);
    }
    const after = await standingOf(folder, ground.commonDir, roots);
    assertUntouched(before, after, when);
  }

  #kill(deeds: number): Kill {
    const kind = (['point', 'point', 'moment', 'group'] as const)[this.#some(4)]!;
    if (kind !== 'point') {
      return { kind, ms: this.#some(MS_EACH * (1 + deeds)) };
    }
    const moment = (['before', 'half', 'after'] as const)[this.#some(3)]!;
    return { kind, at: { at: 1 + this.#some(BOUNDARIES_EACH * deeds), moment } };
  }

  /** What its programs have noted with this at the beginning of the line. */
  #noted(start: string): readonly string[] {
    const file = path.join(this.#parent, 'notes');
    const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
    return lines.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []));
  }

  #some(below: number): number {
    return Math.floor(this.#random() * below);
  }

  #spawn(task: ChildTask, kill: Kill | undefined): Promise<'ended' | 'killed'> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [this.#child, JSON.stringify(task)], {
        env: childEnvironment(this.#parent),
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, to be ended as one.
        detached: true,
      });
      const strike = () => {
        if (kill?.kind === 'moment') {
          child.kill('SIGKILL');
        } else if (child.pid !== undefined) {
          process.kill(-child.pid, 'SIGKILL');
        }
      };
      const timer =
        kill === undefined || kill.kind === 'point' ? undefined : setTimeout(strike, kill.ms);
      let printed = '';
      let complaint = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (signal === 'SIGKILL') {
          resolve('killed');
        }
        child.once('close', () => {
          if (code === 0) {
            const report = JSON.parse(printed) as ChildReport;
            this.#boundaries.push(report.boundaries);
            this.#warnings.push(...report.warnings);
            resolve('ended');
          } else {
            reject(new Error(`a program ended with ${code ?? signal ?? ''}: ${complaint}`));
          }
        });
      });
    });
  }
}

/** As a program is started by a user: nothing keeps its `git` from writing where it should not. */
function childEnvironment(parent: string): Record<string, string> {
  return {
    PATH: gitEnvironment['PATH'] ?? '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: gitEnvironment['GIT_CONFIG_GLOBAL'] ?? '',
    HOME: parent,
    XDG_CACHE_HOME: path.join(parent, 'cache'),
    XDG_STATE_HOME: path.join(parent, 'state'),
  };
}

async function groundOf(parent: string, folder: string): Promise<Ground> {
  const [gitDir = '', commonDir = '', prefix = ''] = (
    await git(folder, 'rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-prefix')
  ).split('\n');
  return { parent, folder, gitDir, commonDir: path.resolve(folder, commonDir), prefix };
}
