import { FILE_START } from '../domain/diagnostic.ts';
import { isStepId, slug } from '../domain/ids.ts';
import { isName, NAME_RULE } from './commonSchema.ts';
import { parseDuration } from './duration.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './shape.ts';
import type { SourcePath } from './sourceDocument.ts';
import type { MapNode } from './sourceNode.ts';
import type { InputDraft, StepDraft, WorkflowDraft, Written } from './workflowDraft.ts';
import {
  agentStepSchema,
  gateHeadSchema,
  gateQuestionSchema,
  INPUT_NAME,
  INPUT_NAME_RULE,
  inputSchema,
  workflowHeadSchema,
} from './workflowSchema.ts';

/** What a run is built to carry. */
const MAX_STEPS = 10_000;

/**
 * A workflow in any of its spellings. Whatever does not have the shape it should is reported to
 * `reader` and left out.
 * @param fileName without its ending: the name of a workflow that gives none
 */
export function readWorkflow(reader: DocumentReader, fileName: string): WorkflowDraft {
  const { root } = reader.document;
  const draft = (given: Partial<WorkflowDraft>): WorkflowDraft => ({
    name: fileName,
    description: '',
    inputs: new Map(),
    maxParallel: undefined,
    steps: [],
    ...given,
  });
  if (root.kind === 'list') {
    return draft({ steps: readStepList(reader, []) });
  }
  if (root.kind === 'scalar') {
    if (root.value === null) {
      reader.reportAt(FILE_START, problems.emptyFile('a workflow with "steps"'));
    } else {
      reader.report([], problems.notFields('A workflow'));
    }
    return draft({});
  }
  const head = reader.fields(workflowHeadSchema, [], root.value);
  return draft({
    ...(head.name === undefined ? {} : readName(reader)),
    description: head.description === undefined ? '' : reader.textAt(['description']),
    inputs: readInputs(reader),
    maxParallel: head['max-parallel'],
    steps: readSteps(reader),
  });
}

function readName(reader: DocumentReader): Partial<WorkflowDraft> {
  const name = reader.textAt(['name']);
  if (!isName(name)) {
    reader.report(['name'], problems.wrongValue('"name"', NAME_RULE));
    return {};
  }
  return { name };
}

function readInputs(reader: DocumentReader): ReadonlyMap<string, InputDraft> {
  const inputs = new Map<string, InputDraft>();
  const path = ['inputs'];
  const node = reader.document.nodeAt(path);
  if (node !== undefined && node.kind !== 'map') {
    reader.report(path, problems.notFields('"inputs"'));
  }
  for (const [name, { node: value }] of node?.kind === 'map' ? node.fields : []) {
    const at = [...path, name];
    if (!INPUT_NAME.test(name)) {
      reader.report(
        at,
        problems.wrongValue(`"${name}"`, `must be made of ${INPUT_NAME_RULE}`),
        'key',
      );
    }
    if (value.kind === 'list') {
      reader.report(at, problems.wrongKind(`"${name}"`, ['a text', 'fields'], 'a list'));
      inputs.set(name, { description: undefined, default: undefined });
    } else if (value.kind === 'scalar') {
      inputs.set(name, {
        description: undefined,
        default: value.value === null ? undefined : value.text,
      });
    } else {
      const fields = reader.fields(inputSchema, at, value.value);
      const textOf = (field: 'description' | 'default') =>
        fields[field] === undefined ? undefined : reader.textAt([...at, field]);
      inputs.set(name, { description: textOf('description'), default: textOf('default') });
    }
  }
  return inputs;
}

function readSteps(reader: DocumentReader): readonly StepDraft[] {
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
  if (node.kind === 'scalar' || node.fields.size === 0) {
    reader.report(path, problems.noSteps());
    return [];
  }
  if (node.fields.size > MAX_STEPS) {
    reader.report(path, problems.tooManySteps(MAX_STEPS), 'key');
    return [];
  }
  return [...node.fields].map(([id, { node: value }]) => {
    const at = [...path, id];
    if (!isStepId(id)) {
      reader.report(at, problems.badStepId(id), 'key');
    }
    if (value.kind !== 'map') {
      reader.report(at, problems.notAStep(`"${id}"`));
      return { kind: 'unknown', id, path: at, needs: [] };
    }
    return readStep(reader, id, at, value.value);
  });
}

function readStepList(reader: DocumentReader, path: SourcePath): readonly StepDraft[] {
  const node = reader.document.nodeAt(path);
  const items = node?.kind === 'list' ? node.items : [];
  const [first] = items;
  if (first === undefined) {
    reader.report(path, problems.noSteps());
    return [];
  }
  if (items.length > MAX_STEPS) {
    reader.report([...path, MAX_STEPS], problems.tooManySteps(MAX_STEPS));
    return [];
  }
  const odd = items.findIndex(
    ({ kind }) => kind === 'list' || (kind === 'scalar') !== (first.kind === 'scalar'),
  );
  if (odd !== -1) {
    reader.report([...path, odd], problems.mixedList());
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
      reader.report(idPath, problems.badStepId(id));
    }
    const step = readStep(reader, id, at, value);
    const earlier = steps.get(id);
    if (earlier !== undefined && id !== '') {
      reader.reportAt(reader.document.rangeOf(idPath), problems.duplicateId(id), [
        {
          file: reader.file,
          range: reader.document.rangeOf([...earlier.path, 'id']),
          message: `The first step "${id}" is here.`,
        },
      ]);
    } else if (id !== '') {
      steps.set(id, step);
    }
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
    steps.push({
      kind: 'agent',
      id,
      path: at,
      needs,
      agent,
      prompt: undefined,
      env: new Map(),
      produces: [],
      timeoutMs: undefined,
    });
    needs = [{ text: id, path: at }];
  }
  return steps;
}

function readStep(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: Readonly<Record<string, unknown>>,
): StepDraft {
  if (!('gate' in value)) {
    return readAgentStep(reader, id, path, value);
  }
  if ('agent' in value) {
    reader.report([...path, 'gate'], problems.agentAndGate(), 'key');
    const { gate: _, ...rest } = value;
    return readAgentStep(reader, id, path, rest);
  }
  return readGate(reader, id, path, value);
}

function readAgentStep(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: Readonly<Record<string, unknown>>,
): StepDraft {
  const fields = reader.fields(agentStepSchema, path, value, (key) =>
    key === 'ask' || key === 'show' ? problems.fieldOfOther(key, 'a gate') : undefined,
  );
  const written = (field: keyof typeof fields): Written | undefined =>
    fields[field] === undefined
      ? undefined
      : { text: reader.textAt([...path, field]), path: [...path, field] };
  const timeout = fields.timeout === undefined ? undefined : parseDuration(fields.timeout);
  return {
    kind: 'agent',
    id,
    path,
    needs: readNeeds(reader, path, fields),
    agent: written('agent'),
    prompt:
      eitherWord(reader, path, 'task', 'prompt', fields) === 'task'
        ? written('task')
        : written('prompt'),
    env: readTexts(reader, [...path, 'env'], fields.env),
    produces: readList(reader, [...path, 'produces'], fields.produces),
    timeoutMs: timeout,
  };
}

function readGate(
  reader: DocumentReader,
  id: string,
  path: SourcePath,
  value: Readonly<Record<string, unknown>>,
): StepDraft {
  const fields = reader.fields(gateHeadSchema, path, value, (key) =>
    Object.hasOwn(agentStepSchema.shape, key)
      ? problems.fieldOfOther(key, "an agent's step")
      : undefined,
  );
  const gatePath = [...path, 'gate'];
  const gate = reader.document.nodeAt(gatePath);
  const base = { kind: 'gate' as const, id, path, needs: readNeeds(reader, path, fields) };
  if (gate?.kind === 'map') {
    const details = reader.fields(gateQuestionSchema, gatePath, gate.value);
    const askPath = [...gatePath, 'ask'];
    return {
      ...base,
      ask: details.ask === undefined ? undefined : { text: details.ask, path: askPath },
      show: readList(reader, [...gatePath, 'show'], details.show),
    };
  }
  const ask = gate?.kind === 'scalar' ? gate.value : undefined;
  if (typeof ask === 'string' && /\S/.test(ask)) {
    return { ...base, ask: { text: ask, path: gatePath }, show: [] };
  }
  reader.report(gatePath, problems.wrongValue('"gate"', 'must be a question'));
  return { ...base, ask: undefined, show: [] };
}

function readNeeds(
  reader: DocumentReader,
  path: SourcePath,
  fields: { readonly needs?: unknown; readonly dependencies?: unknown },
): readonly Written[] {
  const field = eitherWord(reader, path, 'dependencies', 'needs', fields);
  return readList(reader, [...path, field], fields[field]);
}

/** Which of two words for one field is written; both is a fault, and then the first one counts. */
function eitherWord<Alias extends string, Field extends string>(
  reader: DocumentReader,
  path: SourcePath,
  alias: Alias,
  field: Field,
  fields: Readonly<Partial<Record<Alias | Field, unknown>>>,
): Alias | Field {
  if (fields[alias] === undefined) {
    return field;
  }
  if (fields[field] === undefined) {
    return alias;
  }
  reader.report([...path, alias], problems.twoWords(alias, field), 'key');
  return field;
}

/** A text or a list of texts, as the schema has found it. */
function readList(reader: DocumentReader, path: SourcePath, value: unknown): readonly Written[] {
  if (value === undefined) {
    return [];
  }
  const paths = Array.isArray(value) ? value.map((_, index) => [...path, index]) : [path];
  return paths.map((at) => ({ text: reader.textAt(at), path: at }));
}

/** Texts by name, in the order written. */
function readTexts(
  reader: DocumentReader,
  path: SourcePath,
  value: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, Written> {
  const keys = value === undefined ? [] : reader.document.keysAt(path);
  return new Map(
    keys.map((key) => [key, { text: reader.textAt([...path, key]), path: [...path, key] }]),
  );
}
