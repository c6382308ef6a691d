import fs from 'node:fs/promises';
import type { RunnerSpec } from './domain/agent.ts';
import type { Runner } from './domain/runner.ts';
import type { Ports } from './ports.ts';
import { CommandRunner } from './runners/commandRunner.ts';
import { findProgram } from './runners/program.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import { talkingPrograms } from './runners/talkingProgram.ts';
import { version } from '../../package.json';
import { toolPrograms } from './toolPrograms.ts';

export interface RunnersOptions {
  /** Absolute; trusted. Says which MCP servers there are. */
  readonly folder: string;
  readonly ports: Ports;
  readonly command: CommandOptions;
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
          toolsOf(options),
          loadModels(),
        ]);
        const { clock } = options.ports;
        return new ModelRunner({ models, tools, clock, hiding: models });
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

async function toolsOf({ folder, ports, command }: RunnersOptions) {
  const [{ Tools }, { mcpTools }] = await Promise.all([
    import('./tools/toolbox.ts'),
    import('./tools/mcp/servers.ts'),
  ]);
  const { clock, environment, home, tools: hosted } = ports;
  return new Tools({
    runProgram: toolPrograms(command),
    findRipgrep: () => findRipgrep(folder, ports),
    mcp: mcpTools({
      start: talkingPrograms(command),
      clock,
      version,
      environment,
      folder,
      home,
    }),
    hosted,
    clock,
  });
}

async function findRipgrep(folder: string, { ripgrep, environment }: Ports) {
  for (const file of ripgrep ?? []) {
    const isThere = await fs.access(file, fs.constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) {
      return file;
    }
  }
  // Not one that the folder brings along.
  const found = await findProgram('rg', folder, { PATH: environment['PATH'] ?? '' });
  return found.kind === 'found' ? found.file : undefined;
}
