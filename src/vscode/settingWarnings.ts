import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../core/base/disposables.ts';

/** Some settings that are read together. */
export interface WatchedSettings {
  /** What their names begin with; the first is where the Settings editor is opened. */
  readonly sections: readonly [string, ...string[]];
  /** What is wrong in them, as sentences. */
  readonly problems: () => readonly string[];
  /** They are others now. */
  readonly changed: () => void;
}

/** Tells what is wrong in settings: each once for as long as it stands there. */
export class SettingWarnings implements Disposable {
  readonly #disposables = new Disposables();
  readonly #settings: WatchedSettings;
  #told: ReadonlySet<string> = new Set();

  constructor(settings: WatchedSettings) {
    this.#settings = settings;
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (settings.sections.some((section) => event.affectsConfiguration(section))) {
          this.tell();
          settings.changed();
        }
      }),
    );
  }

  tell(): void {
    const problems = this.#settings.problems();
    const news = problems.filter((problem) => !this.#told.has(problem));
    this.#told = new Set(problems);
    for (const problem of news) {
      void this.#tellOf(problem);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #tellOf(problem: string): Promise<void> {
    const open = vscode.l10n.t('Open Settings');
    const chosen = await vscode.window.showWarningMessage(problem, open);
    if (chosen === open) {
      // A problem begins with the setting's name where it is about one.
      const [named] = /^sluice\.[\w.]+/.exec(problem) ?? [];
      const query = named ?? this.#settings.sections[0];
      await vscode.commands.executeCommand('workbench.action.openSettings', query);
    }
  }
}
