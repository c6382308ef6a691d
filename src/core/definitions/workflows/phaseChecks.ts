import type { DocumentReader } from '../source/shape.ts';
import type { PhaseDraft, StepDraft, Written } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** Reports steps that are in no phase or in two, and steps that need what begins later. */
export function checkPhases(
  phases: readonly PhaseDraft[],
  steps: ReadonlyMap<string, StepDraft>,
  reader: DocumentReader,
): void {
  const placed = new Map<string, { readonly index: number; readonly name: Written }>();
  phases.forEach((phase, index) => {
    for (const name of phase.steps) {
      const earlier = placed.get(name.text);
      if (!steps.has(name.text)) {
        const meant = reader.suggestions.for(name.text, () => [...steps.keys()]);
        reader.report(name.path, problems.unknownNeed(name.text, meant));
      } else if (earlier === undefined) {
        placed.set(name.text, { index, name });
      } else {
        reader.reportAt(reader.document.rangeOf(name.path), problems.inTwoPhases(name.text), [
          {
            file: reader.file,
            range: reader.document.rangeOf(earlier.name.path),
            message: `"${name.text}" stands here first.`,
          },
        ]);
      }
    }
  });
  for (const step of steps.values()) {
    const own = placed.get(step.id)?.index;
    if (own === undefined) {
      const idPath = [...step.path, 'id'];
      const path = reader.document.nodeAt(idPath) === undefined ? step.path : idPath;
      reader.report(path, problems.inNoPhase(step.id), path === step.path ? 'key' : 'value');
      continue;
    }
    for (const need of step.needs) {
      const other = placed.get(need.text)?.index ?? 0;
      if (other > own) {
        const phase = phases[other]?.name.text ?? '';
        reader.report(need.path, problems.needsLaterPhase(need.text, phase));
      }
    }
  }
}
