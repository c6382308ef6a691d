import { err, type Result } from '../../base/result.ts';
import type { Failure } from '../../domain/failure.ts';
import type { Runner, RunnerEvents, RunnerOutput, RunnerRequest } from '../../domain/runner.ts';
import { codingAttempt, type CodingAgentOptions } from '../codingAgent/codingAttempt.ts';
import { AcpConversation } from './acpConversation.ts';
import { chooseLaunch, platformName } from './acpLaunch.ts';

export interface AcpOptions extends CodingAgentOptions {
  /** As ACP registries name it. @default this machine's */
  readonly platform?: string;
}

/** Runs coding agents that speak the Agent Client Protocol, each attempt in a session of its own. */
export class AcpRunner implements Runner {
  readonly canPark = false;
  readonly #options: AcpOptions;

  constructor(options: AcpOptions) {
    this.#options = options;
  }

  async run(
    request: RunnerRequest,
    events: RunnerEvents,
    signal: AbortSignal,
  ): Promise<Result<RunnerOutput, Failure>> {
    const { agent } = request;
    const { runner } = agent;
    if (runner.kind !== 'acp') {
      return err({ reason: 'no-runner', agent: agent.name, kind: runner.kind });
    }
    const { environment, platform = platformName(process.platform, process.arch) } = this.#options;
    const provider = `acp:${agent.name}`;
    return await codingAttempt(request, events, signal, this.#options, {
      launch: () => chooseLaunch(runner, request, environment, platform),
      provider,
      streams: request.outputSchema === undefined,
      converse: async (attempt) => {
        const conversation = await AcpConversation.open(attempt, provider);
        try {
          return await conversation.run();
        } finally {
          // The pipe is read until the program is gone, so that it never hangs on a full one.
          void attempt.program.ended.then(() => conversation.close());
        }
      },
    });
  }
}
