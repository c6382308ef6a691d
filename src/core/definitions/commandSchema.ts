import { z } from 'zod';
import { duration, text } from './commonSchema.ts';
import { sandboxSchema } from './sandboxRule.ts';

// Programs that judge by their exit code: checks of steps and phases, probes of agents.

/** One line that every shell and every reader cuts into the same words: at its blanks. */
export const PLAIN_LINE =
  /^(?![^ ]*=)[^\s"'`|&;<>$*?~()[\]{}\\#!%]+(?: +[^\s"'`|&;<>$*?~()[\]{}\\#!%]+)*$/;

const line = z
  .string()
  .regex(PLAIN_LINE, {
    error: ({ input }) =>
      typeof input === 'string' && input.trim() !== '' ? commandHint(input) : 'must name a program',
  })
  .describe('A program and its arguments, cut at blanks; with quotes or signs, write a list.');

const words = z
  .array(text)
  .min(1, { error: 'must name a program' })
  .describe('A program and its arguments, one each; no shell reads them.');

const command = z.union([line, words]);

const timeout = duration.optional().describe('Longest run, e.g. 30s, 5m.');

/** A probe with more to say than its command. */
const probeFieldsSchema = z.strictObject({
  command: command.describe('The program and its arguments; no shell reads them.'),
  timeout,
});

export const probeSchema = z.union([line, words, probeFieldsSchema]);

/** A check with more to say than its command. */
export const checkFieldsSchema = z
  .strictObject({
    command: command.optional().describe('The program and its arguments; no shell reads them.'),
    run: command.optional().describe('Another word for "command".'),
    timeout,
    report: text
      .optional()
      .describe(
        'A file to which it reports its tests, relative to the folder: JUnit, TAP or JSON. Left out: what it prints is read.',
      ),
    sandbox: sandboxSchema
      .optional()
      .describe("Whether it is shut in, over the step's own: true, false, or how far."),
  })
  .refine(({ command: first, run }) => first !== undefined || run !== undefined, {
    path: ['command'],
  });

export const checkSchema = z.union([line, words, checkFieldsSchema]);

/** The list that a command written as one line probably means. */
export function commandHint(written: string): string {
  const needsShell = /[|&;<>`$*?~]|^\w+=/.test(written);
  const parts = needsShell
    ? ['sh', '-c', written]
    : [...written.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, bare]) => double ?? single ?? bare ?? '',
      );
  return `must be a list of the program and its arguments: write [${parts
    .map((word) => JSON.stringify(word))
    .join(', ')}]`;
}
