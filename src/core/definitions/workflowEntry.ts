import path from 'node:path/posix';
import { hasErrors, type Diagnostic } from '../domain/diagnostic.ts';
import { agentName, stepId } from '../domain/ids.ts';
import type { InputSpec, Step, Workflow } from '../domain/workflow.ts';
import { analyze } from './analysis.ts';
import type { AgentIndex, InvalidWorkflowEntry, WorkflowEntry } from './entries.ts';
import { inReadingOrder } from './problem.ts';
import { readWorkflow } from './readWorkflow.ts';
import { DocumentReader } from './shape.ts';
import type { SourceText } from './sourceText.ts';
import type { StepDraft, WorkflowDraft } from './workflowDraft.ts';
import { WorkflowSource } from './workflowSource.ts';
import { parseYaml } from './yamlSource.ts';

/** Everything that can be told of a workflow's file: pure, so that an editor can ask at every keystroke. */
export function readWorkflowText(source: SourceText, agents: AgentIndex): WorkflowEntry {
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return unreadWorkflow(source.file, diagnostics);
  }
  const reader = new DocumentReader(document, diagnostics);
  const draft = readWorkflow(reader, workflowNameByFile(source.file));
  analyze(draft, agents, reader);
  const entry = {
    file: source.file,
    name: draft.name,
    source: new WorkflowSource(document, draft),
    diagnostics: inReadingOrder(reader.diagnostics),
  };
  return hasErrors(entry.diagnostics)
    ? { ...entry, kind: 'invalid' }
    : { ...entry, kind: 'valid', workflow: workflowOf(draft, source) };
}

/** The entry of a file of which nothing is known but its name. */
export function unreadWorkflow(
  file: string,
  diagnostics: readonly Diagnostic[],
): InvalidWorkflowEntry {
  return {
    kind: 'invalid',
    file,
    name: workflowNameByFile(file),
    source: undefined,
    diagnostics: inReadingOrder(diagnostics),
  };
}

function workflowNameByFile(file: string): string {
  const name = path.basename(file.replaceAll('\\', '/'));
  return name.replace(/\.[^.]*$/, '') || name;
}

/** Only for a draft without errors. */
function workflowOf(draft: WorkflowDraft, { file, digest }: SourceText): Workflow {
  const inputs = Object.create(null) as Record<string, InputSpec>;
  for (const [name, input] of draft.inputs) {
    inputs[name] = input;
  }
  return {
    name: draft.name,
    description: draft.description,
    inputs,
    steps: draft.steps.map(stepOf),
    maxParallel: draft.maxParallel,
    file,
    digest,
  };
}

function stepOf(draft: StepDraft): Step {
  const base = {
    id: stepId(draft.id),
    needs: [...new Set(draft.needs.map(({ text }) => text))].map(stepId),
  };
  switch (draft.kind) {
    case 'agent': {
      const env = Object.create(null) as Record<string, string>;
      for (const [name, { text }] of draft.env) {
        env[name] = text;
      }
      return {
        ...base,
        kind: 'agent',
        agent: agentName(draft.agent?.text ?? ''),
        prompt: draft.prompt?.text ?? '',
        env,
        produces: [...new Set(draft.produces.map(({ text }) => text))],
        timeoutMs: draft.timeoutMs,
      };
    }
    case 'gate':
      return {
        ...base,
        kind: 'gate',
        ask: draft.ask?.text ?? '',
        show: [...new Set(draft.show.map(({ text }) => text))],
      };
    case 'unknown':
      throw new Error(`Internal error: step ${draft.id} was taken for a valid one`);
  }
}
