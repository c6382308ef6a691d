import { addStep } from './addStep.ts';
import { isStepId } from '../../domain/ids.ts';
import * as problems from '../problems.ts';
import { MAX_STEPS } from './readSteps.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MapNode } from '../source/sourceNode.ts';
import type { StepDraft } from './workflowDraft.ts';
import * as workflowProblems from './workflowProblems.ts';

/** One step of another tool's list. */
export interface ListedStep {
  /** As written: it may not be a valid step id, which has been reported then. */
  readonly id: string;
  readonly path: SourcePath;
  readonly node: MapNode;
}

/**
 * The steps of a list in which each has an `id`, as other tools write them. Ids are unique in what is
 * returned; what is wrong with them is reported.
 */
export function readListedSteps(
  reader: DocumentReader,
  path: SourcePath,
  read: (step: ListedStep) => StepDraft,
): readonly StepDraft[] {
  const list = reader.document.nodeAt(path);
  const items = list?.kind === 'list' ? list.items : [];
  if (items.length === 0) {
    reader.report(path, workflowProblems.noSteps());
  }
  if (items.length > MAX_STEPS) {
    reader.report([...path, MAX_STEPS], workflowProblems.tooManySteps(MAX_STEPS));
    return [];
  }
  const field = path.at(-1);
  const label = field === undefined ? 'An item of this list' : `An item of "${field}"`;
  const steps = new Map<string, StepDraft>();
  items.forEach((node, index) => {
    const at = [...path, index];
    if (node.kind !== 'map') {
      reader.report(at, problems.notFields(label));
      return;
    }
    const idPath = [...at, 'id'];
    const id = reader.textAt(idPath);
    const written = reader.document.nodeAt(idPath);
    if (written?.kind === 'scalar' && written.value !== null && !isStepId(id)) {
      reader.report(idPath, workflowProblems.badStepId(id));
    }
    addStep(reader, steps, id, idPath, read({ id, path: at, node }));
  });
  return [...steps.values()];
}
