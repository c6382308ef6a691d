import { z } from 'zod';
import { BYTE_SIZE, parseByteSize } from './byteSize.ts';
import { DURATION, parseDuration } from './duration.ts';

// Pieces of the agent and workflow schemas. Messages are the rest of a sentence that begins with the
// field's name; where there is none, shape.ts says what was expected and what was found. Schemas
// only check, they change nothing: what a value becomes needs its text as written.

/** Text; numbers and true/false count as the text they are written as, so `1.0` stays `1.0`. */
export const text = z.union([z.string(), z.number(), z.boolean()]);

export const textList = z.array(text);

export const textOrList = z.union([text, textList]);

const NEEDS_UNIT = 'needs a unit';
const DURATION_RULE = 'must be a duration such as 250ms, 30s, 5m or 2h';

/** True for what `duration` says of a text or number that can be read as one nevertheless. */
export function isOfDuration(message: string): boolean {
  return message === DURATION_RULE || message.startsWith(NEEDS_UNIT);
}

export const duration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' ? `${NEEDS_UNIT}: write ${input}s for seconds` : undefined,
  })
  .regex(DURATION, { error: DURATION_RULE, abort: true })
  .refine((written) => parseDuration(written) !== undefined, {
    error: 'must be at least 1ms and at most 168h',
  });

const BYTE_SIZE_RULE = 'must be a size such as 512mb or 2gb';

/** True for what `byteSize` says of a text that can be read as one nevertheless. */
export function isOfByteSize(message: string): boolean {
  return message === BYTE_SIZE_RULE;
}

/** @param least a size @param most another */
export function byteSize(least: string, most: string) {
  const [min = 0, max = 0] = [least, most].map(parseByteSize);
  return z
    .string({ error: BYTE_SIZE_RULE })
    .regex(BYTE_SIZE, { error: BYTE_SIZE_RULE, abort: true })
    .refine(
      (written) => {
        const bytes = parseByteSize(written);
        return bytes !== undefined && bytes >= min && bytes <= max;
      },
      { error: `must be at least ${least} and at most ${most}` },
    );
}

export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A JSON Schema, or the file that holds it. */
export const jsonSchema = z.union([
  z.string().describe('The path of a JSON file in the folder.'),
  z.record(z.string(), z.unknown()).describe('A JSON Schema.'),
]);

/** Any value; it is taken as it stands. */
export const metadata = z.unknown();

/** As `Effects` of the domain. */
export const effects = z.enum(['copy', 'external']);

/** Environment variables by name. */
export const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: 'must be a variable name: letters, digits and "_", not starting with a digit',
  }),
  text,
);

/** Names are shown in lists, matched by people and typed in terminals: one plain line of at most 100 characters. */
export const NAME_RULE = 'must be one line of 1 to 100 characters, with no blanks around it';

export function isName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  return /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,100}$/u.test(name) && name.trim() === name;
}
