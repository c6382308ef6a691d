import fs from 'node:fs';
import path from 'node:path';
import { oneLine, plainText, thrownMessage } from '../core/base/text.ts';
import type { TaskId } from '../core/domain/ids.ts';
import type { FileChange } from '../core/domain/merge.ts';
import { changedFile, lineCounts, unifiedDiff, type ChangedFile } from './diff/fileDiff.ts';
import { statLines } from './diff/statLines.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { CommandFailure, findRun, findTask, type Session } from './session.ts';
import { paint, type Colour, type Terminal } from './terminal.ts';

interface DiffOptions {
  readonly json?: boolean;
  readonly stat?: boolean;
  readonly nameOnly?: boolean;
}

interface TaskChanges {
  readonly task: TaskId;
  readonly changes: readonly FileChange[];
}

/** `sluice diff`: what tasks did to files. */
export async function diff(
  session: Session,
  [text = '', name]: readonly string[],
  { json = false, stat = false, nameOnly = false }: DiffOptions,
): Promise<ExitCode> {
  if (stat && nameOnly) {
    throw new CommandFailure('Name one of --stat and --name-only, not both.');
  }
  const { sluice, terminal } = session;
  const entry = findRun(sluice, text);
  const { run, plan } = entry;
  const asked = name === undefined ? plan.tasks.map(({ id }) => id) : [findTask(entry, name)];
  const all = asked
    .map((task): TaskChanges => ({ task, changes: sluice.results.changes(run, task) }))
    .filter(({ changes }) => changes.length > 0);
  if (all.length === 0) {
    terminal.err(
      name === undefined
        ? `No task of ${run} has changed a file.\n`
        : `"${name}" of ${run} has changed no file.\n`,
    );
  } else if (nameOnly) {
    terminal.out(json ? nameFacts(run, all) : nameLines(all));
  } else {
    const prefix = prefixOf(sluice.folder);
    for (const one of all) {
      await tellTask(session, run, one, { json, stat, prefix, isOnly: name !== undefined });
    }
  }
  return EXIT.succeeded;
}

async function tellTask(
  session: Session,
  run: string,
  { task, changes }: TaskChanges,
  {
    json,
    stat,
    prefix,
    isOnly,
  }: {
    readonly json: boolean;
    readonly stat: boolean;
    readonly prefix: string;
    readonly isOnly: boolean;
  },
): Promise<void> {
  const { terminal } = session;
  if (!json && !isOnly) {
    // No part of a diff: whoever applies it passes it over.
    terminal.out(`${paint(terminal, 'bold', `# ${task}`)}\n`);
  }
  const files: ChangedFile[] = [];
  for (const change of changes) {
    const file = await fileOf(session, task, change);
    if (json) {
      const patch = stat ? {} : { patch: textOf(unifiedDiff(file, prefix)) };
      terminal.out(`${JSON.stringify({ run, task, ...changeFacts(file), ...patch })}\n`);
    } else if (stat) {
      files.push(file);
    } else {
      tellDiff(terminal, unifiedDiff(file, prefix));
    }
  }
  if (files.length > 0) {
    terminal.out(`${statLines(files, terminal.width).join('\n')}\n`);
  }
}

async function fileOf({ sluice }: Session, task: TaskId, change: FileChange): Promise<ChangedFile> {
  try {
    return await changedFile(change, (version) => sluice.results.bytes(version));
  } catch (thrown) {
    throw new CommandFailure(
      `What "${task}" did to ${oneLine(change.path)} cannot be read: ${thrownMessage(thrown)}`,
      EXIT.failed,
    );
  }
}

const COLOURS: readonly (readonly [RegExp, Colour])[] = [
  [/^(?:diff|---|\+\+\+|old mode|new mode|new file|deleted file)/, 'bold'],
  [/^@@/, 'blue'],
  [/^\+/, 'green'],
  [/^-/, 'red'],
];

/** On a screen nothing of a file moves the cursor; in a pipe it is byte by byte what the file holds. */
function tellDiff(terminal: Terminal, lines: readonly string[]): void {
  if (!terminal.live) {
    terminal.out(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
    return;
  }
  const firstHunk = lines.findIndex((line) => line.startsWith('@@'));
  const shown = lines.map((line, at) => {
    const isHead = firstHunk === -1 || at < firstHunk;
    // A removed line may begin with two dashes itself.
    const colours = isHead ? COLOURS.slice(0, 1) : COLOURS.slice(1);
    const colour = colours.find(([pattern]) => pattern.test(line))?.[1];
    const text = plainText(textOf([line]));
    return colour === undefined ? text : paint(terminal, colour, text);
  });
  terminal.out(`${shown.join('\n')}\n`);
}

/** What is not UTF-8 is shown as what it is not. */
function textOf(lines: readonly string[]): string {
  return Buffer.from(lines.join('\n'), 'latin1').toString('utf8');
}

function nameLines(all: readonly TaskChanges[]): string {
  const names = new Set(all.flatMap(({ changes }) => changes.map((change) => change.path)));
  return [...names]
    .sort()
    .map((name) => `${plainText(name)}\n`)
    .join('');
}

function nameFacts(run: string, all: readonly TaskChanges[]): string {
  return all
    .flatMap(({ task, changes }) =>
      changes.map((change) => `${JSON.stringify({ run, task, ...versionFacts(change) })}\n`),
    )
    .join('');
}

function changeFacts(file: ChangedFile): object {
  return { ...versionFacts(file.change), lines: lineCounts(file) ?? null };
}

function versionFacts({ path: name, was, is }: FileChange): object {
  const how = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
  return { path: name, how, was: was ?? null, is: is ?? null };
}

/**
 * What stands before the paths of a diff, with its last slash: as Git, they start at the root of the work tree, so
 * that `git apply` takes them in whatever folder. @param folder absolute
 */
function prefixOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, '.git'))) {
      const below = path.relative(at, folder).split(path.sep).join('/');
      return below === '' ? '' : `${below}/`;
    }
    if (at === path.dirname(at)) {
      return '';
    }
  }
}
