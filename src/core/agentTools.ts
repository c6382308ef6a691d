import fs from 'node:fs/promises';
import type { SharedAnswers } from './domain/sharing.ts';
import type { Ports } from './ports.ts';
import { findProgram } from './runners/program.ts';
import type { CommandOptions } from './runners/startCommand.ts';
import { talkingPrograms } from './runners/talkingProgram.ts';
import type { Tools } from './tools/toolbox.ts';
import { toolPrograms } from './toolPrograms.ts';
import { version } from '../../package.json';

export interface AgentToolsOptions {
  /** Absolute; trusted. Says which MCP servers there are. */
  readonly folder: string;
  readonly ports: Ports;
  readonly command: CommandOptions;
  readonly shared: SharedAnswers;
}

/** The tools of a folder's agents, loaded by whoever asks first. */
export function agentTools(options: AgentToolsOptions): () => Promise<Tools> {
  let loaded: Promise<Tools> | undefined;
  return () => (loaded ??= load(options));
}

async function load({ folder, ports, command, shared }: AgentToolsOptions): Promise<Tools> {
  const [{ Tools }, { mcpTools }] = await Promise.all([
    import('./tools/toolbox.ts'),
    import('./tools/mcp/servers.ts'),
  ]);
  const { clock, environment, home, tools: hosted } = ports;
  const models = await ports.models?.();
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
    shared,
    redact: models && ((text) => models.redact(text)),
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
