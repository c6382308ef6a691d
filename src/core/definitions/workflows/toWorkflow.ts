import type { DebugRule } from '../../domain/debugging.ts';
import { agentName, stepId } from '../../domain/ids.ts';
import type {
  InputSpec,
  JsonValue,
  Matrix,
  MatrixValues,
  Step,
  Workflow,
} from '../../domain/workflow.ts';
import type { DebugDraft } from '../debugRule.ts';
import type { WorkflowIndex } from '../entries.ts';
import type { ProductSchemas } from './productSchemas.ts';
import type { SourceDocument } from '../source/sourceDocument.ts';
import { entryMentioned } from './nestedChecks.ts';
import { isList } from './readMatrix.ts';
import type { SchemaDraft, StepDraft, WorkflowDraft, Written } from './workflowDraft.ts';
import { withoutBraces } from '../references.ts';

/** The workflow that a file means. Only for a draft without errors. */
export function toWorkflow(
  draft: WorkflowDraft,
  document: SourceDocument,
  schemas: ProductSchemas,
  workflows: WorkflowIndex,
): Workflow {
  const { file, digest } = document.source;
  const inputs = Object.create(null) as Record<string, InputSpec>;
  for (const [name, input] of draft.inputs) {
    inputs[name] = input;
  }
  const valueOf = (schema: SchemaDraft | undefined): JsonValue | undefined => {
    const value = schema && schemas.valueOf(schema, document);
    if (value?.ok === false) {
      throw new Error('Internal error: a schema was taken for a valid one');
    }
    return value?.value;
  };
  return {
    name: draft.name,
    description: draft.description,
    inputs,
    steps: draft.steps.map((step) => stepOf(step, valueOf, workflows)),
    phases: (draft.phases ?? []).map(({ name, steps, checks }) => ({
      name: name.text,
      steps: steps.map(({ text }) => stepId(text)),
      checks,
    })),
    maxParallel: draft.maxParallel,
    onFailure: draft.onFailure,
    budget: draft.budget,
    cache: draft.cache,
    base: draft.base,
    validate: draft.validate,
    metadata: draft.metadata,
    file,
    digest,
  };
}

function stepOf(
  draft: StepDraft,
  valueOf: (schema: SchemaDraft | undefined) => JsonValue | undefined,
  workflows: WorkflowIndex,
): Step {
  const base = {
    id: stepId(draft.id),
    needs: distinct(draft.needs).map(stepId),
    condition: draft.condition && withoutBraces(draft.condition.text),
    matrix: matrixOf(draft.matrix),
    maxParallel: draft.maxParallel,
    metadata: draft.metadata,
  };
  switch (draft.kind) {
    case 'agent':
      // What is spread stands last: first, it makes an object of so many fields 25 times as dear.
      return {
        kind: 'agent',
        agent: agentName(draft.agent?.text ?? ''),
        prompt: draft.prompt?.text ?? '',
        env: recordOf(draft.env),
        produces: draft.produces.map(({ file, schema }) => ({
          path: file.text,
          schema: valueOf(schema),
        })),
        outputSchema: valueOf(draft.outputSchema),
        checks: draft.checks,
        limits: draft.limits,
        retry: draft.retry,
        effects: draft.effects,
        terms: draft.terms,
        ...base,
        ...(draft.debug && { debug: debugOf(draft.debug) }),
      };
    case 'gate':
      return {
        ...base,
        kind: 'gate',
        ask: draft.ask?.text ?? '',
        show: distinct(draft.show),
        ...(draft.choices.length > 0 && { choices: distinct(draft.choices) }),
        ...(draft.takesText && { takesText: true }),
      };
    case 'workflow':
      return {
        ...base,
        kind: 'workflow',
        workflow: entryMentioned(draft.workflow, workflows)?.name ?? '',
        with: recordOf(draft.with === 'unread' ? new Map() : draft.with),
      };
    case 'unknown':
      throw new Error(`Internal error: step ${draft.id} was taken for a valid one`);
  }
}

function debugOf({ attempts, depth, routing }: DebugDraft): DebugRule {
  const agents = routing.map(({ kind, agent }) => [kind, agentName(agent.text)] as const);
  return { attempts, depth, routing: Object.fromEntries(agents) };
}

function matrixOf(draft: StepDraft['matrix']): Matrix | undefined {
  if (draft === undefined || draft === 'unread') {
    return undefined;
  }
  const matrix = Object.create(null) as Record<string, MatrixValues>;
  for (const [name, values] of draft) {
    matrix[name] = isList(values)
      ? values.map(({ text }) => text)
      : 'text' in values
        ? values.text
        : { files: distinct(values.files) };
  }
  return matrix;
}

function recordOf(texts: ReadonlyMap<string, Written>): Readonly<Record<string, string>> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, { text }] of texts) {
    record[name] = text;
  }
  return record;
}

function distinct(texts: readonly Written[]): readonly string[] {
  return [...new Set(texts.map(({ text }) => text))];
}
