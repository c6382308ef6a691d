import * as vscode from 'vscode';
import { unreachable } from '../../core/base/exhaustive.ts';
import type { Disposable } from '../../core/base/disposables.ts';
import type { PlanPicture } from '../../core/projections/planPicture.ts';
import type { GraphHostMessage } from '../../webview/protocol.ts';
import { executeOn } from '../contributions.ts';
import type { Project } from '../project.ts';
import { OneAtATime, OnlyNews } from './graphMessages.ts';
import type { PlanMessage } from './pageRouter.ts';
import { PlanFile } from './planFile.ts';

export interface PlanDeskParts {
  /** The plan's folder, and its name as a workflow. */
  find(): { readonly project: Project; readonly name: string } | undefined;
  post(message: GraphHostMessage): void;
  /** The plan is another. */
  changed(): void;
  failed(thrown: unknown): void;
}

/** What one page is told of the plan it shows, and what it brings about there. */
export class PlanDesk implements Disposable {
  readonly #parts: PlanDeskParts;
  readonly #file: PlanFile;
  readonly #plans = new OnlyNews<Extract<GraphHostMessage, { readonly type: 'plan' }>>();
  readonly #reading = new OneAtATime(() => this.#read());
  readonly #typing: vscode.Disposable;
  #shown: PlanPicture | undefined;
  #readings = 0;

  constructor(parts: PlanDeskParts) {
    this.#parts = parts;
    this.#file = new PlanFile(() => parts.find());
    // It is told of changes of `isDirty` too.
    this.#typing = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (this.#file.is(document)) {
        void this.#reading.again();
      }
    });
  }

  /** As it was told last; `undefined`: what the page shows is no plan. */
  get shown(): PlanPicture | undefined {
    return this.#shown;
  }

  /** The page has lost what it was told. */
  forget(): void {
    this.#plans.forget();
  }

  refresh(): void {
    void this.#reading.again();
  }

  async act(message: PlanMessage): Promise<void> {
    switch (message.type) {
      case 'plan-edit':
        await this.#answer(message.number, this.#file.change(message.number, message.edit));
        return;
      case 'plan-undo':
        await this.#answer(message.number, this.#file.undo(message.number));
        return;
      case 'plan-verb':
        await this.#do(message.verb);
        return;
      default:
        unreachable(message);
    }
  }

  dispose(): void {
    this.#typing.dispose();
  }

  async #answer(number: number, changing: Promise<string | undefined>): Promise<void> {
    const refused = await changing;
    // The page has the plan as it is now before it hears that it is.
    await this.#read();
    this.#parts.post({ type: 'plan-answer', number, refused });
    await this.#parts.find()?.project.sluice.refreshDefinitions();
  }

  async #do(verb: Extract<PlanMessage, { readonly type: 'plan-verb' }>['verb']): Promise<void> {
    const found = this.#parts.find();
    if (found === undefined) {
      return;
    }
    if (verb === 'open') {
      await this.#file.open();
      return;
    }
    const target = { kind: 'workflow', ...found } as const;
    await executeOn(verb === 'run' ? 'sluice.runWorkflow' : 'sluice.preflight', target);
  }

  async #read(): Promise<void> {
    try {
      this.#readings += 1;
      const reading = this.#readings;
      const plan = await this.#file.read();
      if (reading !== this.#readings) {
        // What is read by now is newer.
        return;
      }
      const message = this.#plans.next({ type: 'plan', plan });
      this.#shown = plan;
      // A workflow that is no todo list has no plan to be told of.
      if (message !== undefined) {
        this.#parts.post(message);
        this.#parts.changed();
      }
    } catch (thrown) {
      this.#parts.failed(thrown);
    }
  }
}
