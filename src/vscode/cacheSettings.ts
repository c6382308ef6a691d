import * as vscode from 'vscode';
import { readCacheSettings, type ReadCacheSettings } from '../core/cacheSettings.ts';
import { Disposables, type Disposable } from '../core/base/disposables.ts';
import type { CacheSettings } from '../core/domain/cache.ts';

const SECTION = 'sluice.cache';

/** As the settings say now. */
export function cacheSettings(): CacheSettings {
  return written().settings;
}

/** What is wrong in the settings of the cache, as sentences. */
export function cacheSettingProblems(): readonly string[] {
  return written().problems;
}

function written(): ReadCacheSettings {
  const section = vscode.workspace.getConfiguration(SECTION);
  return readCacheSettings(
    {
      enabled: section.get('enabled'),
      ttl: section.get('ttl'),
      maxSizeMb: section.get('maxSizeMb'),
    },
    SECTION,
  );
}

/** Tells what is wrong in the settings of the cache: each once for as long as it stands there. */
export class CacheSettingWarnings implements Disposable {
  readonly #disposables = new Disposables();
  #told: ReadonlySet<string> = new Set();

  /** @param changed the settings of the cache are others now */
  constructor(changed: () => void) {
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) {
          this.tell();
          changed();
        }
      }),
    );
  }

  tell(): void {
    const problems = cacheSettingProblems();
    const news = problems.filter((problem) => !this.#told.has(problem));
    this.#told = new Set(problems);
    for (const problem of news) {
      void tellOf(problem);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

async function tellOf(problem: string): Promise<void> {
  const open = 'Open Settings';
  const chosen = await vscode.window.showWarningMessage(problem, open);
  if (chosen === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', SECTION);
  }
}
