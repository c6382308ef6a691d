import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/base/clock.ts';
import { digestOf, type Digest } from '../../src/core/base/digest.ts';
import { err, ok, type Result } from '../../src/core/base/result.ts';
import type { BlobRef, EventBody, RunEvent } from '../../src/core/domain/event.ts';
import type { Failure } from '../../src/core/domain/failure.ts';
import { objectId, runIdOf, type RunId, type TaskId } from '../../src/core/domain/ids.ts';
import type { RequestOutcome } from '../../src/core/domain/request.ts';
import type { Runner, RunnerOutput, RunnerRequest } from '../../src/core/domain/runner.ts';
import type { RunPlan } from '../../src/core/domain/workflow.ts';
import { RunDriver, type DriveEnd, type DriveOptions } from '../../src/core/engine/driver.ts';
import type { DriverParts } from '../../src/core/engine/parts.ts';
import { foldRun, graphOf, RunFold } from '../../src/core/journal/fold.ts';

const RUN: RunId = runIdOf('example', 1);
const PERSON = { name: 'ada', via: 'terminal' } as const;

/** An attempt that does what the test says, when the test says it. */
export class HeldAttempt {
  readonly request: RunnerRequest;
  readonly signal: AbortSignal;
  readonly #settle: (result: Result<RunnerOutput, Failure>) => void;

  constructor(
    request: RunnerRequest,
    signal: AbortSignal,
    settle: (result: Result<RunnerOutput, Failure>) => void,
  ) {
    this.request = request;
    this.signal = signal;
    this.#settle = settle;
  }

  succeed(output = '', files: Readonly<Record<string, string>> = {}): void {
    fs.writeFileSync(this.request.outputFile, output);
    fs.writeFileSync(this.request.logFile, output);
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(this.request.folder, name)), { recursive: true });
      fs.writeFileSync(path.join(this.request.folder, name), text);
    }
    this.#settle(ok({ exitCode: 0 }));
  }

  fail(failure: Failure = { reason: 'exited', command: 'x', code: 1, tail: '' }): void {
    fs.writeFileSync(this.request.logFile, '');
    this.#settle(err(failure));
  }
}

/** The real driver with hand-controlled agents; journal and blobs in memory. */
export class DriverRig {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-driver-'));
  readonly events: RunEvent[] = [];
  readonly landed: string[] = [];
  readonly orphans: string[] = [];
  readonly plan: RunPlan;
  journalBroken = false;
  landingFailure: Failure | undefined;
  #driver: RunDriver | undefined;
  #end: Promise<DriveEnd> | undefined;
  #epoch = 0;
  readonly #blobs = new Map<Digest, Uint8Array>();
  readonly #attempts = new Map<TaskId, HeldAttempt>();
  readonly #watchers = new Set<() => void>();

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
    const fold = new RunFold(this.plan, graph, created!);
    for (const event of rest) {
      fold.apply(event);
    }
    this.#driver = new RunDriver(
      this.plan,
      { graph, maxParallel: this.plan.maxParallel, canLand: this.plan.base.kind === 'git' },
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

  cancel(): Promise<RequestOutcome> {
    return this.#driver!.request({ kind: 'cancel', by: PERSON });
  }

  answer(
    gate: string,
    decision: 'approved' | 'rejected',
    digest?: Digest,
  ): Promise<RequestOutcome> {
    const state = this.state().tasks.get(gate as TaskId);
    return this.#driver!.request({
      kind: 'answer',
      task: gate as TaskId,
      digest: digest ?? (state?.kind === 'waiting' ? state.digest : digestOf('nothing')),
      decision,
      by: PERSON,
      note: undefined,
    });
  }

  /** The attempt of a task, once it runs. */
  attempt(task: string): Promise<HeldAttempt> {
    return this.until(() => this.#attempts.get(task as TaskId));
  }

  running(): string[] {
    return [...this.state().frontier.running].sort();
  }

  state() {
    return foldRun(this.plan, this.events);
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
      run: (request, _events, signal) =>
        new Promise((settle) => {
          this.#attempts.set(request.task, new HeldAttempt(request, signal, settle));
          signal.addEventListener('abort', () => settle(err({ reason: 'cancelled' })));
          this.#changed();
        }),
    };
    return {
      journal: {
        append: (bodies: readonly EventBody[]) => {
          if (this.journalBroken) {
            throw new Error('ENOSPC: no space left on device');
          }
          return bodies.map((body) => {
            const event: RunEvent = {
              v: 1,
              run: RUN,
              seq: this.events.length + 1,
              epoch: this.#epoch,
              at: this.events.length + 1,
              ...body,
            };
            this.events.push(event);
            return event;
          });
        },
        sync: () => Promise.resolve(),
      },
      blobs: {
        put: (bytes) => Promise.resolve(this.#keep(bytes)),
        adopt: async (file) => this.#keep(await fs.promises.readFile(file)),
        read: (digest) => Promise.resolve(this.#blobs.get(digest)!),
      },
      copies: {
        create: (_run, task, attempt) => {
          const at = path.join(this.folder, `${task}.${attempt}.${this.#epoch}`);
          fs.mkdirSync(path.join(at, 'tree'), { recursive: true });
          fs.mkdirSync(path.join(at, 'scratch'));
          return Promise.resolve({
            folder: path.join(at, 'tree'),
            scratch: path.join(at, 'scratch'),
            outputFile: path.join(at, 'output'),
            logFile: path.join(at, 'log'),
            provide: (files) => {
              for (const file of files) {
                const to = path.join(at, 'scratch/needs', file.path);
                fs.mkdirSync(path.dirname(to), { recursive: true });
                fs.writeFileSync(to, 'text' in file ? file.text : this.#blobs.get(file.blob)!);
              }
              return Promise.resolve();
            },
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
            dispose: () => Promise.resolve(),
          });
        },
      },
      runnerFor: (kind) => (kind === 'command' ? runner : undefined),
      landing: {
        prepare: (request) =>
          Promise.resolve(
            this.landingFailure === undefined
              ? ok({
                  branch: `ai/generated/${request.run}/${request.task}`,
                  tag: `workflow_${request.run}_${request.task}`,
                  commit: objectId('a'.repeat(40)),
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
      clock: systemClock,
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

  #keep(bytes: Uint8Array): BlobRef {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    return { digest, bytes: bytes.length };
  }
}
