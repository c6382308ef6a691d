import fs from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/base/clock.ts';
import { hasCode } from '../core/base/disk.ts';
import type { Log } from '../core/base/log.ts';
import { thrownMessage } from '../core/base/text.ts';
import { environmentHost, readModelSettings } from '../core/models/environmentHost.ts';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from '../core/models/modelHost.ts';
import { Models } from '../core/models/models.ts';

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
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      log.warn(`${file} cannot be read: ${thrownMessage(error)}`);
    }
    return DEFAULT_MODEL_SETTINGS;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    log.warn(`${file} is not JSON, so none of its settings count: ${thrownMessage(error)}`);
    return DEFAULT_MODEL_SETTINGS;
  }
  const read = readModelSettings(value);
  if (!read.ok) {
    log.warn(`${file} is wrong, so none of its settings count: ${read.error.join('; ')}`);
    return DEFAULT_MODEL_SETTINGS;
  }
  return read.value;
}
