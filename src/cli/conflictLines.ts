import { formatBytes, oneLine } from '../core/base/text.ts';
import type { FileVersion } from '../core/domain/event.ts';
import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { ConflictChoice, ConflictKind, MergeConflict } from '../core/domain/merge.ts';
import { shellWord } from './shellWord.ts';

// A merge that stopped, in words: the three versions of each path, and how to take one of them.

/** What the two sides did, as the rest of a line about the path. */
const KINDS: Readonly<Record<ConflictKind, string>> = {
  content: 'both changed the same lines',
  added: 'both made it, and differently',
  removed: 'one changed what the other removed',
  binary: 'both changed it, and it cannot be merged line by line',
  folder: 'it is a file for one and a folder for the other',
  mode: 'only one of them lets it be executed',
  kind: 'there is a link or a submodule',
};

/** Paths of which the commands are spelled out. */
const MOST_COMMANDS = 3;

/** A path that could not be merged, and what a person has taken for it. */
export interface OpenPath extends MergeConflict {
  readonly choice: ConflictChoice | undefined;
}

/** @param conflicts those that still need a choice are told, the others counted */
export function conflictLines(
  run: RunId,
  task: TaskId,
  conflicts: readonly OpenPath[],
): readonly string[] {
  const open = conflicts.filter(({ choice }) => choice === undefined);
  const settled = conflicts.length - open.length;
  const theirs = `what ${task} made of it`;
  return [
    `The result of ${task} cannot be merged without you: ${pathsText(open.length)}${settled === 0 ? '' : `, ${settled} chosen`}.`,
    ...open.flatMap(({ path, kind, was, ours, theirs: made }) => [
      `  ${oneLine(path, Infinity)}: ${KINDS[kind]}`,
      `    was     ${versionText(was)}  before either`,
      `    ours    ${versionText(ours)}  as it is merged so far`,
      `    theirs  ${versionText(made)}  ${theirs}`,
    ]),
    ...commandLines(run, open),
  ];
}

function pathsText(paths: number): string {
  return paths === 1 ? '1 path conflicts' : `${paths} paths conflict`;
}

function versionText(version: FileVersion | undefined): string {
  if (version === undefined) {
    return 'no file';
  }
  return `${formatBytes(version.bytes)}${version.executable ? ', executable' : ''}`;
}

function commandLines(run: RunId, open: readonly MergeConflict[]): readonly string[] {
  if (open.length === 0) {
    return [];
  }
  const paths = open.slice(0, MOST_COMMANDS).map(({ path }) => shellWord(path));
  const [first = ''] = paths;
  const all = `${paths.join(' ')}${open.length > paths.length ? ' …' : ''}`;
  return [
    `See them with: sluice merge ${run} --versions <folder>`,
    `Choose with: sluice merge ${run} --take ours ${all}   or: --take theirs ${all}   or: --take-file ${first}=<your file>`,
  ];
}
