import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { Digest } from '../../../src/core/base/digest.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { BlobStore } from '../../../src/core/journal/blobs.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';
import { upgradePlan } from '../../../src/core/planning/upgradePlan.ts';
import { gitEnvironment } from '../../support/tempRepository.ts';

// What stands on the disk after a crash or at the end, read without the program that wrote it.

/** One look at everything a crash could have hurt. */
export interface Inspection {
  /** `undefined`: no run has a first event. */
  readonly run: string | undefined;
  readonly events: readonly RunEvent[];
  readonly damage: string | undefined;
  readonly state: RunState | undefined;
  /** Lines the agents noted: `<task> <attempt's marker>`. */
  readonly ledger: readonly string[];
  /** What the program was told is done. */
  readonly acks: readonly string[];
  readonly fsck: string;
}

export async function inspect(parent: string): Promise<Inspection> {
  const repository = path.join(parent, 'repository');
  const runs = path.join(repository, '.git/sluice/runs');
  const folders = fs.existsSync(runs)
    ? fs.readdirSync(runs).filter((name) => !name.startsWith('.'))
    : [];
  const readings = await Promise.all(
    folders.map(async (run) => ({ run, ...(await readJournal(nodeDisk, path.join(runs, run))) })),
  );
  const begun = readings.filter(({ events }) => events.length > 0);
  assert.ok(begun.length <= 1, `${begun.length} runs were begun, one was asked for`);
  const [found] = begun;
  const events = found?.events ?? [];
  return {
    run: found?.run,
    events,
    damage: found?.damage?.kind,
    state: await stateOf(repository, events),
    ledger: linesOf(path.join(parent, 'ledger')),
    acks: linesOf(path.join(parent, 'acks')),
    fsck: await fsck(repository),
  };
}

async function stateOf(
  repository: string,
  events: readonly RunEvent[],
): Promise<RunState | undefined> {
  const [created] = events;
  if (created?.type !== 'run-created') {
    return undefined;
  }
  const blobs = new BlobStore(nodeDisk, path.join(repository, '.git/sluice/blobs'));
  const plans = new Map<Digest, RunPlan>();
  for (const event of events) {
    if (event.type === 'run-created' || event.type === 'plan-changed') {
      const bytes = await blobs.read(event.plan);
      plans.set(event.plan, upgradePlan(JSON.parse(bytes.toString('utf8'))));
    }
  }
  const state = foldRun(plans.get(created.plan)!, events, (digest) => plans.get(digest));
  for (const task of state.tasks.values()) {
    if (task.kind === 'succeeded') {
      // What an outcome names is there, and is what was stored.
      for (const { digest } of [task.output, task.log, ...task.artifacts]) {
        await blobs.read(digest);
      }
    }
  }
  return state;
}

function linesOf(file: string): string[] {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

const execFileDone = promisify(execFile);

/** What `git fsck` finds wrong; empty when the repository is sound. */
async function fsck(repository: string): Promise<string> {
  const args = ['fsck', '--full', '--strict', '--no-dangling'];
  try {
    const { stdout, stderr } = await execFileDone('git', args, {
      cwd: repository,
      env: gitEnvironment,
    });
    return /error|warning|bad|missing/i.test(stderr) ? `${stdout}${stderr}` : '';
  } catch (error) {
    return String(error);
  }
}

/** A digest of all in the checkout that is the user's: work tree, index, HEAD, refs, reflogs, settings, hooks. */
export function digestOfCheckout(parent: string): string {
  const hash = createHash('sha256');
  const walk = (folder: string, relative: string) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true }).sort(byName)) {
      const at = `${relative}/${entry.name}`;
      const absolute = path.join(folder, entry.name);
      if (OURS.test(at)) {
        continue;
      }
      if (entry.isDirectory()) {
        walk(absolute, at);
      } else {
        const { mode, mtimeMs } = fs.lstatSync(absolute);
        hash.update(`${at}\0${mode}\0${Math.trunc(mtimeMs)}\0`).update(fs.readFileSync(absolute));
      }
    }
  };
  walk(path.join(parent, 'repository'), '');
  return hash.digest('hex');
}

/** What Sluice writes below `.git`, and nothing else. */
const OURS = /^\/\.git\/(?:objects|sluice|refs\/heads\/ai|refs\/tags\/workflow_)/;

function byName(a: fs.Dirent, b: fs.Dirent): number {
  return a.name < b.name ? -1 : 1;
}

/** What is on the branch and the tag of each task, by task; without the files of the commit it is based on. */
export function branches(parent: string, run: string): Record<string, Record<string, string>> {
  const git = path.join(parent, 'repository/.git');
  const folder = path.join(git, 'refs/heads/ai/generated', run);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const base = treeOf(git, refOf(git, 'refs/heads/main'));
  return Object.fromEntries(
    names.map((task) => {
      const commit = refOf(git, `refs/heads/ai/generated/${run}/${task}`);
      assert.equal(
        refOf(git, `refs/tags/workflow_${run}_${task}`),
        commit,
        'branch and tag differ',
      );
      const made = filesIn(git, treeOf(git, commit));
      for (const [file, content] of Object.entries(filesIn(git, base))) {
        assert.equal(made[file], content, `${file} is not as it was committed`);
        Reflect.deleteProperty(made, file);
      }
      return [task, made];
    }),
  );
}

function refOf(git: string, ref: string): string {
  return fs.readFileSync(path.join(git, ref), 'utf8').trim();
}

function treeOf(git: string, commit: string): string {
  return /^tree (\w+)/.exec(objectOf(git, commit).toString('utf8'))?.[1] ?? '';
}

function filesIn(git: string, tree: string, below = ''): Record<string, string> {
  const files: Record<string, string> = {};
  const bytes = objectOf(git, tree);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    const [mode = '', ...name] = bytes.toString('utf8', at, end).split(' ');
    const id = bytes.toString('hex', end + 1, end + 21);
    const file = `${below}${name.join(' ')}`;
    Object.assign(
      files,
      mode === '40000'
        ? filesIn(git, id, `${file}/`)
        : { [file]: objectOf(git, id).toString('utf8') },
    );
    at = end + 21;
  }
  return files;
}

/** A loose object's content: the repositories here have no packs. */
function objectOf(git: string, id: string): Buffer {
  const bytes = inflateSync(
    fs.readFileSync(path.join(git, 'objects', id.slice(0, 2), id.slice(2))),
  );
  return bytes.subarray(bytes.indexOf(0) + 1);
}

/** Processes that carry an attempt's marker and belong to this folder. Linux only; elsewhere none is found. */
export function livingAttempts(parent: string): string[] {
  const pids = process.platform === 'linux' ? fs.readdirSync('/proc') : [];
  return pids.filter((pid) => {
    if (!/^\d+$/.test(pid)) {
      return false;
    }
    try {
      const environment = fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
      return environment.includes('SLUICE_ATTEMPT=') && environment.includes(parent);
    } catch {
      return false;
    }
  });
}
