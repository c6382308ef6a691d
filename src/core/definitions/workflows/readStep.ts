import { fileUsed } from './fileUsed.ts';
import { readAgentStep } from './readAgentStep.ts';
import { readMatrix } from './readMatrix.ts';
import { eitherWord, readList, readMetadata, readText, readTexts } from '../source/readParts.ts';
import * as problems from '../problems.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import {
  agentStepSchema,
  gateHeadSchema,
  gateQuestionSchema,
  nestedStepSchema,
} from './stepSchema.ts';
import type { StepDraft, WorkflowMention } from './workflowDraft.ts';
import * as workflowProblems from './workflowProblems.ts';

/** What tells a step that is a workflow. */
const NESTED_WORDS = ['workflow', 'uses'] as const;

type StepFields = Readonly<Record<string, unknown>>;

/** A step of any kind, told by the field that names who does it. */
export function readStep(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: StepFields,
): StepDraft {
  const nested = NESTED_WORDS.find((word) => word in value);
  if (nested !== undefined) {
    if (!('agent' in value) && !('gate' in value)) {
      return readNested(reader, id, path, value);
    }
    reader.report([...path, nested], workflowProblems.twoKinds(nested), 'key');
    const { workflow: _, uses: __, ...rest } = value;
    return readStep(reader, id, path, rest);
  }
  if (!('gate' in value)) {
    return readAgent(reader, id, path, value);
  }
  if ('agent' in value) {
    reader.report([...path, 'gate'], workflowProblems.twoKinds('gate'), 'key');
    const { gate: _, ...rest } = value;
    return readAgent(reader, id, path, rest);
  }
  return readGate(reader, id, path, value);
}

function readAgent(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: StepFields,
): StepDraft {
  const fields = reader.fields(agentStepSchema, path, value, (key) => fieldOfOther(key, 'agent'));
  return readAgentStep(reader, readCommon(reader, id, path, value, fields), fields);
}

/** A gate that asks to be approved and no more. */
const PLAIN = { show: [], choices: [], takesText: false } as const;

function readGate(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: StepFields,
): StepDraft {
  const fields = reader.fields(gateHeadSchema, path, value, (key) => fieldOfOther(key, 'gate'));
  const gatePath = [...path, 'gate'];
  const gate = reader.document.nodeAt(gatePath);
  const base = { kind: 'gate' as const, ...readCommon(reader, id, path, value, fields) };
  if (gate?.kind === 'map') {
    const details = reader.fields(gateQuestionSchema, gatePath, gate.value);
    return {
      ...base,
      ask: readText(reader, [...gatePath, 'ask'], details.ask),
      show: readList(reader, [...gatePath, 'show'], details.show),
      choices: readList(reader, [...gatePath, 'choices'], details.choices),
      takesText: details.input === true,
    };
  }
  const ask = gate?.kind === 'scalar' ? gate.value : undefined;
  if (typeof ask === 'string' && /\S/.test(ask)) {
    return { ...base, ...PLAIN, ask: { text: ask, path: gatePath } };
  }
  reader.report(gatePath, problems.wrongValue('"gate"', 'must be a question'));
  return { ...base, ...PLAIN, ask: undefined };
}

function readNested(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: StepFields,
): StepDraft {
  const fields = reader.fields(nestedStepSchema, path, value, (key) =>
    fieldOfOther(key, 'workflow'),
  );
  return {
    kind: 'workflow',
    ...readCommon(reader, id, path, value, fields),
    workflow: readMention(reader, path, fields),
    with:
      fields.with === undefined && 'with' in value
        ? 'unread'
        : readTexts(reader, [...path, 'with'], fields.with),
  };
}

function readMention(
  reader: DocumentReader,
  path: SourcePath,
  fields: { readonly workflow?: unknown; readonly uses?: unknown },
): WorkflowMention | undefined {
  const word = eitherWord(reader, path, 'uses', 'workflow', fields);
  const written = readText(reader, [...path, word], fields[word]);
  return (
    written && {
      ...written,
      file: word === 'uses' ? fileUsed(reader.file, written.text) : undefined,
    }
  );
}

function readCommon(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: StepFields,
  fields: {
    readonly needs?: unknown;
    readonly dependencies?: unknown;
    readonly if?: unknown;
    readonly matrix?: unknown;
    readonly 'max-parallel'?: number | undefined;
  },
) {
  const needs = eitherWord(reader, path, 'dependencies', 'needs', fields);
  return {
    id,
    path,
    needs: readList(reader, [...path, needs], fields[needs]),
    condition: readText(reader, [...path, 'if'], fields.if),
    matrix: readMatrix(reader, [...path, 'matrix'], value['matrix'], fields.matrix),
    maxParallel: readLanesAtOnce(reader, path, value, fields['max-parallel']),
    metadata: readMetadata(reader, path),
  };
}

function readLanesAtOnce(
  reader: DocumentReader,
  path: SourcePath,
  value: StepFields,
  atOnce: number | undefined,
): number | undefined {
  if (atOnce !== undefined && !('matrix' in value)) {
    reader.report([...path, 'max-parallel'], workflowProblems.lanesAtOnceWithoutLanes(), 'key');
    return undefined;
  }
  return atOnce;
}

/** What to say of a field that another kind of step has. */
function fieldOfOther(key: string, kind: StepDraft['kind']) {
  if (kind !== 'gate' && Object.hasOwn(gateQuestionSchema.shape, key)) {
    return problems.fieldOfOther(key, 'a gate');
  }
  if (kind !== 'agent' && Object.hasOwn(agentStepSchema.shape, key)) {
    return problems.fieldOfOther(key, "an agent's step");
  }
  return kind !== 'workflow' && key === 'with'
    ? problems.fieldOfOther(key, 'a step that is a workflow')
    : undefined;
}
