import { isStepId, slug } from '../../domain/ids.ts';
import type { Problem } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { addStep } from './addStep.ts';
import { readStep } from './readStep.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MapNode } from '../source/sourceNode.ts';
import { agentStep, unknownStep, type StepDraft, type Written } from './workflowDraft.ts';
import * as workflowProblems from './workflowProblems.ts';

/** What a run is built to carry. */
export const MAX_STEPS = 10_000;

/** The steps of a workflow in any of their spellings. */
export function readSteps(reader: DocumentReader): readonly StepDraft[] {
  const path = ['steps'];
  const node = reader.document.nodeAt(path);
  if (node === undefined) {
    reader.report(path, problems.missingField('"steps"'));
    return [];
  }
  if (node.kind === 'list') {
    return readStepList(reader, path);
  }
  if (node.kind === 'scalar' && node.value !== null) {
    reader.report(path, problems.notFields('"steps"'));
    return [];
  }
  return readStepMap(reader, path, workflowProblems.noSteps());
}

/** Steps by name. @param empty what to say where there are none */
export function readStepMap(
  reader: DocumentReader,
  path: SourcePath,
  empty: Problem,
): readonly StepDraft[] {
  const node = reader.document.nodeAt(path);
  if (node?.kind !== 'map' || node.fields.size === 0) {
    reader.report(path, empty);
    return [];
  }
  if (node.fields.size > MAX_STEPS) {
    reader.report(path, workflowProblems.tooManySteps(MAX_STEPS), 'key');
    return [];
  }
  return [...node.fields].map(([id, { node: value }]) => {
    const at = [...path, id];
    if (!isStepId(id)) {
      reader.report(at, workflowProblems.badStepId(id), 'key');
    }
    if (value.kind !== 'map') {
      reader.report(at, workflowProblems.notAStep(`"${id}"`));
      return unknownStep(id, at);
    }
    return readStep(reader, id, at, value.value);
  });
}

/** Steps with an `id` each, or a plain list of agents. */
export function readStepList(reader: DocumentReader, path: SourcePath): readonly StepDraft[] {
  const node = reader.document.nodeAt(path);
  const items = node?.kind === 'list' ? node.items : [];
  const [first] = items;
  if (first === undefined) {
    reader.report(path, workflowProblems.noSteps());
    return [];
  }
  if (items.length > MAX_STEPS) {
    reader.report([...path, MAX_STEPS], workflowProblems.tooManySteps(MAX_STEPS));
    return [];
  }
  const odd = items.findIndex(
    ({ kind }) => kind === 'list' || (kind === 'scalar') !== (first.kind === 'scalar'),
  );
  if (odd !== -1) {
    reader.report([...path, odd], workflowProblems.mixedList());
    return [];
  }
  if (first.kind === 'scalar') {
    return readChain(reader, path, items.length);
  }
  const steps = new Map<string, StepDraft>();
  for (const [index, item] of items.entries()) {
    const at = [...path, index];
    const { id: written, ...value } = (item as MapNode).value;
    const idPath = [...at, 'id'];
    const id = reader.textAt(idPath);
    if (written === undefined || typeof written === 'object') {
      reader.report(
        idPath,
        written === undefined ? problems.missingField('"id"') : problems.noValue('"id"'),
      );
    } else if (!isStepId(id)) {
      reader.report(idPath, workflowProblems.badStepId(id));
    }
    addStep(reader, steps, id, idPath, readStep(reader, id, at, value));
  }
  return [...steps.values()];
}

/** Agents one after another. A step is called as its agent is, with a number where that is taken. */
function readChain(reader: DocumentReader, path: SourcePath, length: number): StepDraft[] {
  const steps: StepDraft[] = [];
  const taken = new Map<string, number>();
  let needs: Written[] = [];
  for (let index = 0; index < length; index += 1) {
    const at = [...path, index];
    const node = reader.document.nodeAt(at);
    const agent = { text: reader.textAt(at), path: at };
    if (node?.kind !== 'scalar' || node.value === null || agent.text === '') {
      reader.report(at, problems.wrongValue(`An item of "steps"`, 'must name an agent'));
      continue;
    }
    const base = isStepId(agent.text) ? agent.text : slug(agent.text);
    let id = base;
    let number = taken.get(base) ?? 0;
    while (taken.has(id)) {
      number += 1;
      id = `${base}-${number + 1}`;
    }
    taken.set(base, number);
    taken.set(id, 0);
    steps.push({ ...agentStep(id, at), needs, agent });
    needs = [{ text: id, path: at }];
  }
  return steps;
}
