import type { Range } from '../../domain/diagnostic.ts';
import type { StepId } from '../../domain/ids.ts';
import type { SourceDocument, SourcePath } from '../source/sourceDocument.ts';
import type { WorkflowDraft, WorkflowMention } from './workflowDraft.ts';

/** Where the parts of a workflow stand in its file, whichever way it is written. */
export class WorkflowSource {
  readonly document: SourceDocument;
  /** Names of the workflows that are its steps, with their places. */
  readonly contains: readonly WorkflowMention[];
  readonly #path: SourcePath;
  readonly #steps: ReadonlyMap<string, SourcePath>;

  /** @param path of the workflow in a file that holds several */
  constructor(document: SourceDocument, draft: WorkflowDraft, path: SourcePath = []) {
    this.document = document;
    this.#path = path;
    this.contains = draft.steps.flatMap((step) =>
      step.kind === 'workflow' && step.workflow !== undefined ? [step.workflow] : [],
    );
    this.#steps = new Map(draft.steps.map(({ id, path }) => [id, path]));
  }

  get file(): string {
    return this.document.source.file;
  }

  /** Of the name where one is written, else of the file's first character. */
  get nameRange(): Range {
    return this.#path.length === 0
      ? this.document.rangeOf(['name'])
      : this.document.rangeOf(this.#path, 'key');
  }

  /** Of what names the step: its key, its `id`, or the agent in a plain list. */
  rangeOfStep(step: StepId): Range | undefined {
    const path = this.#steps.get(step);
    if (path === undefined) {
      return undefined;
    }
    const idPath = [...path, 'id'];
    return this.document.nodeAt(idPath) === undefined
      ? this.document.rangeOf(path, 'key')
      : this.document.rangeOf(idPath);
  }

  /**
   * Of a step's field, or of a part of it such as `['needs', 1]`; of the step where it is not written.
   */
  rangeOf(step: StepId, field: SourcePath, part: 'key' | 'value' = 'value'): Range | undefined {
    const path = this.#steps.get(step);
    return path && this.document.rangeOf([...path, ...field], part);
  }
}
