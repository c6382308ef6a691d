import path from 'node:path';
import type { Log } from '../core/base/log.ts';
import { readShares, type ShareRules } from '../core/compare/share.ts';
import { readSettingsFields } from './settingsFile.ts';

/**
 * The shares of runs in the terminal: the user's own file, with the fields of VS Code's `sluice.compare.…` settings. A
 * fault is told and passed over.
 * @param configFolder absolute; the folder with the user's `compare.json`
 */
export async function terminalShares(configFolder: string, log: Log): Promise<ShareRules> {
  const file = path.join(configFolder, 'compare.json');
  const written = await readSettingsFields(file, ['share'], log);
  const { rules, problems } = readShares(written['share'], 'share');
  for (const problem of problems) {
    log.warn(`${file}: ${problem}`);
  }
  return rules;
}
