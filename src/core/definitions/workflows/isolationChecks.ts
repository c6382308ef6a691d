import { protectedName } from '../../domain/protectedPaths.ts';
import type { AgentIndex, WorkflowIndex } from '../entries.ts';
import { checkSandboxEffect } from '../sandboxRule.ts';
import { additionFix, fieldFix } from '../source/listEdit.ts';
import type { DocumentReader } from '../source/shape.ts';
import * as problems from './isolationProblems.ts';
import { entryMentioned } from './nestedChecks.ts';
import type { AgentStepDraft, StepDraft, WorkflowDraft } from './workflowDraft.ts';

/** Gates told about at most: each is looked at by itself. */
const MOST_GATES = 20;

/** Reports a sandbox that the step's agent could not be put into. */
export function checkSandbox(
  { terms, agent, path }: AgentStepDraft,
  agents: AgentIndex,
  reader: DocumentReader,
): void {
  const entry = terms.sandbox && agent && agents.named(agent.text);
  if (entry?.kind === 'valid') {
    const { runner, tools } = entry.agent;
    const who = { runner: runner.kind, tools };
    checkSandboxEffect(reader, [...path, 'sandbox'], terms.sandbox, who);
  }
}

/** Reports globs that take nothing but protected files, which no wildcard gives to a task. */
export function checkProtected({ owns }: AgentStepDraft, reader: DocumentReader): void {
  for (const { text, path } of owns) {
    const names = text.split('/').filter((name) => name !== '');
    const wild = names.findIndex((name) => /[*?[{]/.test(name));
    // Without a wildcard it may be a file, unless it is called like a folder of protected ones.
    const folder = wild === -1 ? names.slice(-1) : names.slice(0, wild);
    // With a value in it, it may name a file.
    const isOpen = folder.length === 0 || text.includes('${{');
    const name = isOpen ? undefined : protectedName([...folder, '_'].join('/'));
    if (name !== undefined) {
      reader.report(path, problems.wildcardForProtected(text, name));
    }
  }
}

/** Reports nested workflows that would begin with something else if they were run by themselves. */
export function checkBases(
  { steps, base }: WorkflowDraft,
  workflows: WorkflowIndex,
  reader: DocumentReader,
): void {
  for (const step of steps) {
    const mention = step.kind === 'workflow' ? step.workflow : undefined;
    const entry = entryMentioned(mention, workflows);
    const other = entry?.kind === 'valid' ? entry.workflow.base : undefined;
    if (mention === undefined || entry === undefined || other === undefined || other === base) {
      continue;
    }
    const problem = problems.otherBase(entry.name, other, base);
    const fixes = base === undefined ? fieldFix(reader.document, [], 'base', other) : [];
    reader.reportAt(reader.document.rangeOf(mention.path), problem, [], fixes);
  }
}

/** Tells gates behind which nothing is worked on, and which yet do not wait for what validates the whole. */
export function checkGates(draft: WorkflowDraft, reader: DocumentReader): void {
  if (draft.validate.length === 0) {
    return;
  }
  const inLastPhase = new Set(draft.phases?.at(-1)?.steps.map(({ text }) => text));
  // What stands in earlier phases comes before every gate of the last.
  const steps =
    draft.phases === undefined ? draft.steps : draft.steps.filter(({ id }) => inLastPhase.has(id));
  const byId = new Map(steps.map((step) => [step.id, step]));
  const work = workAmong(steps, byId);
  const needed = new Set([...work].flatMap(({ needs }) => needs.map(({ text }) => text)));
  const ends = [...work].map(({ id }) => id).filter((id) => !needed.has(id));
  const gates = steps.filter((step) => !work.has(step));
  for (const gate of gates.slice(0, MOST_GATES)) {
    const before = reachedFrom(gate, byId);
    const missing = ends.filter((id) => !before.has(id));
    if (missing.length > 0) {
      const problem = problems.askedBeforeValidation(missing);
      const fixes = additionFix(reader.document, gate.path, 'needs', missing);
      const range = reader.document.rangeOf([...gate.path, 'gate'], 'key');
      reader.reportAt(range, problem, [], missing.length <= MOST_GATES ? fixes : []);
    }
  }
}

/** All steps but the gates that nothing but such gates needs. */
function workAmong(
  steps: readonly StepDraft[],
  byId: ReadonlyMap<string, StepDraft>,
): ReadonlySet<StepDraft> {
  const work = new Set(steps.filter(({ kind }) => kind !== 'gate'));
  // The set grows while it is walked.
  for (const { needs } of work) {
    for (const { text } of needs) {
      const need = byId.get(text);
      if (need !== undefined) {
        work.add(need);
      }
    }
  }
  return work;
}

/** Ids of what a gate needs, directly or through others. */
function reachedFrom(gate: StepDraft, byId: ReadonlyMap<string, StepDraft>): ReadonlySet<string> {
  const reached = new Set(gate.needs.map(({ text }) => text));
  // The set grows while it is walked.
  for (const id of reached) {
    byId.get(id)?.needs.forEach(({ text }) => reached.add(text));
  }
  return reached;
}
