import type { Diagnostic } from '../domain/diagnostic.ts';
import { testsOf, textOf, type DraftAnswer } from './answer.ts';

/** What keeps a draft from being a good plan, told to the planner and, where it is not mended, to people. */
export interface DraftFault {
  /** What is wrong and what to do, as one sentence. */
  readonly message: string;
  /** In the plan's file, from 1; `undefined`: of no one line. */
  readonly line: number | undefined;
}

/** What the readers of the folder report as errors: such a list cannot run. */
export function readerFaults(diagnostics: readonly Diagnostic[]): DraftFault[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, range }) => ({ message, line: range.start.line }));
}

/** A line of a todo whose program is not there, and so perhaps no command. */
export interface UnknownCommand {
  readonly todo: string;
  readonly line: string;
}

/** Lines that read as sentences. Whether one is a command all the same only its program can tell. */
export function sentencesAmongTests({ todos }: DraftAnswer): UnknownCommand[] {
  return todos.flatMap((todo) =>
    testsOf(todo)
      .filter(readsAsSentence)
      .map((line) => ({ todo: textOf(todo['id']), line })),
  );
}

export function sentenceFault({ todo, line }: UnknownCommand): DraftFault {
  return {
    message: `The test "${line}" of "${todo}" is no command: write the line for the shell that exits with 0 when it is so, or leave the test out and say it in the description.`,
    line: undefined,
  };
}

/** Words that sentences have and commands do not. */
const OF_SENTENCES = new Set(
  'a all an and are be can does each ensure ensures every has have is it it’s must no not should shows that the there verify verifies when with works'.split(
    ' ',
  ),
);

/** True for `The login works.`; false for `npm test`, `npx vitest run src`, `test -f a.ts`. */
export function readsAsSentence(line: string): boolean {
  const words = line.trim().split(/\s+/);
  const [first = ''] = words;
  const hasSigns =
    /[^\p{L}\p{N}\s,.'’"“”():;!?-]/u.test(line) ||
    words.some((word) => /^-/.test(word) || /\w[.]\w/.test(word));
  return (
    words.length > 1 &&
    !hasSigns &&
    (/^\p{Lu}\p{Ll}+$/u.test(first) ||
      /[.!?]$/.test(line.trim()) ||
      words.some((word) => OF_SENTENCES.has(word.toLowerCase())))
  );
}
