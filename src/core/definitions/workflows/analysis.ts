import { NO_TERMS } from '../../domain/terms.ts';
import { findCycles } from '../../graph/cycles.ts';
import { artifactPathFault } from './artifactPath.ts';
import { checkCacheEffect } from '../cacheRule.ts';
import type { AgentIndex, WorkflowIndex } from '../entries.ts';
import { checkExpressions } from './expressionChecks.ts';
import { checkBases, checkGates, checkProtected, checkSandbox } from './isolationChecks.ts';
import { checkNested, entryMentioned, filesOf, type Circle } from './nestedChecks.ts';
import { checkPhases } from './phaseChecks.ts';
import { MissingNeeds } from './missingNeeds.ts';
import { checkNeverRuns } from './neverRuns.ts';
import { checkOwnership, effectiveTerms } from './ownership.ts';
import { MAX_RELATED, type RelatedLocation } from '../source/problem.ts';
import type { ProductSchemas } from './productSchemas.ts';
import type { DocumentReader } from '../source/shape.ts';
import {
  graphItem,
  type AgentStepDraft,
  type GateStepDraft,
  type StepDraft,
  type WorkflowDraft,
  type Written,
} from './workflowDraft.ts';
import * as problems from './workflowProblems.ts';

/** What a workflow's file is judged by beside itself. */
export interface Surroundings {
  readonly agents: AgentIndex;
  /** Already judged, as far as it needs them. */
  readonly workflows: WorkflowIndex;
  /** Where it contains itself, through others or not. */
  readonly circle: Circle | undefined;
  readonly schemas: ProductSchemas;
}

/** Reports everything in a workflow that has the right shape and yet cannot work, all at once. */
export function analyze(
  draft: WorkflowDraft,
  surroundings: Surroundings,
  reader: DocumentReader,
): void {
  const { agents, workflows, schemas } = surroundings;
  const steps = new Map(draft.steps.map((step) => [step.id, step]));
  const ids = [...steps.keys()];
  const producers = producersOf(draft.steps);
  const shown: Shown[] = [];
  for (const step of draft.steps) {
    checkNeeds(step, steps, ids, reader);
    switch (step.kind) {
      case 'agent':
        checkAgents(step, agents, reader);
        checkEffect(step, agents, reader);
        checkCache(step, agents, reader);
        checkProduces(step, agents, reader);
        checkSandbox(step, agents, reader);
        checkProtected(step, reader);
        checkSchemas(step, schemas, reader);
        break;
      case 'gate':
        shown.push(...checkShow(step, steps, producers, workflows, reader));
        break;
      case 'workflow':
      case 'unknown':
        break;
    }
  }
  checkShown(shown, draft, reader);
  checkNested(draft.steps, workflows, surroundings.circle, reader);
  checkBases(draft, workflows, reader);
  checkGates(draft, reader);
  checkCycles(draft.steps, steps, reader);
  if (draft.phases !== undefined) {
    checkPhases(draft.phases, steps, reader);
  }
  checkExpressions(draft, agents, reader);
  checkOwnership(draft, surroundings, reader);
  checkNeverRuns(draft, reader);
}

function checkNeeds(
  step: StepDraft,
  steps: ReadonlyMap<string, StepDraft>,
  ids: readonly string[],
  reader: DocumentReader,
): void {
  for (const { text, path } of step.needs) {
    if (!steps.has(text)) {
      reader.report(path, problems.unknownNeed(text, reader.suggestions.for(text, ids)));
    }
  }
}

/** Whoever works on the step, and whoever mends its failures. */
function checkAgents(
  { agent, debug }: AgentStepDraft,
  agents: AgentIndex,
  reader: DocumentReader,
): void {
  const named = [agent, ...(debug?.routing ?? []).map((route) => route.agent)];
  named.forEach((one) => {
    if (one !== undefined) {
      checkAgent(one, agents, reader);
    }
  });
}

function checkAgent(agent: Written, agents: AgentIndex, reader: DocumentReader): void {
  const entry = agents.named(agent.text);
  if (entry === undefined) {
    const meant = reader.suggestions.for(agent.text, agents.names);
    reader.report(agent.path, problems.unknownAgent(agent.text, meant));
  } else if (entry.kind === 'invalid') {
    reader.reportAt(
      reader.document.rangeOf(agent.path),
      problems.brokenAgent(agent.text),
      entry.diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ file, range, message }) => ({ file, range, message })),
    );
  }
}

function checkProduces(step: AgentStepDraft, agents: AgentIndex, reader: DocumentReader): void {
  const { owns = [] } = step.produces.length === 0 ? NO_TERMS : effectiveTerms(step, agents);
  for (const { file } of step.produces) {
    const fault = artifactPathFault(file.text, owns.includes(file.text));
    if (fault !== undefined) {
      reader.report(file.path, problems.badArtifact(file.text, fault));
    }
  }
}

function checkSchemas(
  { produces, outputSchema }: AgentStepDraft,
  schemas: ProductSchemas,
  reader: DocumentReader,
): void {
  for (const schema of [...produces.map((product) => product.schema), outputSchema]) {
    const value = schema && schemas.valueOf(schema, reader.document);
    if (value?.ok === false) {
      const { path, problem, related } = value.error;
      reader.reportAt(reader.document.rangeOf(path), problem, related);
    }
  }
}

/** Which steps produce a path, for every path that any does. */
function producersOf(steps: readonly StepDraft[]): ReadonlyMap<string, ReadonlySet<string>> {
  const producers = new Map<string, Set<string>>();
  for (const step of steps) {
    for (const { file } of step.kind === 'agent' ? step.produces : []) {
      const { text } = file;
      const known = producers.get(text);
      if (known === undefined) {
        producers.set(text, new Set([step.id]));
      } else {
        known.add(step.id);
      }
    }
  }
  return producers;
}

/** Terms that only a language model could keep, at a step of a program. */
function checkEffect(step: AgentStepDraft, agents: AgentIndex, reader: DocumentReader): void {
  const { models, permissions, budget, calls } = step.terms;
  if ([models, permissions, budget, calls].every((written) => written === undefined)) {
    return;
  }
  const entry = step.agent && agents.named(step.agent.text);
  if (entry?.kind !== 'valid' || entry.agent.runner.kind !== 'command') {
    return;
  }
  const idle: readonly (readonly [written: unknown, field: readonly string[]])[] = [
    [models, ['model']],
    [calls, ['model-policy']],
    [permissions, ['permissions']],
    [budget?.tokens, ['budget', 'tokens']],
    [budget?.usd, ['budget', 'usd']],
  ];
  for (const [written, field] of idle) {
    if (written !== undefined) {
      const problem = problems.noEffect(field.join('.'), entry.name);
      reader.report([...step.path, ...field], problem, 'key');
    }
  }
}

function checkCache(step: AgentStepDraft, agents: AgentIndex, reader: DocumentReader): void {
  const { cache } = step.terms;
  if (
    cache?.similar !== undefined &&
    (step.produces.length > 0 || effectiveTerms(step, agents).owns !== undefined)
  ) {
    reader.report([...step.path, 'cache', 'similar'], problems.similarWithFiles(), 'key');
  }
  const entry = cache && step.agent && agents.named(step.agent.text);
  if (entry?.kind === 'valid') {
    checkCacheEffect(reader, [...step.path, 'cache'], cache, entry.agent.runner.kind);
  }
}

/** A file that a gate shows although the step that makes it is none it needs directly. */
interface Shown {
  readonly id: string;
  readonly ancestor: string;
  readonly file: Written;
}

/** Told for all gates at once, since it takes a walk over the graph to know the repair. */
function checkShown(shown: readonly Shown[], draft: WorkflowDraft, reader: DocumentReader): void {
  const needs = new MissingNeeds(draft, shown);
  for (const one of shown) {
    const problem = problems.unknownArtifact(one.file.text, one.ancestor, undefined);
    const range = reader.document.rangeOf(one.file.path);
    reader.reportAt(range, problem, [], needs.fixes(reader, one));
  }
}

function checkShow(
  gate: GateStepDraft,
  steps: ReadonlyMap<string, StepDraft>,
  producers: ReadonlyMap<string, ReadonlySet<string>>,
  workflows: WorkflowIndex,
  reader: DocumentReader,
): Shown[] {
  const needs = new Set(gate.needs.map(({ text }) => text));
  const needed = [...needs].map((id) => steps.get(id));
  const nested = filesOf(
    needed.flatMap((step) =>
      step?.kind === 'workflow' ? [entryMentioned(step.workflow, workflows)?.name] : [],
    ),
    workflows,
  );
  if (
    nested === undefined ||
    needed.some((step) => step === undefined || step.kind === 'unknown')
  ) {
    // What a step makes that is missing or unreadable is not known.
    return [];
  }
  const shown: Shown[] = [];
  const made = () => [
    ...needed
      .flatMap((step) => (step?.kind === 'agent' ? step.produces : []))
      .map(({ file }) => file.text),
    ...nested,
  ];
  for (const { text, path } of gate.show) {
    const makers = producers.get(text) ?? new Set<string>();
    // The shorter of the two is walked: thousands of gates may need a step of thousands of files.
    const [few, many] = makers.size < needs.size ? [makers, needs] : [needs, makers];
    if (!nested.has(text) && ![...few].some((id) => many.has(id))) {
      const [maker] = makers;
      if (maker === undefined) {
        const meant = reader.suggestions.for(text, made);
        reader.report(path, problems.unknownArtifact(text, undefined, meant));
      } else {
        shown.push({ id: gate.id, ancestor: maker, file: { text, path } });
      }
    }
  }
  return shown;
}

function checkCycles(
  drafts: readonly StepDraft[],
  steps: ReadonlyMap<string, StepDraft>,
  reader: DocumentReader,
): void {
  for (const cycle of findCycles(drafts.map(graphItem))) {
    const edges = cycle.map((id, index): RelatedLocation => {
      const next = cycle[(index + 1) % cycle.length] ?? id;
      return {
        file: reader.file,
        range: reader.document.rangeOf(needOf(steps.get(id), next).path),
        message: `"${id}" needs "${next}".`,
      };
    });
    const [first] = edges;
    if (first !== undefined) {
      reader.reportAt(
        first.range,
        cycle.length === 1 ? problems.needsItself() : problems.cycle(cycle),
        cycle.length === 1 ? [] : edges.slice(0, MAX_RELATED),
      );
    }
  }
}

function needOf(step: StepDraft | undefined, id: string): Written {
  const need = step?.needs.find(({ text }) => text === id);
  if (need === undefined) {
    throw new Error(`Internal error: ${step?.id ?? 'no step'} does not need ${id}`);
  }
  return need;
}
