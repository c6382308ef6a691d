import path from 'node:path';
import type { Log } from '../core/base/log.ts';
import { readCacheSettings } from '../core/cacheSettings.ts';
import type { CacheSettings } from '../core/domain/cache.ts';
import { readSettingsFields } from './settingsFile.ts';

/**
 * The settings of the cache in the terminal: the user's own file, with the fields of VS Code's `sluice.cache.…`
 * settings. A fault is told and passed over.
 * @param configFolder absolute; the folder with the user's `cache.json`
 */
export async function terminalCacheSettings(
  configFolder: string,
  log: Log,
): Promise<CacheSettings> {
  const file = path.join(configFolder, 'cache.json');
  const written = await readSettingsFields(file, FIELDS, log);
  const { settings, problems } = readCacheSettings(written, 'cache');
  for (const problem of problems) {
    log.warn(`${file}: ${problem}`);
  }
  return settings;
}

const FIELDS = ['enabled', 'ttl', 'maxSizeMb'];
