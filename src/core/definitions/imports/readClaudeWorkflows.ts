import { literal } from '../../domain/expression.ts';
import { z } from 'zod';
import { NO_TERMS } from '../../domain/terms.ts';
import type { ClaudeSettings } from './claudeSettings.ts';
import { isName, NAME_RULE, text, textOrList } from '../commonSchema.ts';
import { keptFields } from './keptFields.ts';
import { readListedSteps, type ListedStep } from '../workflows/listedSteps.ts';
import * as problems from '../problems.ts';
import { eitherWord, readList, readText } from '../source/readParts.ts';
import { readStepList } from '../workflows/readSteps.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceNode } from '../source/sourceNode.ts';
import {
  agentStep,
  emptyDraft,
  type StepDraft,
  type WorkflowDraft,
} from '../workflows/workflowDraft.ts';

// The workflows of `.claude/claude.json`. Fields that are not named here are kept, never refused.

const headSchema = z.looseObject({
  name: text.optional(),
  description: text.optional(),
  steps: z.unknown().optional(),
});

const stepSchema = z.looseObject({
  id: text,
  agent: text,
  task: text.optional(),
  prompt: text.optional(),
  dependencies: textOrList.optional(),
  needs: textOrList.optional(),
});

/** True for fields with workflows by name among them, which only such a file has. */
export function looksLikeClaudeJson(root: SourceNode): boolean {
  return (
    root.kind === 'map' &&
    root.fields.get('workflows')?.node.kind === 'map' &&
    !root.fields.has('steps') &&
    !root.fields.has('phases')
  );
}

/** One workflow of the file, by its name there. What is wrong is reported to `reader` and left out. */
export function readClaudeWorkflow(
  reader: DocumentReader,
  name: string,
  settings: ClaudeSettings,
): WorkflowDraft {
  const path = ['workflows', name];
  const node = reader.document.nodeAt(path);
  if (!isName(name)) {
    reader.report(path, problems.wrongValue("A workflow's name", NAME_RULE), 'key');
  }
  const head = node?.kind === 'map' ? reader.fields(headSchema, path, node.value) : {};
  const textOf = (field: 'name' | 'description') =>
    head[field] === undefined ? '' : reader.textAt([...path, field]);
  const steps = readSteps(reader, node?.kind === 'map' ? [...path, 'steps'] : path);
  const others = keptFields(node, 'steps', 'description');
  return {
    ...emptyDraft(name),
    description: textOf('description') || textOf('name'),
    maxParallel: settings.maxParallel,
    steps: steps.map((step) =>
      step.kind === 'agent' && step.agent !== undefined
        ? { ...step, terms: { ...NO_TERMS, cache: settings.cacheOf(step.agent.text) } }
        : step,
    ),
    metadata: {
      claude: { ...settings.blocks, ...(others === undefined ? {} : { workflow: others }) },
    },
  };
}

function readSteps(reader: DocumentReader, path: SourcePath): readonly StepDraft[] {
  const node = reader.document.nodeAt(path);
  if (node?.kind !== 'list') {
    reader.report(
      path,
      node === undefined
        ? problems.missingField('"steps"')
        : problems.wrongValue(`"${String(path.at(-1))}"`, 'must be a list of agents or steps'),
    );
    return [];
  }
  return node.items[0]?.kind === 'map'
    ? readListedSteps(reader, path, (step) => readStep(reader, step))
    : readStepList(reader, path);
}

/** What stands in full in the fields of a step; all else is kept beside them. */
const IN_STEP = ['id', 'agent', 'task', 'prompt', 'dependencies', 'needs'] as const;

function readStep(reader: DocumentReader, { id, path, node }: ListedStep): StepDraft {
  const others = keptFields(node, ...IN_STEP);
  const fields = reader.fields(stepSchema, path, node.value);
  const needs = eitherWord(reader, path, 'needs', 'dependencies', fields);
  const asked = eitherWord(reader, path, 'prompt', 'task', fields);
  const prompt = readText(reader, [...path, asked], fields[asked]);
  return {
    ...agentStep(id, path),
    metadata: others && { claude: others },
    agent: readText(reader, [...path, 'agent'], fields.agent),
    needs: readList(reader, [...path, needs], fields[needs]),
    prompt: prompt && { ...prompt, text: literal(prompt.text) },
  };
}
