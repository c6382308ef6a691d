import { FILE_START } from '../../domain/diagnostic.ts';
import { readCacheInputs, readCacheRule } from '../cacheRule.ts';
import { isName, NAME_RULE } from '../commonSchema.ts';
import * as problems from '../problems.ts';
import { readInputs } from './readInputs.ts';
import { eitherWord, readMetadata } from '../source/readParts.ts';
import { readChecks } from '../readCommand.ts';
import { readPhases } from './readPhases.ts';
import { readStepList } from './readSteps.ts';
import type { DocumentReader } from '../source/shape.ts';
import { toBudget } from '../terms.ts';
import { emptyDraft, type WorkflowDraft } from './workflowDraft.ts';
import { workflowHeadSchema } from './workflowSchema.ts';

/**
 * A workflow in any of its spellings. Whatever does not have the shape it should is reported to
 * `reader` and left out.
 * @param fileName without its ending: the name of a workflow that gives none
 */
export function readWorkflow(reader: DocumentReader, fileName: string): WorkflowDraft {
  const { root } = reader.document;
  const draft = (given: Partial<WorkflowDraft>): WorkflowDraft => ({
    ...emptyDraft(fileName),
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
    budget: toBudget(head.budget),
    cache: readCacheRule(reader, ['cache'], head.cache),
    cacheInputs: readCacheInputs(reader, ['cache'], head.cache),
    base: head.base,
    validate: readChecks(reader, ['validate'], head.validate),
    metadata: readMetadata(reader, []),
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
