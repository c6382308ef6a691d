import { FILE_START } from '../../domain/diagnostic.ts';
import type { InvalidWorkflowEntry, WorkflowEntry } from '../entries.ts';
import * as importProblems from '../imports/importProblems.ts';
import { diagnosticAt, inReadingOrder } from '../source/problem.ts';
import * as problems from '../problems.ts';

/**
 * Runs are started by name, so of two workflows with one name the later one is refused. One of another
 * tool's file is only hidden: nobody has to change that file when its workflow has been converted.
 */
export function withUniqueNames(entries: readonly WorkflowEntry[]): WorkflowEntry[] {
  const first = new Map<string, WorkflowEntry>();
  return entries.map((entry) => {
    const earlier = first.get(entry.name);
    if (earlier === undefined) {
      first.set(entry.name, entry);
      return entry;
    }
    const { file, name, format, source } = entry;
    const isHidden = format !== 'sluice' && earlier.file !== file;
    const problem = diagnosticAt(
      file,
      source?.nameRange ?? FILE_START,
      isHidden
        ? importProblems.hiddenWorkflow(name, earlier.file)
        : problems.noSecondName(earlier.file),
      [
        {
          file: earlier.file,
          range: earlier.source?.nameRange ?? FILE_START,
          message: `"${name}" is the name of this workflow.`,
        },
      ],
    );
    const diagnostics = inReadingOrder([...entry.diagnostics, problem]);
    return isHidden
      ? { ...entry, shadowedBy: earlier.file, diagnostics }
      : { kind: 'invalid', file, name, format, source, diagnostics };
  });
}

/** What stands for a file of which one workflow is wanted and that does not hold exactly one. */
export function severalWorkflows(
  file: string,
  held: readonly WorkflowEntry[],
): InvalidWorkflowEntry {
  const names = held.map(({ name }) => name);
  return {
    kind: 'invalid',
    file,
    name: file,
    format: held[0]?.format ?? 'claude-json',
    source: undefined,
    diagnostics: [diagnosticAt(file, FILE_START, importProblems.notOneWorkflow(names))],
  };
}
