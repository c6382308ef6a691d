import type { Fix } from '../../domain/diagnostic.ts';
import { reaches, type ReachQuestion } from '../../graph/reach.ts';
import { additionFix } from '../source/listEdit.ts';
import type { DocumentReader } from '../source/shape.ts';
import { graphItem, type StepDraft, type WorkflowDraft } from './workflowDraft.ts';

/** Needs that steps should have, and whether they can: no step may come after itself. */
export class MissingNeeds {
  readonly #steps: ReadonlyMap<string, StepDraft>;
  readonly #phases: ReadonlyMap<string, number>;
  /** Which of the pairs are in a circle already, the other way round. */
  readonly #circular: ReadonlySet<ReachQuestion<string>>;

  /** @param pairs each step with the one it should need; all that will be asked for */
  constructor(draft: WorkflowDraft, pairs: readonly ReachQuestion<string>[]) {
    this.#steps = new Map(draft.steps.map((step) => [step.id, step]));
    this.#phases = phasesOf(draft);
    const back = pairs.map(({ id, ancestor }) => ({ id: ancestor, ancestor: id }));
    const answers = reaches(draft.steps.map(graphItem), back);
    this.#circular = new Set(pairs.filter((_, index) => answers[index] === true));
  }

  /** The repair that adds the need, where it would be one. */
  fixes(reader: DocumentReader, pair: ReachQuestion<string>): readonly Fix[] {
    const step = this.#steps.get(pair.id);
    const later = (this.#phases.get(pair.ancestor) ?? 0) > (this.#phases.get(pair.id) ?? 0);
    return step === undefined || later || this.#circular.has(pair)
      ? []
      : needFixes(reader, step, [pair.ancestor]);
  }
}

/** Adds steps to those that a step needs, in the word that stands there. */
export function needFixes(
  { document }: DocumentReader,
  { path }: StepDraft,
  ids: readonly string[],
): readonly Fix[] {
  const isOther = document.nodeAt([...path, 'dependencies']) !== undefined;
  return additionFix(document, path, isOther ? 'dependencies' : 'needs', ids);
}

/** The place of each step's phase, where there are phases; a step in none or in two is told elsewhere. */
export function phasesOf({ phases }: WorkflowDraft): ReadonlyMap<string, number> {
  return new Map(
    (phases ?? []).flatMap(({ steps }, index) => steps.map(({ text }) => [text, index])),
  );
}
