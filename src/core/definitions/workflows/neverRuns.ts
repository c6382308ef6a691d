import { looksAtEnds, parseCondition, type Ends } from '../../domain/condition.ts';
import type { Reference } from '../../domain/expression.ts';
import { componentsOf, knownEdges } from '../../graph/components.ts';
import { canHold } from './canHold.ts';
import { isList } from './readMatrix.ts';
import type { DocumentReader } from '../source/shape.ts';
import { graphItem, type StepDraft, type WorkflowDraft } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

const STATUSES = ['succeeded', 'failed', 'skipped', 'cancelled'];

/** Reports steps whose turn never comes: by their own condition, or because one they need never runs. */
export function checkNeverRuns(draft: WorkflowDraft, reader: DocumentReader): void {
  if (!draft.steps.some(({ condition }) => condition !== undefined)) {
    return;
  }
  const steps = new Map(draft.steps.map((step) => [step.id, step]));
  const never = new Set<string>();
  const mayFail = new Set<string>();
  const hasPhases = draft.phases !== undefined;
  // Each behind what it needs. Steps in a circle are told elsewhere and taken for ones that run.
  for (const id of componentsOf(knownEdges(draft.steps.map(graphItem))).lists.flat()) {
    const step = steps.get(id);
    if (step === undefined) {
      continue;
    }
    const needs = step.needs.filter(({ text }) => steps.has(text));
    const condition = step.condition && parseCondition(step.condition.text);
    const looks = condition?.ok === true && looksAtEnds(condition.value);
    const missing = needs.find(({ text }) => never.has(text));
    if (missing !== undefined && !looks) {
      never.add(id);
      reader.report(missing.path, problems.needsWhatNeverRuns(missing.text));
    } else if (step.condition !== undefined && condition?.ok === true) {
      // Outside its own workflow, and before its phase, may stand what it knows nothing of.
      const isFree = needs.length === 0 || hasPhases;
      const ends = possibleEnds(
        missing === undefined,
        isFree || needs.some(({ text }) => mayFail.has(text)),
      );
      if (!canHold(condition.value, (asked) => valuesOf(asked, step, draft, never), ends)) {
        never.add(id);
        reader.report(step.condition.path, problems.neverHolds());
      }
    }
    if (!never.has(id) || needs.some(({ text }) => mayFail.has(text))) {
      mayFail.add(id);
    }
  }
}

function possibleEnds(mayBeDone: boolean, mayFail: boolean): readonly Ends[] {
  return [
    { failed: false, allDone: false },
    ...(mayBeDone ? [{ failed: false, allDone: true }] : []),
    ...(mayFail ? [{ failed: true, allDone: false }] : []),
  ];
}

function valuesOf(
  { names: [root, member, field] }: Reference,
  step: StepDraft,
  draft: WorkflowDraft,
  never: ReadonlySet<string>,
): readonly string[] | undefined {
  const name = member?.name ?? '';
  switch (root.name) {
    case 'inputs': {
      const input = draft.inputs.get(name);
      const isBoolean = input?.type === 'boolean';
      return isBoolean ? ['true', 'false'] : input?.type === 'choice' ? input.options : undefined;
    }
    case 'matrix': {
      const values = step.matrix === 'unread' ? undefined : step.matrix?.get(name);
      return values !== undefined && isList(values) ? values.map(({ text }) => text) : undefined;
    }
    case 'steps':
      return field?.name !== 'status' ? undefined : never.has(name) ? ['skipped'] : STATUSES;
    default:
      return undefined;
  }
}
