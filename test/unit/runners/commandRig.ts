import assert from 'node:assert/strict';
import { NOTHING_WANTED } from '../../support/attemptPlace.ts';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { isAlive } from '../../../src/core/base/processes.ts';
import type { Result } from '../../../src/core/base/result.ts';
import {
  DEFAULT_GRACE_MS,
  type Agent,
  type CommandSpec,
  type Limits,
} from '../../../src/core/domain/agent.ts';
import type { Digest } from '../../../src/core/base/digest.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { agentName, runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type {
  CheckOutcome,
  CheckRequest,
  ProcessIdentity,
  RunnerOutput,
  RunnerRequest,
} from '../../../src/core/domain/runner.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { CheckRunner } from '../../../src/core/runners/check.ts';
import { CommandRunner } from '../../../src/core/runners/commandRunner.ts';
import type { CommandOptions } from '../../../src/core/runners/startCommand.ts';
import type { ManualClock } from '../../support/manualClock.ts';

const FIXTURES = path.join(import.meta.dirname, '..', '..', 'fixtures', 'commands');

export const RUN = runIdOf('rig', 1);
export const TASK = taskIdOf(stepId('work'));

export function fixture(name: string): string {
  return path.join(FIXTURES, name);
}

/** A command line that runs one of the scripts of test/fixtures/commands. */
export function script(name: string, ...args: string[]): [string, ...string[]] {
  return ['node', fixture(name), ...args];
}

/** An attempt under way, watched through the same events the engine hears. */
export class WatchedAttempt {
  readonly result: Promise<Result<RunnerOutput, Failure>>;
  readonly stop = new AbortController();
  readonly #request: RunnerRequest;
  readonly #started: Promise<ProcessIdentity>;
  #check: () => void = () => undefined;
  isSettled = false;
  /** Given with `started`. */
  steer: ((text: string) => void) | undefined;

  constructor(runner: CommandRunner, request: RunnerRequest) {
    this.#request = request;
    let resolveStarted: (identity: ProcessIdentity) => void;
    this.#started = new Promise((resolve) => (resolveStarted = resolve));
    const events = {
      started: (
        identity: ProcessIdentity | undefined,
        steer: ((text: string) => void) | undefined,
      ) => {
        this.steer = steer;
        assert.ok(identity !== undefined);
        resolveStarted(identity);
      },
      printed: () => this.#check(),
    };
    this.result = runner.run(request, events, this.stop.signal).finally(() => {
      this.isSettled = true;
      this.#check();
    });
  }

  started(): Promise<ProcessIdentity> {
    return this.#started;
  }

  log(): string {
    return readFileSync(this.#request.logFile, 'utf8');
  }

  output(): Buffer {
    return readFileSync(this.#request.outputFile);
  }

  /** Resolves with the match once the log holds the pattern; rejects when the attempt ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    await this.#started;
    return await new Promise((resolve, reject) => {
      this.#check = () => {
        const match = pattern.exec(this.log());
        if (match !== null) {
          resolve(match);
        } else if (this.isSettled) {
          reject(new Error(`ended without printing ${String(pattern)}: ${this.log()}`));
        }
      };
      this.#check();
    });
  }

  async failure(): Promise<Failure> {
    const result = await this.result;
    assert.ok(!result.ok, 'expected a failure');
    return result.error;
  }
}

/** A folder with all that one attempt needs. */
export class CommandRig implements Disposable {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-runner-')));
  readonly folder = path.join(this.root, 'tree');
  readonly scratch = path.join(this.root, 'scratch');

  constructor() {
    mkdirSync(this.folder);
    mkdirSync(this.scratch);
  }

  request(command: [string, ...string[]], changes: Changes = {}): RunnerRequest {
    const { spec, limits, ...others } = changes;
    return {
      run: RUN,
      task: TASK,
      attempt: 1,
      agent: commandAgent(command, spec),
      prompt: '',
      env: {},
      folder: this.folder,
      scratch: this.scratch,
      outputFile: path.join(this.root, 'output'),
      logFile: path.join(this.root, 'log'),
      limits: { ...LIMITS, ...limits },
      sessionFile: path.join(this.root, 'session'),
      ...NOTHING_WANTED,
      ...others,
    };
  }

  run(command: [string, ...string[]], changes: Changes & RunnerChanges = {}): WatchedAttempt {
    const { clock, environment, outputCapBytes, ...others } = changes;
    const runner = new CommandRunner(this.#options({ clock, environment, outputCapBytes }));
    return new WatchedAttempt(runner, this.request(command, others));
  }

  /** As a check of the same attempt, with the same log. */
  check(
    command: [string, ...string[]],
    changes: Partial<CheckRequest> & RunnerChanges = {},
    signal = new AbortController().signal,
  ): Promise<CheckOutcome> {
    const { clock, environment, outputCapBytes, ...others } = changes;
    const runner = new CheckRunner(this.#options({ clock, environment, outputCapBytes }));
    const { run, task, attempt, env, folder, scratch, logFile } = this.request(command);
    const place = { run, task, attempt, env, folder, scratch, logFile };
    const doing = { command, timeoutMs: 600_000, sandbox: undefined };
    return runner.run({ ...place, ...doing, ...others }, signal);
  }

  #options({ clock, environment, outputCapBytes }: RunnerChanges): CommandOptions {
    return {
      clock: clock ?? systemClock,
      environment: environment ?? process.env,
      nonce: () => `${process.pid}${path.basename(this.root)}`,
      ...(outputCapBytes === undefined ? {} : { outputCapBytes }),
    };
  }

  /** Also kills what a failed test left under way. */
  [Symbol.dispose](): void {
    for (const pid of survivors(path.basename(this.root))) {
      process.kill(pid, 'SIGKILL');
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

export type Changes = Partial<Omit<RunnerRequest, 'agent' | 'limits'>> & {
  spec?: Partial<CommandSpec>;
  limits?: Partial<Limits>;
};
export type RunnerChanges = {
  [Name in Exclude<keyof CommandOptions, 'nonce'>]?: CommandOptions[Name] | undefined;
};

const LIMITS: Limits = {
  timeoutMs: 600_000,
  idleTimeoutMs: undefined,
  graceMs: DEFAULT_GRACE_MS,
};

function commandAgent(command: [string, ...string[]], spec: Partial<CommandSpec> = {}): Agent {
  return {
    name: agentName('worker'),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools: undefined,
    runner: {
      kind: 'command',
      command,
      successCodes: [0],
      env: {},
      install: undefined,
      limits: LIMITS,
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
      ...spec,
    },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file: '.sluice/agents/worker.yaml',
    digest: '0'.repeat(64) as Digest,
  };
}

/** Processes whose environment mentions the text: an own look, apart from the product's. Linux only. */
export function survivors(text: string): number[] {
  const pids = process.platform === 'linux' ? readdirSync('/proc').map(Number) : [];
  return pids.filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const isAttempt = environment.includes('SLUICE_ATTEMPT=') && environment.includes(text);
      return isAttempt && pid !== process.pid && isAlive(pid, '');
    } catch {
      return false;
    }
  });
}

/** For what other systems do not tell: sessions and the environment of a process. */
export const itOnLinux = process.platform === 'linux' ? it : it.skip;

/** Turns the hands a little at a time until the promise settles, so that real processes keep up. */
export async function turning<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settled = promise.finally(() => (state.isSettled = true));
  settled.catch(() => undefined);
  while (!state.isSettled) {
    clock.advance(20);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return await settled;
}
