import { findCycles } from '../graph/cycles.ts';
import { artifactPathFault } from './artifactPath.ts';
import type { AgentIndex } from './entries.ts';
import { checkExpressions } from './expressionChecks.ts';
import type { RelatedLocation } from './problem.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './shape.ts';
import type {
  AgentStepDraft,
  GateStepDraft,
  StepDraft,
  WorkflowDraft,
  Written,
} from './workflowDraft.ts';

/** A cycle over more steps than this names its first ones only: editors show no more. */
const MAX_RELATED = 100;

/** Reports everything in a workflow that has the right shape and yet cannot work, all at once. */
export function analyze(draft: WorkflowDraft, agents: AgentIndex, reader: DocumentReader): void {
  const steps = new Map(draft.steps.map((step) => [step.id, step]));
  const ids = [...steps.keys()];
  for (const step of draft.steps) {
    checkNeeds(step, steps, ids, reader);
    switch (step.kind) {
      case 'agent':
        checkAgent(step, agents, reader);
        checkProduces(step, reader);
        break;
      case 'gate':
        checkShow(step, steps, reader);
        break;
      case 'unknown':
        break;
    }
  }
  checkCycles(draft.steps, steps, reader);
  checkExpressions(draft, agents, reader);
}

/** A step as the graph functions take it. */
export function graphItem({ id, needs }: StepDraft): { id: string; needs: string[] } {
  return { id, needs: needs.map(({ text }) => text) };
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

function checkAgent({ agent }: AgentStepDraft, agents: AgentIndex, reader: DocumentReader): void {
  if (agent === undefined) {
    return;
  }
  const entry = agents.named(agent.text);
  if (entry === undefined) {
    const suggestion = reader.suggestions.for(agent.text, agents.names);
    reader.report(agent.path, problems.unknownAgent(agent.text, suggestion));
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

function checkProduces({ produces }: AgentStepDraft, reader: DocumentReader): void {
  for (const { text, path } of produces) {
    const fault = artifactPathFault(text);
    if (fault !== undefined) {
      reader.report(path, problems.badArtifact(text, fault));
    }
  }
}

function checkShow(
  gate: GateStepDraft,
  steps: ReadonlyMap<string, StepDraft>,
  reader: DocumentReader,
): void {
  if (gate.show.length === 0) {
    return;
  }
  const needed = gate.needs.map(({ text }) => steps.get(text));
  if (needed.some((step) => step === undefined || step.kind === 'unknown')) {
    // What a step makes that is missing or unreadable is not known.
    return;
  }
  const made = new Set(needed.flatMap((step) => [...producedBy(step)]));
  for (const { text, path } of gate.show) {
    if (!made.has(text)) {
      const maker = [...steps.values()].find((step) => producedBy(step).includes(text));
      const suggestion = reader.suggestions.for(text, [...made]);
      reader.report(path, problems.unknownArtifact(text, maker?.id, suggestion));
    }
  }
}

function producedBy(step: StepDraft | undefined): readonly string[] {
  return step?.kind === 'agent' ? step.produces.map(({ text }) => text) : [];
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
