import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { StepDraft } from './workflowDraft.ts';
import * as workflowProblems from './workflowProblems.ts';

/** Of steps with one id the first stays, and the others are reported; one without an id is left out. */
export function addStep(
  reader: DocumentReader,
  steps: Map<string, StepDraft>,
  id: string,
  idPath: SourcePath,
  step: StepDraft,
): void {
  const earlier = steps.get(id);
  if (earlier !== undefined && id !== '') {
    reader.reportAt(reader.document.rangeOf(idPath), workflowProblems.duplicateId(id), [
      {
        file: reader.file,
        range: reader.document.rangeOf([...earlier.path, 'id']),
        message: `The first step "${id}" is here.`,
      },
    ]);
  } else if (id !== '') {
    steps.set(id, step);
  }
}
