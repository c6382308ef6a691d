import path from 'node:path';
import { DEFAULT_CACHE_SETTINGS } from '../../src/core/domain/cache.ts';
import type { Log } from '../../src/core/base/log.ts';
import { systemClock } from '../../src/core/base/clock.ts';
import { nodeDisk } from '../../src/core/base/disk.ts';
import { environmentHost, readModelSettings } from '../../src/core/models/environmentHost.ts';
import { Models } from '../../src/core/models/models.ts';
import type { Ports } from '../../src/core/ports.ts';
import { Sluice } from '../../src/core/sluice.ts';
import { userFolders } from '../../src/core/user.ts';
import type { Scenario } from './scenario.ts';

/** Who can be asked in every scenario. */
export const ROLES = ['planner', 'architect', 'coder', 'tester', 'debugger'] as const;

/** Files of the folder that a scenario says nothing of, by path. */
export function stageFiles({ agents, workflow }: Scenario): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const role of ROLES) {
    const fields = { name: role, description: `The ${role}.`, ...USUAL[role], ...agents[role] };
    const head = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    files[`.sluice/agents/${role}.md`] =
      `---\n${head.join('\n')}\n---\n\nYou are the ${role} of a scenario.\n`;
  }
  if (workflow !== undefined) {
    files['.sluice/workflows/work.json'] = JSON.stringify({ name: 'work', ...workflow });
  }
  return files;
}

const CHANGES = { tools: ['read', 'edit', 'write'], permissions: 'acceptEdits' };
const USUAL: Readonly<Record<(typeof ROLES)[number], object>> = {
  planner: { tools: [] },
  architect: CHANGES,
  coder: CHANGES,
  tester: CHANGES,
  debugger: CHANGES,
};

/** What stands on the stage, for whichever program opens it. */
export interface Stage {
  /** Absolute; holds `repository` and all that Sluice keeps outside it. */
  readonly parent: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the scripted model, as `models.json` has them. */
  readonly settings: unknown;
}

/** Sluice as a program of its own opens it, with real files, processes and sockets. */
export async function openStage(
  { parent, environment, settings }: Stage,
  warned: (text: string) => void,
): Promise<Sluice> {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => warned(message),
    error: (message, thrown) => warned(`${message}: ${String(thrown)}`),
  };
  const read = readModelSettings(settings);
  if (!read.ok) {
    throw new Error(read.error.join('; '));
  }
  const models = new Models({
    host: environmentHost({}, read.value),
    clock: systemClock,
    random: () => 0.5,
    log,
  });
  const { cache, state } = userFolders(environment, process.platform);
  const ports: Ports = {
    clock: systemClock,
    disk: nodeDisk,
    random: () => 0.5,
    log,
    models: () => Promise.resolve(models),
    cacheSettings: () => DEFAULT_CACHE_SETTINGS,
    actor: { name: 'ada', via: 'terminal' },
    environment,
    home: undefined,
    cacheFolder: cache,
    stateFolder: state,
  };
  return await Sluice.open(path.join(parent, 'repository'), ports);
}
