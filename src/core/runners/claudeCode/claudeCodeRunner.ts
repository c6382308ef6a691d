import { err, ok, type Result } from '../../base/result.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Runner, RunnerEvents, RunnerOutput, RunnerRequest } from '../../domain/runner.ts';
import { codingAttempt, type CodingAgentOptions } from '../codingAgent/codingAttempt.ts';
import { claudeStart } from './claudeArguments.ts';
import { ClaudeConversation } from './claudeConversation.ts';

export interface ClaudeCodeOptions extends CodingAgentOptions {
  /** The program. @default 'claude' */
  readonly command?: string;
}

const INSTALL = 'npm install -g @anthropic-ai/claude-code';
/** As the ledger names it. */
const PROVIDER = 'claude-code';

/** Runs agents with Claude Code, without its terminal. */
export class ClaudeCodeRunner implements Runner {
  readonly canPark = false;
  readonly #options: ClaudeCodeOptions;

  constructor(options: ClaudeCodeOptions) {
    this.#options = options;
  }

  async run(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>> {
    const { agent, prompt } = request;
    const { runner } = agent;
    if (runner.kind !== 'claude-code') {
      return err({ reason: 'no-runner', agent: agent.name, kind: runner.kind });
    }
    const { args, preface, model } = claudeStart(runner, request);
    const command = [this.#options.command ?? 'claude', ...args] as const;
    return await codingAttempt(request, events, signal, this.#options, {
      launch: () => Promise.resolve(ok({ command, env: {}, install: INSTALL, shown: 'claude -p' })),
      provider: PROVIDER,
      streams: false,
      converse: (attempt) =>
        new ClaudeConversation(attempt, PROVIDER, model).run(
          [preface, prompt].join('\n\n').trim() || 'Begin.',
        ),
    });
  }
}
