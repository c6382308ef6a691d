import type { RunnerSpec } from './domain/agent.ts';
import type { Runner } from './domain/runner.ts';
import type { SharedAnswers } from './domain/sharing.ts';
import type { Ports } from './ports.ts';
import { CommandRunner } from './runners/commandRunner.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import { talkingPrograms } from './runners/talkingProgram.ts';
import type { Tools } from './tools/toolbox.ts';

export interface RunnersOptions {
  readonly ports: Ports;
  readonly command: CommandOptions;
  readonly tools: () => Promise<Tools>;
  readonly shared: SharedAnswers;
}

/**
 * What executes each kind of agent in a folder. All but commands are loaded with the first agent that needs them:
 * VS Code's start does not wait for protocols and providers.
 */
export function agentRunners(
  options: RunnersOptions,
): (kind: RunnerSpec['kind']) => Runner | undefined {
  const loadModels = options.ports.models;
  const runners: Readonly<Record<RunnerSpec['kind'], Runner | undefined>> = {
    command: new CommandRunner(options.command),
    model:
      loadModels &&
      loadedLater(true, async () => {
        const [{ ModelRunner }, tools, models] = await Promise.all([
          import('./runners/model/modelRunner.ts'),
          options.tools(),
          loadModels(),
        ]);
        const { clock } = options.ports;
        return new ModelRunner({ models, tools, clock, hiding: models, shared: options.shared });
      }),
    acp: loadedLater(false, async () => {
      const { AcpRunner } = await import('./runners/acp/acpRunner.ts');
      return new AcpRunner(codingAgents(options));
    }),
    'claude-code': loadedLater(false, async () => {
      const { ClaudeCodeRunner } = await import('./runners/claudeCode/claudeCodeRunner.ts');
      return new ClaudeCodeRunner(codingAgents(options));
    }),
  };
  return (kind) => runners[kind];
}

function loadedLater(canPark: boolean, load: () => Promise<Runner>): Runner {
  let loaded: Promise<Runner> | undefined;
  return {
    canPark,
    run: async (request, events, signal) => {
      loaded ??= load();
      return await (await loaded).run(request, events, signal);
    },
  };
}

function codingAgents({ ports: { clock, environment }, command }: RunnersOptions) {
  return { clock, environment, start: talkingPrograms(command) };
}
