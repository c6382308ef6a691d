import path from 'node:path';
import type { Log } from '../core/base/log.ts';
import { ISOLATION_FIELDS, type IsolationSettings } from '../core/domain/isolation.ts';
import { readIsolationSettings } from './isolationSettings.ts';
import { readSettingsFields } from './settingsFile.ts';

/**
 * How runs are kept apart from the user's files in the terminal: the user's own file, with the fields of VS Code's
 * settings. A fault is told and passed over. @param configFolder absolute; the folder with the user's `isolation.json`
 */
export async function terminalIsolation(
  configFolder: string,
  log: Log,
): Promise<IsolationSettings> {
  const file = path.join(configFolder, 'isolation.json');
  const { settings, problems } = readIsolationSettings(
    await readSettingsFields(file, ISOLATION_FIELDS, log),
  );
  for (const problem of problems) {
    log.warn(`${file}: ${problem}`);
  }
  return settings;
}
