import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import type { Log } from '../../core/base/log.ts';
import { DEFINITIONS, DONE, NO_MODELS } from '../ids.ts';
import type { WindowModels } from '../models/windowModels.ts';
import type { Projects } from '../project.ts';
import { readSetting } from '../readSetting.ts';
import { firstSteps } from './firstSteps.ts';

/**
 * Sets the contexts that the welcome views and the walkthrough go by.
 *
 * W1  Whether there is a model is looked for only while somebody looks at a Runs view without a run, and some agent
 *     needs one: neither VS Code nor servers of this machine are asked for models when VS Code starts.
 * W2  A provider is asked nothing for it: a key that is stored is enough.
 */
export class WelcomeContexts implements Disposable {
  readonly #projects: Projects;
  readonly #models: WindowModels;
  readonly #runs: Pick<vscode.TreeView<unknown>, 'visible'>;
  readonly #log: Log;
  readonly #disposables = new Disposables();
  readonly #closing = new AbortController();
  readonly #set = new Map<string, boolean | string | undefined>();
  /** `undefined`: nobody has looked since something has changed. */
  #hasModels: boolean | undefined;
  #isLooking = false;
  #isListening = false;

  /** @param runs the Runs view */
  constructor(
    projects: Projects,
    models: WindowModels,
    runs: Pick<vscode.TreeView<unknown>, 'visible' | 'onDidChangeVisibility'>,
    log: Log,
  ) {
    this.#projects = projects;
    this.#models = models;
    this.#runs = runs;
    this.#log = log;
    this.#disposables.add(runs.onDidChangeVisibility(() => this.refresh()));
  }

  /** Call after every change. */
  refresh(): void {
    const steps = firstSteps(
      this.#projects.all().map(({ sluice }) => ({
        agents: sluice.definitions.agents,
        workflows: sluice.definitions.workflows,
        runs: sluice.runs(),
      })),
    );
    this.#tell(DEFINITIONS, steps.definitions);
    this.#tell(DONE.definitions, steps.definitions === 'some');
    this.#tell(DONE.run, steps.hasRun);
    this.#tell(DONE.answer, steps.hasAnswered);
    const isWanted = steps.needsModel && !steps.hasRun;
    this.#tell(NO_MODELS, isWanted && this.#hasModels === false);
    if (isWanted && this.#runs.visible && this.#hasModels === undefined && !this.#isLooking) {
      void this.#look();
    }
  }

  /** Opens the walkthrough, so that what is done is ticked in it. */
  async open(walkthrough: () => PromiseLike<unknown>): Promise<void> {
    // VS Code ticks a step when its context becomes true after the walkthrough was first looked at, and at no other time.
    for (const context of Object.values(DONE)) {
      this.#tell(context, false);
    }
    await walkthrough();
    this.refresh();
  }

  dispose(): void {
    this.#closing.abort(new Error('The window is closed'));
    this.#disposables.dispose();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      this.#listen();
      this.#hasModels = await this.#findAny();
    } catch (thrown) {
      if (!this.#closing.signal.aborted) {
        this.#log.warn(`Models could not be looked for: ${String(thrown)}`);
      }
      // What cannot be told is not claimed; a run says what it lacks.
      this.#hasModels = true;
    } finally {
      this.#isLooking = false;
    }
    if (!this.#closing.signal.aborted) {
      this.refresh();
    }
  }

  async #findAny(): Promise<boolean> {
    if (readSetting('models.default').length > 0) {
      return true;
    }
    const models = await this.#models.get();
    const providers = await models.providers();
    return (
      providers.some(
        ({ hasKey, keyName, isLocal }) => hasKey || (keyName === undefined && !isLocal),
      ) || (await models.catalogue(this.#closing.signal)).some((group) => group.models.length > 0)
    );
  }

  #listen(): void {
    if (this.#isListening) {
      return;
    }
    this.#isListening = true;
    const { host } = this.#models;
    const again = () => {
      this.#hasModels = undefined;
      this.refresh();
    };
    this.#disposables.add(host.onDidChange(again));
    this.#disposables.add(host.hosted.onDidChange(again));
  }

  #tell(context: string, value: boolean | string | undefined): void {
    if (this.#set.get(context) !== value || !this.#set.has(context)) {
      this.#set.set(context, value);
      void vscode.commands.executeCommand('setContext', context, value);
    }
  }
}
