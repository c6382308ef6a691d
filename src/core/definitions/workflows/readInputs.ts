import { inputFault, type InputSpec } from '../../domain/workflow.ts';
import * as problems from '../problems.ts';
import { readList } from '../source/readParts.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MapNode } from '../source/sourceNode.ts';
import { INPUT_NAME, INPUT_NAME_RULE } from './stepSchema.ts';
import * as workflowProblems from './workflowProblems.ts';
import { inputSchema } from './workflowSchema.ts';

const ANY_TEXT: InputSpec = {
  type: 'string',
  options: [],
  description: undefined,
  default: undefined,
};

/** The inputs of a workflow, in the order written. */
export function readInputs(reader: DocumentReader): ReadonlyMap<string, InputSpec> {
  const inputs = new Map<string, InputSpec>();
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
      inputs.set(name, ANY_TEXT);
    } else if (value.kind === 'scalar') {
      inputs.set(name, { ...ANY_TEXT, ...(value.value === null ? {} : { default: value.text }) });
    } else {
      inputs.set(name, readInput(reader, at, value));
    }
  }
  return inputs;
}

function readInput(reader: DocumentReader, path: SourcePath, node: MapNode): InputSpec {
  const fields = reader.fields(inputSchema, path, node.value);
  const textOf = (field: 'description' | 'default') =>
    fields[field] === undefined ? undefined : reader.textAt([...path, field]);
  const spec: InputSpec = {
    type: fields.type ?? (fields.options === undefined ? 'string' : 'choice'),
    options: readOptions(reader, [...path, 'options'], fields.options),
    description: textOf('description'),
    default: textOf('default'),
  };
  // What is wrong by itself has been told and says nothing of the rest.
  const isRead = (field: string) => Object.hasOwn(fields, field) || !node.fields.has(field);
  if (isRead('type') && isRead('options')) {
    checkType(reader, path, spec, fields);
  }
  if (fields.required === true && node.fields.has('default')) {
    reader.report([...path, 'required'], workflowProblems.requiredWithDefault(), 'key');
  } else if (fields.required === false && !node.fields.has('default')) {
    reader.report([...path, 'required'], workflowProblems.notRequiredWithoutDefault(), 'key');
  }
  return spec;
}

function checkType(
  reader: DocumentReader,
  path: SourcePath,
  spec: InputSpec,
  fields: { readonly options?: unknown },
): void {
  if (spec.type !== 'choice' && fields.options !== undefined) {
    reader.report([...path, 'options'], workflowProblems.optionsWithoutChoice(spec.type), 'key');
    return;
  }
  if (spec.type === 'choice' && fields.options === undefined) {
    reader.report([...path, 'type'], workflowProblems.choiceWithoutOptions());
    return;
  }
  const fault = spec.default === undefined ? undefined : inputFault(spec, spec.default);
  if (fault !== undefined && spec.default !== undefined) {
    const meant = reader.suggestions.for(spec.default, spec.options);
    reader.report([...path, 'default'], workflowProblems.badDefault(fault, spec.default, meant));
  }
}

function readOptions(reader: DocumentReader, path: SourcePath, value: unknown): readonly string[] {
  const options = new Set<string>();
  for (const { text, path: at } of readList(reader, path, value)) {
    if (options.has(text)) {
      reader.report(at, workflowProblems.optionTwice(text));
    }
    options.add(text);
  }
  return [...options];
}
