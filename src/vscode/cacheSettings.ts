import * as vscode from 'vscode';
import { readCacheSettings, type ReadCacheSettings } from '../core/cacheSettings.ts';
import type { CacheSettings } from '../core/domain/cache.ts';

/** What the names of its settings begin with. */
export const CACHE_SECTION = 'sluice.cache';

/** As the settings say now. */
export function cacheSettings(): CacheSettings {
  return written().settings;
}

/** What is wrong in the settings of the cache, as sentences. */
export function cacheSettingProblems(): readonly string[] {
  return written().problems;
}

function written(): ReadCacheSettings {
  const section = vscode.workspace.getConfiguration(CACHE_SECTION);
  return readCacheSettings(
    {
      enabled: section.get('enabled'),
      ttl: section.get('ttl'),
      maxSizeMb: section.get('maxSizeMb'),
    },
    CACHE_SECTION,
  );
}
