import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';
import { livingAttempts } from '../crash/inspect.ts';
import { git, OWN_REF, problemsOf, refsIn } from './git.ts';

// What must hold of a repository after a history, found without the program that made it: the journals are read event by
// event, and the rest is asked of `git`.

/** Where things are. Absolute. */
export interface Ground {
  readonly parent: string;
  readonly folder: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** From the root of the work tree, with `/` behind it; `''` for the root. */
  readonly prefix: string;
}

/** What a history came to, for the figures. */
export interface Judged {
  readonly runs: number;
  readonly refs: number;
  /** Landings and merges that failed, by why; all else is as the journals say. */
  readonly failures: readonly string[];
  readonly leftovers: Leftovers;
}

/** What the refs of one run are to be by its journal. */
interface Said {
  readonly refs: ReadonlyMap<string, string>;
  /** A failure, or what was cut off and nobody can go on with, may have left one of these. */
  readonly doubtful: ReadonlyMap<string, ReadonlySet<string>>;
  readonly failures: readonly string[];
  /** What is to be on a commit, and what is not to be: paths from the folder. */
  readonly landed: readonly {
    readonly commit: string;
    readonly made: readonly string[];
    readonly removed: readonly string[];
  }[];
}

export async function judge(
  ground: Ground,
  ended: { readonly dropped: readonly string[]; readonly kills: number },
): Promise<Judged> {
  const { parent, folder, commonDir } = ground;
  assert.equal(await problemsOf(folder), '', 'the repository is not sound');
  assert.deepEqual(livingAttempts(parent), [], 'processes of attempts are left');
  const runs = runsIn(commonDir);
  assert.deepEqual(
    ended.dropped.filter((run) => runs.includes(run)),
    [],
    'runs that were dropped are there',
  );
  const said = await Promise.all(runs.map((run) => saidOf(run, commonDir)));
  await judgeRefs(folder, said);
  await judgeCommits(
    ground,
    said.flatMap(({ landed }) => landed),
  );
  const leftovers = await judgeLeftovers(ground, ended.kills);
  return {
    runs: runs.length,
    refs: said.reduce((sum, { refs }) => sum + refs.size, 0),
    failures: said.flatMap(({ failures }) => failures),
    leftovers,
  };
}

function runsIn(commonDir: string): readonly string[] {
  const at = path.join(commonDir, 'sluice/runs');
  const names = fs.existsSync(at) ? fs.readdirSync(at) : [];
  assert.deepEqual(
    names.filter((name) => name.startsWith('.') && !/^\.number-\d+$/.test(name)),
    [],
    'what is left of runs',
  );
  return names.filter((name) => !name.startsWith('.'));
}

async function saidOf(run: string, commonDir: string): Promise<Said> {
  const { events, damage } = await readJournal(nodeDisk, path.join(commonDir, 'sluice/runs', run));
  // A record that a kill tore is for the next who writes there to repair.
  assert.ok(damage === undefined || damage.kind === 'torn-tail', `${run}: ${damage?.kind ?? ''}`);
  if (events.length === 0) {
    // A program died between making its folder and its first event: it was never shown to anybody.
    return { refs: new Map(), doubtful: new Map(), failures: [], landed: [] };
  }
  const last = events.findLast(({ type }) => type === 'run-finished' || type === 'tasks-reset');
  assert.equal(last?.type, 'run-finished', `${run} has not ended`);
  return saidBy(events);
}

function saidBy(events: readonly RunEvent[]): Said {
  const refs = new Map<string, string>();
  const ofTask = new Map<string, Set<string>>();
  const doubtful = new Map<string, Set<string>>();
  const failures: string[] = [];
  const landed: Said['landed'][number][] = [];
  const made = new Map<string, Omit<Said['landed'][number], 'commit'>>();
  const started = new Map<string, readonly (readonly [string, string])[]>();
  let publishing: readonly [string, string] | undefined;
  const doubt = (those: readonly (readonly [string, string])[]) => {
    for (const [ref, commit] of those) {
      doubtful.set(ref, (doubtful.get(ref) ?? new Set()).add(commit));
    }
  };
  const settle = (ref: string, commit: string) => {
    refs.set(ref, commit);
    doubtful.delete(ref);
  };
  for (const event of events) {
    switch (event.type) {
      case 'task-succeeded':
        made.set(event.task, {
          made: event.artifacts.map((artifact) => artifact.path),
          removed: (event.removed ?? []).map((removed) => removed.path),
        });
        break;
      case 'landing-started':
      case 'landing-done': {
        const { task, branch, tag, commit } = event;
        const both = [`refs/heads/${branch}`, `refs/tags/${tag}`] as const;
        if (event.type === 'landing-started') {
          started.set(
            task,
            both.map((ref) => [ref, commit] as const),
          );
        } else {
          both.forEach((ref) => settle(ref, commit));
          ofTask.set(task, new Set([...(ofTask.get(task) ?? []), ...both]));
          landed.push({ commit, ...made.get(task)! });
        }
        break;
      }
      case 'landing-failed':
        failures.push(`landing: ${event.failure.reason} ${messageOf(event.failure)}`);
        doubt(started.get(event.task) ?? []);
        break;
      case 'landing-undone':
        for (const ref of ofTask.get(event.task) ?? []) {
          refs.delete(ref);
        }
        break;
      case 'merge-moved': {
        const { place } = event;
        if (place.kind === 'publishing' || place.kind === 'done') {
          publishing = [`refs/heads/${place.branch}`, place.commit];
        }
        if (place.kind === 'publishing') {
          // Where its results were taken back since, nobody can go on with it.
          doubt(publishing === undefined ? [] : [publishing]);
        } else if (place.kind === 'done') {
          settle(`refs/heads/${place.branch}`, place.commit);
        } else if (place.kind === 'failed') {
          failures.push(`merge: ${place.failure.reason} ${messageOf(place.failure)}`);
        }
        break;
      }
      default:
        break;
    }
  }
  return { refs, doubtful, failures, landed };
}

function messageOf(failure: object): string {
  return 'message' in failure && typeof failure.message === 'string' ? failure.message : '';
}

async function judgeRefs(folder: string, said: readonly Said[]): Promise<void> {
  const found = new Map([...(await refsIn(folder))].filter(([ref]) => OWN_REF.test(ref)));
  const expected = new Map(said.flatMap(({ refs }) => [...refs]));
  const doubtful = new Map(said.flatMap((one) => [...one.doubtful]));
  const wrong = [...new Set([...found.keys(), ...expected.keys()])]
    .filter((ref) => found.get(ref) !== expected.get(ref))
    .filter((ref) => !(doubtful.get(ref)?.has(found.get(ref) ?? '') ?? false))
    .map((ref) => `${ref} is ${found.get(ref) ?? 'absent'}, not ${expected.get(ref) ?? 'absent'}`);
  assert.deepEqual(wrong, [], 'refs are not as the journals say');
}

/** Each result that was ever landed and is still there has the files its journal says, and lacks those it removed. */
async function judgeCommits({ folder, prefix }: Ground, landed: Said['landed']): Promise<void> {
  const there = new Set((await refsIn(folder)).values());
  const asked = landed
    .filter(({ commit }) => there.has(commit))
    .flatMap(({ commit, made, removed }) => [
      ...made.map((file) => ({ line: `${commit}:${prefix}${file}`, is: 'blob' })),
      ...removed.map((file) => ({ line: `${commit}:${prefix}${file}`, is: 'missing' })),
    ])
    // It would end the question.
    .filter(({ line }) => !line.includes('\n'));
  if (asked.length === 0) {
    return;
  }
  const answers = await checked(
    folder,
    asked.map(({ line }) => line),
  );
  const wrong = asked.filter(({ is }, index) => !(answers[index] ?? '').endsWith(is));
  assert.deepEqual(wrong, [], 'commits do not hold what the journals say');
}

/** `blob` or `… missing` for each. */
function checked(folder: string, lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const asked = spawn('git', ['cat-file', '--batch-check=%(objecttype)'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let printed = '';
    asked.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('latin1')));
    asked.once('error', reject);
    asked.once('close', () => resolve(printed.split('\n')));
    asked.stdin.end(`${lines.join('\n')}\n`);
  });
}

const TEMPORARY = /\.lock$|^tmp_|^\.tmp|^fast_import_crash|index\.(?!lock)/;

/** What kills left in Sluice's own folders, which hurts nobody. */
interface Leftovers {
  readonly files: number;
  readonly folders: number;
}

async function judgeLeftovers(
  { parent, folder, commonDir }: Ground,
  kills: number,
): Promise<Leftovers> {
  const leftIn = (at: string) =>
    (fs.existsSync(at) ? fs.readdirSync(at, { recursive: true, encoding: 'utf8' }) : []).filter(
      (name) => TEMPORARY.test(path.basename(name)),
    );
  const isObject = (name: string) => name.startsWith('objects/');
  const left = leftIn(commonDir).filter((name) => !name.startsWith('lfs/'));
  const own = left.filter((name) => name.startsWith('sluice/'));
  assert.deepEqual(
    left.filter((name) => !isObject(name) && !own.includes(name)),
    [],
    'temporary files are left',
  );
  assert.ok(left.length === 0 || kills > 0, `left without a kill: ${left.join(', ')}`);
  if (left.some(isObject)) {
    // What a kill leaves there bears names that Git itself clears away.
    await git(folder, 'prune', '--expire=now');
    assert.deepEqual(leftIn(path.join(commonDir, 'objects')), [], 'Git does not clear these away');
  }
  const copies = path.join(parent, 'cache/sluice/copies');
  const kept = (fs.existsSync(copies) ? fs.readdirSync(copies) : []).flatMap((at) =>
    fs.readdirSync(path.join(copies, at)).filter((name) => name !== '.pool'),
  );
  const asides = kept.filter((name) => /^(?:ignored|included)-/.test(name));
  assert.deepEqual(
    kept.filter((name) => !asides.includes(name)),
    [],
    'copies of runs that are over are left',
  );
  assert.ok(asides.length === 0 || kills > 0, `left without a kill: ${asides.join(', ')}`);
  return { files: own.length, folders: asides.length };
}
