import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '../../../../src/core/base/clock.ts';
import type { Digest } from '../../../../src/core/base/digest.ts';
import type { Result } from '../../../../src/core/base/result.ts';
import type { Agent, Limits, RunnerSpec } from '../../../../src/core/domain/agent.ts';
import type { AttemptDeed } from '../../../../src/core/domain/deed.ts';
import type { Failure } from '../../../../src/core/domain/failure.ts';
import { agentName, runIdOf, stepId, taskIdOf } from '../../../../src/core/domain/ids.ts';
import type { Question, Reply } from '../../../../src/core/domain/question.ts';
import type {
  ProcessIdentity,
  Runner,
  RunnerEvents,
  RunnerOutput,
  RunnerRequest,
  Wishes,
} from '../../../../src/core/domain/runner.ts';
import { NO_TERMS, type Terms } from '../../../../src/core/domain/terms.ts';
import { talkingPrograms } from '../../../../src/core/runners/talkingProgram.ts';
import type { ManualClock } from '../../../support/manualClock.ts';
import { survivors } from '../commandRig.ts';

const FIXTURES = path.join(import.meta.dirname, '..', '..', '..', 'fixtures', 'agents');

export function fixture(name: string): string {
  return path.join(FIXTURES, name);
}

export const NO_WISHES: Wishes = {
  model: undefined,
  permissions: undefined,
  allowed: new Set(),
  spentBudget: undefined,
};

interface Asked {
  readonly key: string;
  readonly question: Question;
  readonly reply: (reply: Reply) => void;
}

/** An attempt of a coding agent under way, with a test in the place of the engine and of the person. */
export class CodingAttemptWatched {
  readonly result: Promise<Result<RunnerOutput, Failure>>;
  readonly stop = new AbortController();
  readonly deeds: AttemptDeed[] = [];
  readonly asked: Asked[] = [];
  wishes: Wishes;
  process: ProcessIdentity | undefined;
  steer: ((text: string) => void) | undefined;
  isSettled = false;
  readonly #request: RunnerRequest;
  #checks: (() => void)[] = [];

  constructor(runner: Runner, request: RunnerRequest, wishes: Wishes) {
    this.wishes = wishes;
    this.#request = { ...request, wishes: () => this.wishes };
    const events: RunnerEvents = {
      started: (process, steer) => {
        this.process = process;
        this.steer = steer;
        this.#check();
      },
      printed: () => this.#check(),
      did: (deed) => {
        this.deeds.push(deed);
        this.#check();
      },
      ask: (key, question) =>
        new Promise<Reply>((reply, reject) => {
          this.asked.push({ key, question, reply });
          this.stop.signal.addEventListener('abort', () =>
            reject(this.stop.signal.reason as Error),
          );
          this.#check();
        }),
    };
    this.result = runner.run(this.#request, events, this.stop.signal).finally(() => {
      this.isSettled = true;
      this.#check();
    });
  }

  log(): string {
    return readFileSync(this.#request.logFile, 'utf8');
  }

  output(): string {
    return readFileSync(this.#request.outputFile, 'utf8');
  }

  /** Resolves once the claim holds; rejects when the attempt ends without. */
  async until(claim: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#checks.push(() => {
        if (claim()) {
          resolve();
        } else if (this.isSettled) {
          void this.result.then((result) =>
            reject(new Error(`ended without it: ${JSON.stringify(result)}\n${this.log()}`)),
          );
        }
      });
      this.#check();
    });
  }

  printed(text: string): Promise<void> {
    return this.until(() => this.process !== undefined && this.log().includes(text));
  }

  async question(index = 0): Promise<Asked> {
    await this.until(() => this.asked.length > index);
    return this.asked[index]!;
  }

  async done(): Promise<void> {
    const result = await this.result;
    assert.deepEqual(result, { ok: true, value: { kind: 'done', exitCode: 0 } }, this.log());
  }

  async failure(): Promise<Failure> {
    const result = await this.result;
    assert.ok(!result.ok, 'expected a failure');
    return result.error;
  }

  /** Deeds of one type, in order. */
  did<Type extends AttemptDeed['type']>(type: Type) {
    return this.deeds.filter(
      (deed): deed is Extract<AttemptDeed, { type: Type }> => deed.type === type,
    );
  }

  #check(): void {
    for (const check of [...this.#checks]) {
      check();
    }
  }
}

export interface CodingChanges extends Partial<Omit<RunnerRequest, 'agent' | 'limits' | 'terms'>> {
  readonly limits?: Partial<Limits>;
  readonly terms?: Partial<Terms>;
  readonly tools?: readonly string[];
  readonly wished?: Partial<Wishes>;
  readonly clock?: Clock;
}

/** A folder with all that one attempt of a coding agent needs. */
export class CodingRig implements Disposable {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-coding-')));
  readonly folder = path.join(this.root, 'tree');
  readonly scratch = path.join(this.root, 'scratch');

  constructor() {
    mkdirSync(this.folder);
    mkdirSync(this.scratch);
  }

  options(clock: Clock = systemClock) {
    const environment = process.env;
    const nonce = () => path.basename(this.root);
    return { clock, environment, start: talkingPrograms({ clock, environment, nonce }) };
  }

  run(runner: Runner, spec: RunnerSpec, changes: CodingChanges = {}): CodingAttemptWatched {
    const { limits, terms, tools, wished, clock: _, ...others } = changes;
    const request: RunnerRequest = {
      run: runIdOf('rig', 1),
      task: taskIdOf(stepId('work')),
      attempt: 1,
      agent: codingAgent(spec, tools),
      prompt: '',
      env: {},
      folder: this.folder,
      scratch: this.scratch,
      outputFile: path.join(this.root, 'output'),
      logFile: path.join(this.root, 'log'),
      limits: { timeoutMs: 600_000, idleTimeoutMs: undefined, graceMs: 5000, ...limits },
      terms: { ...NO_TERMS, ...terms },
      outputSchema: undefined,
      schemaProblems: () => Promise.resolve([]),
      agents: {},
      named: [],
      whyNotWrite: () => undefined,
      sessionFile: path.join(this.root, 'session'),
      continues: false,
      counted: { calls: 0, uses: 0, openCalls: [], openUses: [] },
      useCache: true,
      wishes: () => NO_WISHES,
      ...others,
    };
    return new CodingAttemptWatched(runner, request, { ...NO_WISHES, ...wished });
  }

  survivors(): readonly number[] {
    return survivors(path.basename(this.root));
  }

  /** Also kills what a failed test left under way. */
  [Symbol.dispose](): void {
    for (const pid of this.survivors()) {
      process.kill(pid, 'SIGKILL');
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function codingAgent(runner: RunnerSpec, tools: readonly string[] | undefined): Agent {
  return {
    name: agentName('coder'),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools,
    runner,
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file: '.sluice/agents/coder.yaml',
    digest: '0'.repeat(64) as Digest,
  };
}

/** Turns the hands half a second at a time until the promise settles. */
export async function hurrying<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settled = promise.finally(() => (state.isSettled = true));
  settled.catch(() => undefined);
  while (!state.isSettled) {
    clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return await settled;
}
