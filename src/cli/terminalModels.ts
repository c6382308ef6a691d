import path from 'node:path';
import type { Clock } from '../core/base/clock.ts';
import type { Log } from '../core/base/log.ts';
import { environmentHost, readModelSettings } from '../core/models/environmentHost.ts';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from '../core/models/modelHost.ts';
import { Models } from '../core/models/models.ts';
import { readSettingsFile } from './settingsFile.ts';

export interface TerminalModels {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; the folder with the user's `models.json`. */
  readonly configFolder: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** The models of the terminal: keys from variables, settings from the user's own file. */
export async function terminalModels(parts: TerminalModels): Promise<Models> {
  const { environment, configFolder, clock, random, log } = parts;
  const settings = await settingsIn(path.join(configFolder, 'models.json'), log);
  return new Models({ host: environmentHost(environment, settings), clock, random, log });
}

/** A file with a fault is told and passed over: most commands ask no model. */
async function settingsIn(file: string, log: Log): Promise<ModelSettings> {
  const found = await readSettingsFile(file, log);
  if (found === undefined) {
    return DEFAULT_MODEL_SETTINGS;
  }
  const read = readModelSettings(found.value);
  if (!read.ok) {
    log.warn(`${file} is wrong, so none of its settings count: ${read.error.join('; ')}`);
    return DEFAULT_MODEL_SETTINGS;
  }
  return read.value;
}
