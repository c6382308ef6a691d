import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { redactor, streamRedactor } from '../../../../src/core/base/redact.ts';
import type { Result } from '../../../../src/core/base/result.ts';
import type { Agent } from '../../../../src/core/domain/agent.ts';
import type { AttemptDeed } from '../../../../src/core/domain/deed.ts';
import type { Failure } from '../../../../src/core/domain/failure.ts';
import { runIdOf, stepId, taskIdOf } from '../../../../src/core/domain/ids.ts';
import type { Counted } from '../../../../src/core/domain/ledger.ts';
import type { Question, Reply } from '../../../../src/core/domain/question.ts';
import type { RunnerOutput, RunnerRequest, Wishes } from '../../../../src/core/domain/runner.ts';
import type { SharedAnswers } from '../../../../src/core/domain/sharing.ts';
import type { Tool, ToolboxRequest, ToolDeed } from '../../../../src/core/domain/tool.ts';
import { ModelRunner } from '../../../../src/core/runners/model/modelRunner.ts';
import { productProblems } from '../../../../src/core/artifacts/productSchema.ts';
import { NOTHING_WANTED } from '../../../support/attemptPlace.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { modelAgent } from '../../../support/plans.ts';
import { ScriptedModels } from '../../../support/scriptedModels.ts';

const SECRET = 'sk-test-0123456789abcdefghij';

export type Ended = Result<RunnerOutput, Failure>;

/** The real runner of model agents, with models and tools that do what the test says. */
export class ModelRig {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-model-'));
  readonly models = new ScriptedModels('anthropic/claude', 'openai/gpt');
  readonly clock = new ManualClock();
  readonly deeds: AttemptDeed[] = [];
  readonly asked: { key: string; question: Question; answer: (reply: Reply) => void }[] = [];
  readonly tools: Tool[] = [];
  readonly opened: ToolboxRequest[] = [];
  isPartial = false;
  shared: SharedAnswers | undefined;
  readonly wishes: { -readonly [Key in keyof Wishes]: Wishes[Key] } = {
    model: undefined,
    permissions: undefined,
    allowed: new Set(),
    spentBudget: undefined,
  };
  stop = new AbortController();
  readonly #stops: AbortController[] = [];
  closed = 0;
  steer: ((text: string) => void) | undefined;
  #asks: (() => void)[] = [];

  run(over: Partial<RunnerRequest> = {}): Promise<Ended> {
    this.#stops.push(this.stop);
    const runner = new ModelRunner({
      models: this.models,
      clock: this.clock,
      hiding: {
        redact: redactor(() => [SECRET]),
        redactStream: () => streamRedactor(() => [SECRET]),
      },
      tools: {
        open: (request) => {
          this.opened.push(request);
          return Promise.resolve({
            tools: this.tools,
            problems: [],
            isPartial: this.isPartial,
            close: () => {
              this.closed += 1;
              return Promise.resolve();
            },
          });
        },
      },
      shared: this.shared,
    });
    return runner.run(this.request(over), this.#events(), this.stop.signal);
  }

  /** The attempt was parked or cut off, and goes on. */
  goOn(over: Partial<RunnerRequest> = {}): Promise<Ended> {
    this.stop = new AbortController();
    const { counted } = this;
    return this.run({ continues: true, counted, ...over });
  }

  /** What the journal has, if it has heard of every deed. */
  get counted(): Counted {
    const numbers = (type: AttemptDeed['type'], of: 'call' | 'use') =>
      this.deeds.flatMap((deed) =>
        deed.type === type && of in deed
          ? [(deed as unknown as Record<typeof of, number>)[of]]
          : [],
      );
    const open = (begun: readonly number[], ended: readonly number[]) =>
      begun.filter((number) => !ended.includes(number));
    const [calls, uses] = [numbers('call-started', 'call'), numbers('tool-called', 'use')];
    return {
      calls: calls.length,
      uses: uses.length,
      openCalls: open(calls, numbers('call-ended', 'call')),
      openUses: open(uses, numbers('tool-ended', 'use')),
    };
  }

  request(over: Partial<RunnerRequest>): RunnerRequest {
    const at = (name: string) => path.join(this.folder, name);
    fs.mkdirSync(at('tree'), { recursive: true });
    fs.mkdirSync(at('scratch'), { recursive: true });
    return {
      ...NOTHING_WANTED,
      run: runIdOf('example', 1),
      task: taskIdOf(stepId('a')),
      attempt: 1,
      agent: this.agent(),
      prompt: 'Do it.',
      env: {},
      folder: at('tree'),
      scratch: at('scratch'),
      outputFile: at('output'),
      logFile: at('log'),
      sessionFile: at('session'),
      limits: { timeoutMs: 600_000, idleTimeoutMs: undefined, graceMs: 5000 },
      schemaProblems: (schema, text) => Promise.resolve(productProblems(schema, Buffer.from(text))),
      wishes: () => this.wishes,
      ...over,
    };
  }

  agent(over: Partial<Agent> = {}): Agent {
    return { ...modelAgent('worker'), ...over };
  }

  /** A tool that does what `call` says, and tells what it was called with. */
  tool(
    name: string,
    does: ToolDeed,
    call: (input: unknown, signal: AbortSignal) => Promise<string> = () => Promise.resolve('ok'),
  ): void {
    this.tools.push({
      name,
      does,
      description: '',
      inputSchema: { type: 'object' },
      summary: (input) => `${name} ${JSON.stringify(input)}`,
      call: async (input, signal) => ({ text: await call(input, signal), isError: false }),
    });
  }

  output(): string {
    return fs.readFileSync(path.join(this.folder, 'output'), 'utf8');
  }

  log(): string {
    return fs.readFileSync(path.join(this.folder, 'log'), 'utf8');
  }

  session(): string {
    return fs.readFileSync(path.join(this.folder, 'session'), 'utf8');
  }

  /** The next question, once it is asked. */
  async question() {
    while (this.asked.length === 0) {
      await new Promise<void>((resolve) => this.#asks.push(resolve));
    }
    return this.asked.shift()!;
  }

  types(): string[] {
    return this.deeds.map(({ type }) => type);
  }

  dispose(): void {
    this.#stops.forEach((stop) => stop.abort());
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #events() {
    const { signal } = this.stop;
    return {
      started: (_process: unknown, steer: ((text: string) => void) | undefined) => {
        this.steer = steer;
      },
      printed: () => undefined,
      did: (deed: AttemptDeed) => void this.deeds.push(deed),
      ask: (key: string, question: Question) =>
        new Promise<Reply>((answer, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          this.asked.push({ key, question, answer });
          this.#asks.splice(0).forEach((told) => told());
        }),
    };
  }
}

export const A_SECRET = SECRET;
