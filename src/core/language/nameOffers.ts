import path from 'node:path/posix';
import { oneLine } from '../base/text.ts';
import type { Agent } from '../domain/agent.ts';
import { OWN_TOOLS } from '../definitions/agents/declaredSchemas.ts';
import type { AgentEntry, WorkflowEntry } from '../definitions/entries.ts';
import type { StepDraft, WorkflowDraft } from '../definitions/workflows/workflowDraft.ts';
import type { Offer } from './completion.ts';
import type { Known } from './known.ts';
import { ancestorsOf, dependentsOf } from './stepFacts.ts';

// What can be written where a name is wanted.

export function agentOffers({ agents }: Known): Offer[] {
  return agents.names.flatMap((name) => {
    const entry = agents.named(name);
    return entry === undefined
      ? []
      : [{ label: name, kind: 'agent', detail: entry.file, documentation: agentSummary(entry) }];
  });
}

/** Description, runner, criticality and file, a line each. */
export function agentSummary(entry: AgentEntry): string {
  if (entry.kind === 'invalid') {
    const error = entry.diagnostics.find(({ severity }) => severity === 'error');
    return [`It has problems: ${error?.message ?? 'see its file.'}`, entry.file].join('\n');
  }
  const { agent } = entry;
  return [
    ...(agent.description === '' ? [] : [agent.description, '']),
    executedBy(agent),
    ...(agent.asTool === undefined ? [] : [`Other agents ask it as ${agent.asTool.name}`]),
    `Criticality ${agent.criticality}`,
    entry.file,
  ].join('\n');
}

function executedBy({ runner }: Agent): string {
  switch (runner.kind) {
    case 'command':
      return `Command: ${oneLine(runner.command.join(' '))}`;
    case 'model':
      return `Model: ${runner.models.join(', ') || "the user's own choice"}`;
    case 'acp':
      return `Coding agent: ${oneLine(runner.launches[0]?.command.join(' ') ?? 'no way to start it')}`;
    case 'claude-code':
      return `Claude Code: ${runner.models.join(', ') || 'its own model'}`;
  }
}

/** Agents that can be asked first, then Sluice's own tools, then what other agents name. */
export function toolOffers({ agents, tools }: Known): Offer[] {
  const askable = agents.names.flatMap((name): Offer[] => {
    const entry = agents.named(name);
    const tool = entry?.kind === 'valid' ? entry.agent.asTool?.name : undefined;
    return entry === undefined || tool === undefined
      ? []
      : [{ label: tool, kind: 'agent', documentation: agentSummary(entry) }];
  });
  const others = new Set([...OWN_TOOLS, ...tools]);
  askable.forEach(({ label }) => others.delete(label));
  return [...askable, ...[...others].map((label): Offer => ({ label, kind: 'value' }))];
}

/**
 * Steps that may be needed: not the step itself, none that waits for it.
 * @param named those that are named already
 */
export function needOffers(
  draft: WorkflowDraft | undefined,
  step: StepDraft | undefined,
  named: readonly string[],
): Offer[] {
  const steps = draft?.steps ?? [];
  const waiting = step === undefined ? new Set<string>() : dependentsOf(step.id, steps);
  return steps
    .filter(({ id }) => id !== step?.id && !waiting.has(id) && !named.includes(id))
    .map(stepOffer);
}

export function stepOffer(step: StepDraft): Offer {
  return { label: step.id, kind: 'step', detail: whoDoes(step), documentation: stepSummary(step) };
}

function whoDoes(step: StepDraft): string {
  switch (step.kind) {
    case 'agent':
      return step.agent?.text ?? '';
    case 'gate':
      return 'gate';
    case 'workflow':
      return `workflow ${step.workflow?.text ?? ''}`.trim();
    case 'unknown':
      return '';
  }
}

/** Who does it, and the first line of what is asked. */
export function stepSummary(step: StepDraft): string {
  const firstLine = (text: string | undefined) => oneLine((text ?? '').trim().split('\n')[0] ?? '');
  switch (step.kind) {
    case 'agent':
      return [`Agent: ${step.agent?.text ?? 'none'}`, firstLine(step.prompt?.text)]
        .filter((line) => line !== '')
        .join('\n');
    case 'gate':
      return `Gate: ${firstLine(step.ask?.text)}`;
    case 'workflow':
      return `Workflow: ${step.workflow?.text ?? ''}`;
    case 'unknown':
      return 'A step that cannot be read.';
  }
}

/** @param own the file that names it: no workflow contains itself */
export function workflowOffers({ workflows }: Known, own: string): Offer[] {
  return workflows.names.flatMap((name) => {
    const entry = workflows.named(name);
    return entry === undefined || entry.file === own
      ? []
      : [
          {
            label: name,
            kind: 'workflow',
            detail: entry.file,
            documentation: workflowSummary(entry),
          },
        ];
  });
}

export function workflowFileOffers({ workflows }: Known, own: string): Offer[] {
  return workflows.files.flatMap((file) => {
    const entry = workflows.inFile(file);
    if (entry === undefined || file === own || path.isAbsolute(file)) {
      return [];
    }
    const relative = path.relative(path.dirname(own), file);
    return [
      {
        label: relative.startsWith('.') ? relative : `./${relative}`,
        kind: 'file',
        detail: entry.name,
        documentation: workflowSummary(entry),
      },
    ];
  });
}

export function workflowSummary(entry: WorkflowEntry): string {
  if (entry.kind === 'invalid') {
    const error = entry.diagnostics.find(({ severity }) => severity === 'error');
    return [`It has problems: ${error?.message ?? 'see its file.'}`, entry.file].join('\n');
  }
  const { description, inputs } = entry.workflow;
  const names = Object.keys(inputs);
  return [
    ...(description === '' ? [] : [description, '']),
    ...(names.length === 0 ? [] : [`Inputs: ${names.join(', ')}`]),
    entry.file,
  ].join('\n');
}

/** Files made by the steps a gate needs. */
export function shownOffers(
  draft: WorkflowDraft | undefined,
  gate: StepDraft | undefined,
): Offer[] {
  const needed = gate === undefined ? new Set<string>() : ancestorsOf(gate.id, draft?.steps ?? []);
  return (draft?.steps ?? []).flatMap((step) =>
    step.kind === 'agent' && needed.has(step.id)
      ? step.produces.map(({ file }): Offer => ({
          label: file.text,
          kind: 'file',
          detail: step.id,
        }))
      : [],
  );
}

/** Inputs of the workflow that the step is. */
export function givenOffers({ workflows }: Known, step: StepDraft | undefined): Offer[] {
  const mention = step?.kind === 'workflow' ? step.workflow : undefined;
  const entry =
    mention &&
    (mention.file === undefined ? workflows.named(mention.text) : workflows.inFile(mention.file));
  const inputs = entry?.kind === 'valid' ? Object.entries(entry.workflow.inputs) : [];
  return inputs.map(([name, input]) => ({
    label: name,
    kind: 'input',
    detail:
      input.default === undefined ? 'must be given' : `default: ${oneLine(input.default, 60)}`,
    documentation: input.description ?? '',
  }));
}
