import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf, type Digest } from '../../src/core/base/digest.ts';
import { err, ok, type Result } from '../../src/core/base/result.ts';
import type { AttemptDeed } from '../../src/core/domain/deed.ts';
import type {
  BlobRef,
  Decision,
  EventBody,
  FileVersion,
  RunEvent,
} from '../../src/core/domain/event.ts';
import type { Failure } from '../../src/core/domain/failure.ts';
import { objectId, runIdOf, type RunId, type TaskId } from '../../src/core/domain/ids.ts';
import type { Question, Reply } from '../../src/core/domain/question.ts';
import type { RequestOutcome, RunRequest } from '../../src/core/domain/request.ts';
import type {
  CheckOutcome,
  CheckRequest,
  Runner,
  RunnerEvents,
  RunnerOutput,
  RunnerRequest,
} from '../../src/core/domain/runner.ts';
import type { RunPlan } from '../../src/core/domain/workflow.ts';
import { RunDriver, type DriveEnd, type DriveOptions } from '../../src/core/engine/driver.ts';
import type {
  CheckoutPort,
  CopyChange,
  CopyPort,
  DriverParts,
  LaidFile,
} from '../../src/core/engine/parts.ts';
import { mergeFile } from '../../src/core/artifacts/merge/mergeFile.ts';
import { productProblems } from '../../src/core/artifacts/productSchema.ts';
import { mend } from '../../src/core/debugging/mend.ts';
import { unfoldPlan } from '../../src/core/planning/unfoldPlan.ts';
import { rivalsOf } from '../../src/core/domain/rivals.ts';
import { foldRun, RunFold } from '../../src/core/journal/fold.ts';
import { graphOf } from '../../src/core/journal/planGraph.ts';
import { HeldCache } from './heldCache.ts';
import { ManualClock } from './manualClock.ts';
import { changesSince, stateOfTree } from './treeChanges.ts';

const RUN: RunId = runIdOf('example', 1);
export const PERSON = { name: 'ada', via: 'terminal' } as const;

/** An attempt that does what the test says, when the test says it. */
export class HeldAttempt {
  readonly request: RunnerRequest;
  readonly signal: AbortSignal;
  /** What a person said to the agent. */
  readonly heard: string[] = [];
  readonly #events: RunnerEvents;
  readonly #settle: (result: Result<RunnerOutput, Failure>) => void;

  constructor(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
    settle: (result: Result<RunnerOutput, Failure>) => void,
  ) {
    this.request = request;
    this.#events = events;
    this.signal = signal;
    this.#settle = settle;
  }

  /** The process of the attempt is there. */
  begin(listens = false): void {
    const process = { pid: 4711, startedAt: 'then', marker: 'x' };
    this.#events.started(process, listens ? (text) => void this.heard.push(text) : undefined);
  }

  /** What the attempt does, as the journal is to have it. */
  did(deed: AttemptDeed): void {
    this.#events.did(deed);
  }

  ask(key: string, question: Question): Promise<Reply> {
    return this.#events.ask(key, question);
  }

  /** The attempt lets go until then; what it goes on with is kept. */
  park(until: number | undefined, because: 'rate-limit' | 'stopped' = 'rate-limit'): void {
    fs.writeFileSync(this.request.sessionFile, '');
    const why =
      because === 'stopped'
        ? ({ kind: 'stopped' } as const)
        : ({ kind: 'provider', provider: 'anthropic', model: 'claude', because } as const);
    this.settle(ok({ kind: 'parked', until, why }));
  }

  succeed(output = '', files: Readonly<Record<string, string>> = {}): void {
    fs.writeFileSync(this.request.outputFile, output);
    fs.writeFileSync(this.request.logFile, output);
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.request.folder, name)), { recursive: true });
      fs.writeFileSync(path.join(this.request.folder, name), text);
    }
    this.settle(ok({ kind: 'done', exitCode: 0 }));
  }

  has(file: string): boolean {
    return fs.existsSync(path.join(this.request.folder, file));
  }

  remove(file: string): void {
    fs.rmSync(path.join(this.request.folder, file));
  }

  link(file: string, target: string): void {
    fs.mkdirSync(path.dirname(path.join(this.request.folder, file)), { recursive: true });
    fs.symlinkSync(target, path.join(this.request.folder, file));
  }

  fail(failure: Failure = { reason: 'exited', command: 'x', code: 1, tail: '' }): void {
    fs.writeFileSync(this.request.logFile, '');
    this.settle(err(failure));
  }

  settle(result: Result<RunnerOutput, Failure>): void {
    this.#settle(result);
  }
}

/** The real driver with hand-controlled agents; journal and blobs in memory. */
export class DriverRig {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-driver-'));
  readonly events: RunEvent[] = [];
  readonly landed: string[] = [];
  readonly orphans: string[] = [];
  readonly plan: RunPlan;
  readonly clock = new ManualClock();
  /** Outlives the programs that drive the run. */
  readonly cache = new HeldCache();
  /** How checks and probes end, by their command. */
  readonly checks = new Map<string, (request: CheckRequest) => CheckOutcome>();
  /** Told to stop, attempts end at once; else the test ends them. */
  stopsAtOnce = true;
  /** What attempts are stopped in the middle of can be gone on with. */
  canPark = false;
  journalBroken = false;
  landingFailure: Failure | undefined;
  /** Who tells answers that a program of the user gave; by default every answer is taken. */
  approvals: DriverParts['approvals'];
  /** Whoever looks at the user's checkout for the run. */
  checkout: CheckoutPort | undefined;
  /** Tasks that work in the tree all copies are made of. */
  readonly readers: string[] = [];
  ignored: (file: string) => boolean = () => false;
  onlyReads: DriverParts['onlyReads'] = () => false;
  #driver: RunDriver | undefined;
  #end: Promise<DriveEnd> | undefined;
  #epoch = 0;
  #staged: RunEvent[] = [];
  /** By where it lies. */
  readonly #laid = new Map<string, Extract<LaidFile, { readonly blob: Digest }>>();
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #attempts = new Map<TaskId, HeldAttempt>();
  readonly #watchers = new Set<() => void>();
  readonly #unfolded = new Map<Digest, RunPlan>();
  readonly #plans = (digest: Digest) =>
    digest === digestOf('plan') ? this.plan : this.#unfolded.get(digest);

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.events.push({
      v: 1,
      run: RUN,
      seq: 1,
      epoch: 0,
      at: 1,
      type: 'run-created',
      plan: digestOf('plan'),
      workflow: 'example',
      folder: '',
      by: PERSON,
    });
  }

  /** Claims the run, as a first or a later program, and drives it. */
  start(options: Partial<DriveOptions> = {}): void {
    this.#epoch += 1;
    this.#attempts.clear();
    const graph = graphOf(this.plan);
    const [created, ...rest] = this.events;
    const fold = new RunFold(this.plan, graph, created!, this.#plans);
    for (const event of rest) {
      fold.apply(event);
    }
    this.#driver = new RunDriver(
      {
        get graph() {
          return fold.graph;
        },
        isRival: rivalsOf(this.plan.tasks, this.plan.agents),
        maxParallel: this.plan.maxParallel,
        canLand: this.plan.base.kind === 'git',
        stopAtFailure: this.plan.workflow.onFailure === 'stop',
      },
      fold,
      this.#parts(),
      { by: PERSON, approveGate: () => false, leaveAtGates: false, ...options },
    );
    this.#end = this.#driver.drive();
  }

  end(): Promise<DriveEnd> {
    return this.#end!;
  }

  detach(): void {
    this.#driver!.detach();
  }

  ask(request: RunRequest): Promise<RequestOutcome> {
    return this.#driver!.request(request);
  }

  cancel(): Promise<RequestOutcome> {
    return this.ask({ kind: 'cancel', by: PERSON });
  }

  answer(
    gate: string,
    decision: Decision,
    digest?: Digest,
    note?: string,
  ): Promise<RequestOutcome> {
    const state = this.state().tasks.get(gate as TaskId);
    return this.#driver!.request({
      kind: 'answer',
      task: gate as TaskId,
      digest: digest ?? (state?.kind === 'waiting' ? state.digest : digestOf('nothing')),
      decision,
      by: PERSON,
      note,
    });
  }

  /** The attempt of a task, once it runs. */
  attempt(task: string): Promise<HeldAttempt> {
    return this.until(() => this.#attempts.get(task as TaskId));
  }

  /** What runs next of the task whose attempt this was. */
  attemptAfter(before: HeldAttempt): Promise<HeldAttempt> {
    return this.until(() => {
      const now = this.#attempts.get(before.request.task);
      return now !== before && now;
    });
  }

  /** The attempt of a task that has this number, once it runs; for `until`. */
  begun(task: string, attempt: number): HeldAttempt | undefined {
    const found = this.#attempts.get(task as TaskId);
    return found?.request.attempt === attempt ? found : undefined;
  }

  /** What a runner goes on with stands beside the attempt's copy. */
  keepSession(task: string, attempt: number): void {
    fs.writeFileSync(path.join(this.folder, `${task}.${attempt}`, 'session'), '');
  }

  /** Somebody cleans the cache up. */
  forgetCopy(task: string, attempt: number): void {
    fs.rmSync(path.join(this.folder, `${task}.${attempt}`), { recursive: true });
  }

  running(): string[] {
    return [...this.state().frontier.running].sort();
  }

  state() {
    return foldRun(this.plan, this.events, this.#plans);
  }

  /** What stands in a file of an attempt's copy; `''`: it is not there. */
  fileIn(folder: string, file: string): string {
    const at = path.join(folder, file);
    return fs.existsSync(at) ? fs.readFileSync(at, 'utf8') : '';
  }

  /** What a task that has succeeded gave. */
  outputOf(task: string): string {
    const state = this.state().tasks.get(task as TaskId);
    const bytes = state?.kind === 'succeeded' ? this.#blobs.get(state.output.digest) : undefined;
    return new TextDecoder().decode(bytes);
  }

  kinds(): Record<string, string> {
    return Object.fromEntries([...this.state().tasks].map(([id, task]) => [id, task.kind]));
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** Resolves with the first value that is not undefined or false; looked for after each event and attempt. */
  until<T>(look: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const again = () => {
        const found = look();
        if (found !== undefined && found !== false) {
          this.#watchers.delete(again);
          resolve(found);
        }
      };
      this.#watchers.add(again);
      again();
    });
  }

  /** What another run has kept is there for this one too. */
  shareBlobs(other: DriverRig): void {
    other.#blobs.forEach((bytes, digest) => this.#blobs.set(digest, bytes));
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #changed(): void {
    for (const again of [...this.#watchers]) {
      again();
    }
  }

  #parts(): DriverParts {
    const runner: Runner = {
      canPark: this.canPark,
      run: (request, events, signal) =>
        new Promise((settle) => {
          const attempt = new HeldAttempt(request, events, signal, settle);
          this.#attempts.set(request.task, attempt);
          signal.addEventListener('abort', () => {
            if (this.stopsAtOnce) {
              const why = { kind: 'stopped' } as const;
              settle(
                this.canPark
                  ? ok({ kind: 'parked', until: undefined, why })
                  : err({ reason: 'cancelled' }),
              );
            }
          });
          this.#changed();
        }),
    };
    return {
      journal: {
        stage: (bodies: readonly EventBody[]) =>
          bodies.map((body) => {
            const event: RunEvent = {
              v: 1,
              run: RUN,
              seq: this.events.length + this.#staged.length + 1,
              epoch: this.#epoch,
              at: Math.trunc(this.clock.now()),
              ...body,
            };
            this.#staged.push(event);
            return event;
          }),
        commit: () => {
          const staged = this.#staged.splice(0);
          if (this.journalBroken) {
            throw new Error('ENOSPC: no space left on device');
          }
          this.events.push(...staged);
        },
        sync: () => Promise.resolve(),
      },
      blobs: {
        put: (bytes) => Promise.resolve(this.#keep(bytes)),
        adopt: async (file) => this.#keep(await fs.promises.readFile(file)),
        copy: async (file) => this.#keep(await fs.promises.readFile(file)),
        read: (digest) => Promise.resolve(this.#blobs.get(digest)!),
      },
      mend,
      testReport: () => Promise.resolve(undefined),
      unfold: (outputs) => {
        const plan = unfoldPlan(this.plan, digestOf('plan'), outputs);
        if (!plan.ok) {
          return Promise.resolve(plan);
        }
        const digest = digestOf(JSON.stringify(plan.value));
        this.#unfolded.set(digest, plan.value);
        return Promise.resolve(ok(digest));
      },
      copies: {
        create: (_run, task, attempt) => {
          const at = path.join(this.folder, `${task}.${attempt}`);
          fs.rmSync(at, { recursive: true, force: true });
          fs.mkdirSync(path.join(at, 'tree'), { recursive: true });
          fs.mkdirSync(path.join(at, 'scratch'));
          return Promise.resolve(this.#copy(at));
        },
        reader: (_run, task, attempt) => {
          this.readers.push(task);
          const at = path.join(this.folder, `${task}.${attempt}`);
          fs.rmSync(at, { recursive: true, force: true });
          fs.mkdirSync(path.join(at, 'tree'), { recursive: true });
          return Promise.resolve(this.#copy(at));
        },
        reopen: (_run, task, attempt) => {
          const at = path.join(this.folder, `${task}.${attempt}`);
          return Promise.resolve(fs.existsSync(at) ? this.#copy(at) : undefined);
        },
      },
      runnerFor: (kind) => (kind === 'command' || kind === 'model' ? runner : undefined),
      runCheck: (request) => {
        const end = this.checks.get(request.command.join(' '));
        return Promise.resolve(end?.(request) ?? { code: 0, tail: '' });
      },
      productProblems: (schema, bytes) => Promise.resolve(productProblems(schema, bytes)),
      random: () => 0,
      ignoredAmong: (paths) => Promise.resolve(new Set(paths.filter(this.ignored))),
      mergeFiles: async (was, one, other) => {
        const read = ({ digest }: FileVersion) => Promise.resolve(this.#blobs.get(digest)!);
        const merged = await mergeFile(was, one, other, read);
        if (merged.kind === 'clean' && merged.bytes !== undefined) {
          this.#keep(merged.bytes);
        }
        return merged.kind === 'clean' ? merged.version : undefined;
      },
      onlyReads: (agent, mode) => this.onlyReads(agent, mode),
      checkout: this.checkout,
      landing: {
        prepare: (request) =>
          Promise.resolve(
            this.landingFailure === undefined
              ? ok({
                  prefix: 'ai/generated',
                  branch: `ai/generated/${request.run}/${request.task}`,
                  tag: `workflow_${request.run}_${request.task}`,
                  commit: objectId('a'.repeat(40)),
                  follows: request.follows,
                  replaces: [],
                })
              : err(this.landingFailure),
          ),
        publish: (prepared) => {
          this.landed.push(prepared.branch);
          return Promise.resolve(ok(undefined));
        },
      },
      endOrphans: ({ marker }) => {
        this.orphans.push(marker);
        return Promise.resolve(0);
      },
      cache: this.cache,
      approvals: this.approvals,
      clock: this.clock,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: () => undefined,
        error: () => undefined,
      },
      onAppended: () => this.#changed(),
      onPrinted: () => undefined,
    };
  }

  #copy(at: string): CopyPort {
    const write = (file: string, content: string | Uint8Array) => {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    };
    return {
      folder: path.join(at, 'tree'),
      scratch: path.join(at, 'scratch'),
      outputFile: path.join(at, 'output'),
      logFile: path.join(at, 'log'),
      provide: (files) => {
        for (const file of files) {
          const content = 'json' in file ? JSON.stringify(file.json) : this.#blobs.get(file.blob)!;
          write(path.join(at, 'scratch/needs', file.path), content);
        }
        return Promise.resolve();
      },
      layIn: (files) => {
        for (const file of files) {
          const to = path.join(at, 'tree', file.path);
          if ('removed' in file) {
            fs.rmSync(to, { force: true });
          } else {
            write(to, this.#blobs.get(file.blob)!);
            this.#laid.set(to, file);
          }
        }
        return Promise.resolve();
      },
      sessionFile: path.join(at, 'session'),
      watchChanges: () => {
        const tree = path.join(at, 'tree');
        const before = stateOfTree(tree);
        return Promise.resolve(() =>
          Promise.resolve(
            changesSince(before, tree).map((file): CopyChange => {
              const status = fs.lstatSync(path.join(tree, file), { throwIfNoEntry: false });
              return {
                path: file,
                how: status === undefined ? 'removed' : before.has(file) ? 'changed' : 'added',
                kind: status?.isSymbolicLink() === true ? 'link' : 'file',
                was: this.#laid.get(path.join(tree, file)),
              };
            }),
          ),
        );
      },
      versionBefore: (file) => Promise.resolve(this.#laid.get(path.join(at, 'tree', file))),
      collect: (paths: readonly string[]) => {
        const there = (file: string) => fs.existsSync(path.join(at, 'tree', file));
        return Promise.resolve({
          found: paths.filter(there).map((file) => ({
            path: file,
            absolute: path.join(at, 'tree', file),
            executable: false,
          })),
          missing: paths.filter((file) => !there(file)),
        });
      },
      rest: () => undefined,
      dispose: () => fs.promises.rm(at, { recursive: true, force: true }),
    };
  }

  #keep(bytes: Uint8Array): BlobRef {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    return { digest, bytes: bytes.length };
  }
}
