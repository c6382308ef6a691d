import path from 'node:path';
import type { Log } from '../core/base/log.ts';
import { readCacheSettings } from '../core/cacheSettings.ts';
import { DEFAULT_CACHE_SETTINGS, type CacheSettings } from '../core/domain/cache.ts';
import { readSettingsFile } from './settingsFile.ts';

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
  const read = await readSettingsFile(file, log);
  if (read === undefined) {
    return DEFAULT_CACHE_SETTINGS;
  }
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    log.warn(`${file} must hold an object, so none of its settings count.`);
    return DEFAULT_CACHE_SETTINGS;
  }
  const stranger = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (stranger !== undefined) {
    log.warn(`${file} has ${JSON.stringify(stranger)}, which is none of ${FIELDS.join(', ')}.`);
  }
  const { settings, problems } = readCacheSettings(value, 'cache');
  for (const problem of problems) {
    log.warn(`${file}: ${problem}`);
  }
  return settings;
}

const FIELDS = ['enabled', 'ttl', 'maxSizeMb'];
