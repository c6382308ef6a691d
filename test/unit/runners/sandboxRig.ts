import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import type { Clock } from '../../../src/core/base/clock.ts';
import type { Result } from '../../../src/core/base/result.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import type { Question, Reply } from '../../../src/core/domain/question.ts';
import type { RunnerOutput, RunnerRequest } from '../../../src/core/domain/runner.ts';
import { DEFAULT_SANDBOX, type SandboxRule } from '../../../src/core/domain/sandbox.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { CommandRunner } from '../../../src/core/runners/commandRunner.ts';
import type { Dependencies } from '../../../src/core/runners/sandbox/folders.ts';
import { Sandboxes } from '../../../src/core/runners/sandbox/sandboxes.ts';
import { CommandRig, survivors, type Changes } from './commandRig.ts';

export const MB = 1024 * 1024;

/** Small enough that whoever tries to pass them has soon done it. */
export const TIGHT = {
  ...DEFAULT_SANDBOX,
  memoryBytes: 64 * MB,
  diskBytes: 20 * MB,
  timeoutMs: 20_000,
} as const satisfies SandboxRule;

/** Node reserves a lot before it does anything. */
export const ROOMY = { ...TIGHT, memoryBytes: 512 * MB } as const satisfies SandboxRule;

/** This machine's, or one that is told to be another. */
const here = new Sandboxes({ clock: systemClock, environment: process.env });

/** Skips a suite where there is no bubblewrap that works, and says so. */
export async function needsSandbox(context: Mocha.Context): Promise<void> {
  const found = await here.find(undefined);
  if (found.kind === 'none') {
    console.log(`      not tried: ${found.why}. ${found.cure}`);
    context.skip();
  }
  if (found.kind !== 'bubblewrap') {
    console.log(`      not tried: this machine has ${found.kind}`);
    context.skip();
  }
}

export interface Ended {
  readonly result: Result<RunnerOutput, Failure>;
  readonly output: string;
  readonly log: string;
  readonly asked: readonly Question[];
  readonly ms: number;
}

export interface ShutInChanges extends Changes {
  readonly sandbox?: SandboxRule;
  readonly sandboxes?: Sandboxes;
  readonly dependencies?: Dependencies;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly answer?: (question: Question) => Promise<Reply>;
  readonly signal?: AbortSignal;
  readonly onPrinted?: (log: string) => void;
}

export class SandboxRig extends CommandRig {
  /** What nothing in a sandbox may come to. */
  readonly outside = path.join(this.root, 'outside');

  /** Runs a command shut in, to its end. */
  async shutIn(command: [string, ...string[]], changes: ShutInChanges = {}): Promise<Ended> {
    const {
      sandbox = TIGHT,
      dependencies,
      environment = process.env,
      clock = systemClock,
      answer,
      signal = new AbortController().signal,
      onPrinted,
      ...others
    } = changes;
    const options = { clock, environment };
    const sandboxes =
      changes.sandboxes ??
      (dependencies === undefined && environment === process.env
        ? here
        : new Sandboxes({ ...options, ...(dependencies && { dependencies }) }));
    const nonce = () => `${process.pid}${path.basename(this.root)}`;
    const runner = new CommandRunner({ ...options, nonce, sandboxes });
    const terms = { ...NO_TERMS, sandbox };
    const request: RunnerRequest = this.request(command, { terms, ...others });
    const asked: Question[] = [];
    const events = {
      started: () => undefined,
      printed: () => onPrinted?.(readFileSync(request.logFile, 'utf8')),
      ...(answer && {
        ask: (key: string, question: Question) => {
          assert.equal(key, 'sandbox');
          asked.push(question);
          return answer(question);
        },
      }),
    };
    const began = performance.now();
    const result = await runner.run(request, events, signal);
    const ms = performance.now() - began;
    return {
      result,
      output: readFileSync(request.outputFile, 'utf8'),
      log: readFileSync(request.logFile, 'utf8'),
      asked,
      ms,
    };
  }

  /** Runs a shell script shut in, to its end. */
  script(text: string, changes: ShutInChanges = {}): Promise<Ended> {
    return this.shutIn(['sh', '-c', text], changes);
  }

  /** Runs a program of Node's shut in, to its end. */
  node(text: string, changes: ShutInChanges = {}): Promise<Ended> {
    return this.shutIn(['node', '-e', text], { sandbox: ROOMY, ...changes });
  }

  /** Nothing of any attempt is left: no process, no file system. */
  leavesNothing(): void {
    assert.deepEqual(survivors(path.basename(this.root)), []);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    assert.ok(!mounts.includes(path.basename(this.root)), mounts);
  }
}
