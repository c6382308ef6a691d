import fs from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import { oneLine, thrownMessage } from '../core/base/text.ts';
import type { RunId, TaskId } from '../core/domain/ids.ts';
import type { OpenConflict } from '../core/resultsApi.ts';
import type { OpenPath } from './conflictLines.ts';
import { CommandFailure } from './session.ts';

/** What a person takes for a path, as given on the command line. */
export type WrittenChoice =
  | { readonly side: 'ours' | 'theirs'; readonly path: string }
  /** `PATH=FILE` */
  | { readonly side: 'file'; readonly text: string };

export interface Choice {
  /** Whose result met the conflict. */
  readonly task: TaskId;
  readonly path: string;
  readonly choice: 'ours' | 'theirs' | { readonly bytes: Uint8Array; readonly executable: boolean };
}

/** `--take`, of which each word comes by itself: a side, then its paths, and again. */
export class SideWords {
  readonly choices: readonly WrittenChoice[];
  /** Whose paths come; `undefined`: a side has to come. */
  readonly #side: 'ours' | 'theirs' | undefined;
  readonly #hasPath: boolean;

  private constructor(
    choices: readonly WrittenChoice[],
    side: 'ours' | 'theirs' | undefined,
    hasPath: boolean,
  ) {
    this.choices = choices;
    this.#side = side;
    this.#hasPath = hasPath;
  }

  static readonly none = new SideWords([], undefined, true);

  /** @throws InvalidArgumentError */
  with(word: string): SideWords {
    // Between two paths of a side the name of a side begins the next; `./ours` is a file of that name.
    if (this.#hasPath && (word === 'ours' || word === 'theirs')) {
      return new SideWords(this.choices, word, false);
    }
    if (this.#side === undefined) {
      throw new InvalidArgumentError('Write it as --take ours <path> or --take theirs <path>.');
    }
    const choice = { side: this.#side, path: word.replace(/^\.\//, '') };
    return new SideWords([...this.choices, choice], this.#side, true);
  }

  /** The side that was named last and has no path; `undefined`: none. */
  get pathless(): string | undefined {
    return this.#hasPath ? undefined : this.#side;
  }
}

/**
 * The choices for paths that wait for one, with the bytes of files read: all of them, or none.
 * @param folder absolute; names of files are relative to it. @throws CommandFailure
 */
export async function readChoices(
  written: readonly WrittenChoice[],
  run: RunId,
  open: OpenConflict | undefined,
  folder: string,
): Promise<readonly Choice[]> {
  if (written.length === 0) {
    return [];
  }
  if (open === undefined) {
    throw new CommandFailure(
      `No conflict of ${run} waits for a choice. "sluice merge ${run}" merges its results.`,
    );
  }
  const choices: Choice[] = [];
  for (const one of written) {
    choices.push(await choiceOf(one, open, folder));
  }
  const paths = choices.map((choice) => choice.path);
  const twice = choices.find((choice, at) => paths.indexOf(choice.path) !== at);
  if (twice !== undefined) {
    throw new CommandFailure(`There are two choices for ${oneLine(twice.path)}. Give one.`);
  }
  return choices;
}

async function choiceOf(
  written: WrittenChoice,
  { task, conflicts }: OpenConflict,
  folder: string,
): Promise<Choice> {
  const stranger = (given: string) =>
    new CommandFailure(
      `${oneLine(given)} is no conflict with the result of ${task}, only ${conflicts.map((one) => oneLine(one.path)).join(', ')}.`,
    );
  if (written.side !== 'file') {
    if (!conflicts.some((one) => one.path === written.path)) {
      throw stranger(written.path);
    }
    return { task, path: written.path, choice: written.side };
  }
  const text = written.text.replace(/^\.\//, '');
  // A path may hold an equals sign itself.
  const conflict = conflicts.find((one) => text.startsWith(`${one.path}=`));
  if (conflict === undefined) {
    const at = text.indexOf('=');
    throw at <= 0
      ? new CommandFailure('Write it as --take-file <path>=<your file>.')
      : stranger(text.slice(0, at));
  }
  const file = path.resolve(folder, text.slice(conflict.path.length + 1));
  try {
    const bytes = await fs.readFile(file);
    const executable = await isToExecute(conflict, file);
    return { task, path: conflict.path, choice: { bytes, executable } };
  } catch (thrown) {
    throw new CommandFailure(`${file} cannot be read: ${thrownMessage(thrown)}`);
  }
}

/** As both sides have it. Where they differ, as the file itself is, if the system knows of that. */
async function isToExecute({ ours, theirs }: OpenPath, file: string): Promise<boolean> {
  const [one = theirs?.executable ?? false, other = one] = [ours?.executable, theirs?.executable];
  if (one === other || process.platform === 'win32') {
    return one;
  }
  return ((await fs.stat(file)).mode & 0o111) !== 0;
}
