import { FILE_START } from '../domain/diagnostic.ts';
import { isName, NAME_RULE } from './commonSchema.ts';
import * as problems from './problems.ts';
import { eitherWord } from './readParts.ts';
import { readPhases } from './readPhases.ts';
import { readStepList } from './readSteps.ts';
import type { DocumentReader } from './shape.ts';
import { INPUT_NAME, INPUT_NAME_RULE } from './stepSchema.ts';
import type { InputDraft, WorkflowDraft } from './workflowDraft.ts';
import { inputSchema, workflowHeadSchema } from './workflowSchema.ts';

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
    onFailure: 'continue',
    steps: [],
    phases: undefined,
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
    onFailure: readOnFailure(reader, head),
    ...readPhases(reader),
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

function readOnFailure(
  reader: DocumentReader,
  head: {
    readonly 'on-failure'?: WorkflowDraft['onFailure'] | undefined;
    readonly 'fail-fast'?: boolean | undefined;
  },
): WorkflowDraft['onFailure'] {
  return eitherWord(reader, [], 'fail-fast', 'on-failure', head) === 'fail-fast'
    ? head['fail-fast'] === true
      ? 'stop'
      : 'continue'
    : (head['on-failure'] ?? 'continue');
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
