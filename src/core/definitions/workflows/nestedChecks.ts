import { inputFault, type InputSpec } from '../../domain/workflow.ts';
import { componentsOf, knownEdges } from '../../graph/components.ts';
import { findCycles } from '../../graph/cycles.ts';
import type { WorkflowEntry, WorkflowIndex } from '../entries.ts';
import { fileUsed, useOf } from './fileUsed.ts';
import { MAX_RELATED, type Problem, type RelatedLocation } from '../source/problem.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { NestedStepDraft, StepDraft, WorkflowMention } from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** Workflows that contain each other in a circle. */
export interface Circle {
  /** Each contains the next, the last the first. */
  readonly names: readonly string[];
  /** Where they do. */
  readonly places: readonly RelatedLocation[];
}

export type Nesting = Pick<WorkflowEntry, 'name' | 'file' | 'format' | 'source'>;

export interface NestingOrder {
  /** Each after all that it contains, but for circles. */
  readonly names: readonly string[];
  /** Of each workflow in one, beginning with it. */
  readonly circles: ReadonlyMap<string, Circle>;
  /** Names of all that cannot be judged before each other. */
  readonly tangled: ReadonlySet<string>;
}

/** Which workflows contain which. Of several with one name the first counts. */
export function nestingOrder(workflows: readonly Nesting[]): NestingOrder {
  const byName = new Map<string, Nesting>();
  for (const workflow of workflows) {
    if (!byName.has(workflow.name)) {
      byName.set(workflow.name, workflow);
    }
  }
  const byFile = new Map(
    workflows
      .filter(({ format }) => format !== 'claude-json')
      .map(({ file, name }) => [file, name]),
  );
  const nameOf = ({ text, file }: WorkflowMention) =>
    file === undefined ? text : (byFile.get(file) ?? '');
  const items = [...byName.values()].map(({ name, source }) => ({
    id: name,
    needs: source?.contains.map(nameOf) ?? [],
  }));
  const { lists } = componentsOf(knownEdges(items));
  const circles = new Map<string, Circle>();
  for (const cycle of findCycles(items)) {
    const places = cycle.map((name, index) =>
      placeOf(byName.get(name), cycle[(index + 1) % cycle.length] ?? name, nameOf),
    );
    cycle.forEach((name, index) => {
      const from = <T>(list: readonly T[]) => [...list.slice(index), ...list.slice(0, index)];
      circles.set(name, { names: from(cycle), places: from(places).slice(0, MAX_RELATED) });
    });
  }
  return {
    names: lists.flat(),
    circles,
    tangled: new Set([...lists.filter(({ length }) => length > 1).flat(), ...circles.keys()]),
  };
}

function placeOf(
  workflow: Nesting | undefined,
  contained: string,
  nameOf: (mention: WorkflowMention) => string,
): RelatedLocation {
  const written = workflow?.source?.contains.find((mention) => nameOf(mention) === contained);
  if (workflow?.source === undefined || written === undefined) {
    throw new Error(`Internal error: ${workflow?.name ?? 'nothing'} does not contain ${contained}`);
  }
  return {
    file: workflow.file,
    range: workflow.source.document.rangeOf(written.path),
    message: `"${workflow.name}" contains "${contained}".`,
  };
}

/** Reports steps that are workflows which are not there, cannot be used, or want other inputs. */
export function checkNested(
  steps: readonly StepDraft[],
  workflows: WorkflowIndex,
  circle: Circle | undefined,
  reader: DocumentReader,
): void {
  const next = circle?.names[1 % circle.names.length];
  let told = false;
  for (const step of steps) {
    if (step.kind !== 'workflow' || step.workflow === undefined) {
      continue;
    }
    const { text, path, file } = step.workflow;
    const entry = entryMentioned(step.workflow, workflows);
    const isOwn = file !== undefined && file === reader.file;
    const name = file === undefined ? text : isOwn ? circle?.names[0] : entry?.name;
    if (circle !== undefined && name === next) {
      if (!told) {
        const alone = circle.names.length === 1;
        reader.reportAt(
          reader.document.rangeOf(path),
          alone ? problems.containsItself() : problems.recursion(circle.names),
          alone ? [] : circle.places,
        );
      }
      told = true;
      continue;
    }
    if (entry === undefined || name === undefined) {
      reader.report(path, unknownWorkflow(step.workflow, workflows, reader));
    } else if (entry.kind === 'invalid') {
      reader.reportAt(
        reader.document.rangeOf(path),
        problems.brokenWorkflow(name),
        entry.diagnostics
          .filter(({ severity }) => severity === 'error')
          .slice(0, MAX_RELATED)
          .map(({ file, range, message }) => ({ file, range, message })),
      );
    } else {
      checkInputs(step, name, entry.workflow.inputs, reader);
    }
  }
}

/** The workflow that a step names, be it valid or not. */
export function entryMentioned(
  mention: WorkflowMention | undefined,
  workflows: WorkflowIndex,
): WorkflowEntry | undefined {
  if (mention === undefined) {
    return undefined;
  }
  const { text, file } = mention;
  return file === undefined ? workflows.named(text) : workflows.inFile(file);
}

function unknownWorkflow(
  { text, file }: WorkflowMention,
  workflows: WorkflowIndex,
  reader: DocumentReader,
): Problem {
  if (file !== undefined) {
    const as = (known: string) => useOf(known, reader.file, text);
    const sameName = workflows.named(text)?.file;
    const meant =
      sameName === undefined
        ? reader.suggestions.for(text, () => workflows.files.map(as))
        : as(sameName);
    return problems.unknownWorkflowFile(text, meant);
  }
  const inFile = workflows.inFile(fileUsed(reader.file, text));
  return inFile === undefined
    ? problems.unknownWorkflow(text, reader.suggestions.for(text, workflows.names))
    : problems.fileForName(text, inFile.name);
}

function checkInputs(
  step: NestedStepDraft,
  name: string,
  inputs: Readonly<Record<string, InputSpec>>,
  reader: DocumentReader,
): void {
  const given = step.with;
  if (given === 'unread') {
    return;
  }
  const known = Object.keys(inputs);
  for (const [input, { text, path }] of given) {
    const spec = Object.hasOwn(inputs, input) ? inputs[input] : undefined;
    if (spec === undefined) {
      const meant = reader.suggestions.for(input, known);
      reader.report(path, problems.notAnInputOf(name, input, meant), 'key');
      continue;
    }
    const fault = text.includes('${{') ? undefined : inputFault(spec, text);
    if (fault !== undefined) {
      const meant = reader.suggestions.for(text, spec.options);
      reader.report(path, problems.badInputOf(input, fault, text, meant));
    }
  }
  const missing = known.filter(
    (input) => inputs[input]?.default === undefined && !given.has(input),
  );
  if (missing.length > 0) {
    const written = reader.document.nodeAt([...step.path, 'with']) !== undefined;
    reader.report(
      written ? [...step.path, 'with'] : (step.workflow?.path ?? step.path),
      problems.missingInputs(name, missing),
      written ? 'key' : 'value',
    );
  }
}

/**
 * Paths of the files that the steps of workflows produce, nested ones too; `undefined`: they cannot
 * all be told.
 */
export function filesOf(
  names: readonly (string | undefined)[],
  workflows: WorkflowIndex,
): ReadonlySet<string> | undefined {
  const files = new Set<string>();
  const seen = new Set(names);
  for (const name of seen) {
    const entry = name === undefined ? undefined : workflows.named(name);
    if (entry?.kind !== 'valid') {
      return undefined;
    }
    for (const step of entry.workflow.steps) {
      if (step.kind === 'agent') {
        step.produces.forEach(({ path }) => files.add(path));
      } else if (step.kind === 'workflow') {
        // A set that grows while it is walked is walked to its new end.
        seen.add(step.workflow);
      }
    }
  }
  return files;
}
