import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import { digestOf, type Digest } from '../../../src/core/base/digest.ts';
import type { MissReason, Reuse } from '../../../src/core/domain/cache.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { objectId, runIdOf, stepId, taskIdOf, type TaskId } from '../../../src/core/domain/ids.ts';
import { JournalWriter, type JournalOptions } from '../../../src/core/journal/writer.ts';
import { anyText } from '../../support/anyText.ts';
import { ManualClock } from '../../support/manualClock.ts';

export const RUN = runIdOf('example', 1);
export const ADA = { name: 'ada', via: 'terminal' } as const;

export function task(id: string): TaskId {
  return taskIdOf(stepId(id));
}

/** The real disk without waiting for flushes: for tests that open many journals. */
export const hastyDisk: Disk = {
  ...nodeDisk,
  fsync: () => Promise.resolve(),
  fdatasync: () => Promise.resolve(),
  sync: { ...nodeDisk.sync, fsync: () => undefined, fdatasync: () => undefined },
};

/** A folder for one test; the path of a run's folder in it that exists. */
export class TempFolder {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-journal-'));
  readonly run = path.join(this.root, RUN);

  constructor() {
    fs.mkdirSync(this.run);
  }

  get segment(): string {
    return path.join(this.run, '0001.jsonl');
  }

  names(): string[] {
    return fs.readdirSync(this.run).sort();
  }

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

export function optionsFor(folder: string, over: Partial<JournalOptions> = {}): JournalOptions {
  return {
    disk: nodeDisk,
    clock: new ManualClock(),
    folder,
    run: RUN,
    claim: { epoch: 1, stillOwner: () => true },
    ...over,
  };
}

/** A writer of a journal that can be written. */
export async function openWriter(
  folder: string,
  over: Partial<JournalOptions> = {},
): Promise<JournalWriter> {
  const opened = await JournalWriter.open(optionsFor(folder, over));
  if (!opened.ok) {
    throw new Error(`the journal was refused: ${opened.error.kind}`);
  }
  return opened.value.writer;
}

export const created: EventBody = {
  type: 'run-created',
  plan: digestOf('plan'),
  workflow: 'example',
  folder: '',
  by: ADA,
};

export function started(id: string, attempt = 1): EventBody {
  return { type: 'task-started', task: task(id), attempt };
}

/** Writes a journal of its own: `run-created`, then one event for each id. */
export async function writeJournal(
  folder: string,
  ids: readonly string[],
  over: Partial<JournalOptions> = {},
): Promise<RunEvent[]> {
  const writer = await openWriter(folder, over);
  const events = [created, ...ids.map((id) => started(id))].flatMap((body) =>
    writer.append([body]),
  );
  await writer.close();
  return events;
}

const text = anyText({ maxLength: 40 });
const number = fc.nat();
const taskId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/).map(task);
const digest: fc.Arbitrary<Digest> = fc.string().map((of) => digestOf(of));
const oid = fc.stringMatching(/^[0-9a-f]{40}$/).map(objectId);
const by = fc.record({ name: text, via: fc.constantFrom('vscode', 'terminal') });
const blob = fc.record({ digest, bytes: number });
const attempt = fc.nat().map((n) => n + 1);
const optionally = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const nonEmpty = text.filter((one) => one !== '');
const landing = { task: taskId, branch: nonEmpty, tag: nonEmpty, commit: oid };

const failure: fc.Arbitrary<Failure> = fc.oneof(
  fc.record({
    reason: fc.constant('command-not-found'),
    command: text,
    install: optionally(text),
  }),
  fc.record({ reason: fc.constant('exited'), command: text, code: fc.integer(), tail: text }),
  fc.record({
    reason: fc.constant('timed-out'),
    limit: fc.constantFrom('wall', 'idle'),
    afterMs: number,
  }),
  fc.record({ reason: fc.constant('not-produced'), paths: fc.array(text, { maxLength: 3 }) }),
  fc.record({ reason: fc.constant('rejected'), by: text, note: optionally(text) }),
  fc.record({
    reason: fc.constant('bad-product'),
    path: text,
    problems: fc.array(text, { maxLength: 3 }),
  }),
  fc.record({
    reason: fc.constant('check-failed'),
    command: text,
    code: optionally(fc.integer()),
    tail: text,
  }),
  fc.record({
    reason: fc.constant('overlap'),
    path: text,
    tasks: fc.array(text, { maxLength: 3 }),
  }),
  fc.record({ reason: fc.constant('cancelled') }),
);

const what = fc.constantFrom('agent', 'model', 'prompt', 'need', 'inputs');
const than = fc.record({ run: fc.constant(runIdOf('example', 1)), task: taskId, at: number });
const same = fc.array(fc.record({ what, count: number }), { maxLength: 3 });
const reuse: fc.Arbitrary<Reuse> = fc.record({
  from: than,
  namespace: text,
  same,
  saved: fc.record({ ms: number, calls: number, tokens: number, usd: number }),
  shared: fc.boolean(),
  similar: optionally(fc.record({ question: text, similarity: number })),
});
const why: fc.Arbitrary<MissReason> = fc.oneof(
  fc.record({ kind: fc.constantFrom('first', 'fresh') }),
  fc.record({ kind: fc.constantFrom('gone', 'damaged'), than }),
  fc.record({ kind: fc.constant('expired'), than, ttlMs: number }),
  fc.record({
    kind: fc.constant('unfit'),
    than,
    why: fc.oneof(
      fc.record({ kind: fc.constant('acted'), tool: text }),
      fc.record({ kind: fc.constantFrom('person', 'models') }),
    ),
  }),
  fc.record({
    kind: fc.constant('changed'),
    than,
    changes: fc.array(
      fc.record({
        what: fc.oneof(what, fc.constantFrom('file', 'search', 'tree', 'served')),
        name: optionally(text),
        how: fc.constantFrom('changed', 'added', 'removed'),
      }),
      { maxLength: 3 },
    ),
    more: number,
    same,
  }),
);

const records = fc.oneof(
  fc.record({ type: fc.constant('cache-missed'), task: taskId, key: digest, why }),
  fc.record({
    type: fc.constant('task-reused'),
    task: taskId,
    reuse,
    exitCode: fc.integer(),
    output: blob,
    log: blob,
    artifacts: fc.array(
      fc.record({ digest, bytes: number, path: nonEmpty, executable: fc.boolean() }),
      { maxLength: 3 },
    ),
    inputBytes: optionally(number),
  }),
  fc.record({
    type: fc.constant('run-created'),
    plan: digest,
    workflow: text,
    folder: text,
    by,
  }),
  fc.record({ type: fc.constant('run-claimed'), by, pid: attempt }),
  fc.record({ type: fc.constant('task-started'), task: taskId, attempt }),
  fc.record({
    type: fc.constant('task-process'),
    task: taskId,
    attempt,
    process: fc.record({ pid: attempt, startedAt: text, marker: text }),
  }),
  fc.record({
    type: fc.constant('task-succeeded'),
    task: taskId,
    attempt,
    exitCode: fc.integer(),
    durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0),
    output: blob,
    log: blob,
    artifacts: fc.array(
      fc.record({ digest, bytes: number, path: nonEmpty, executable: fc.boolean() }),
      { maxLength: 3 },
    ),
    inputBytes: optionally(number),
    accepted: optionally(fc.oneof(by, fc.constant('probe'))),
  }),
  fc.record({
    type: fc.constant('task-retried'),
    task: taskId,
    attempt,
    durationMs: number,
    failure,
    log: optionally(blob),
    until: number,
  }),
  fc.record({ type: fc.constant('task-unknown'), task: taskId, attempt, log: optionally(blob) }),
  fc.record({ type: fc.constant('condition-judged'), task: taskId, met: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('task-stop-requested', 'task-held', 'task-released'),
    task: taskId,
    by,
  }),
  fc.record({ type: fc.constant('task-steered'), task: taskId, attempt, text, by }),
  fc.record({
    type: fc.constant('tasks-reset'),
    tasks: fc.array(taskId, { maxLength: 3 }),
    fresh: fc.array(taskId, { maxLength: 3 }),
    by,
    edit: optionally(
      fc.record({ task: taskId, prompt: optionally(text), model: optionally(text) }),
    ),
  }),
  fc.record({
    type: fc.constant('command-ran'),
    task: taskId,
    command: fc.array(text, { maxLength: 3 }),
    exitCode: optionally(fc.integer()),
    by,
  }),
  fc.record({
    type: fc.constant('run-paused'),
    running: fc.constantFrom('finish', 'interrupt'),
    by,
  }),
  fc.record({ type: fc.constant('run-resumed'), by }),
  fc.record({
    type: fc.constant('task-failed'),
    task: taskId,
    attempt,
    durationMs: number,
    failure,
    log: optionally(blob),
  }),
  fc.record({ type: fc.constant('task-interrupted'), task: taskId, attempt }),
  fc.record({
    type: fc.constant('task-skipped'),
    task: taskId,
    because: fc.array(taskId, { maxLength: 3 }),
    by: optionally(by),
  }),
  fc.record({ type: fc.constant('task-cancelled'), task: taskId, durationMs: number }),
  fc.record({ type: fc.constant('gate-opened'), task: taskId, digest, ask: text }),
  fc.record({
    type: fc.constant('gate-answered'),
    task: taskId,
    digest,
    decision: fc.constantFrom('approved', 'rejected'),
    by,
    note: optionally(text),
  }),
  fc.record({ type: fc.constantFrom('landing-started', 'landing-done'), ...landing }),
  fc.record({ type: fc.constant('landing-failed'), task: taskId, failure }),
  fc.record({ type: fc.constant('cancel-requested'), by }),
  fc.record({
    type: fc.constant('run-finished'),
    status: fc.constantFrom('succeeded', 'degraded', 'failed', 'cancelled'),
  }),
);

/** Whatever can be said, in whatever order: what follows what is the fold's business. */
export const anyBody = records.map(
  // Plain objects, as the engine makes them and JSON gives them back.
  (body): EventBody => structuredClone(body),
);
