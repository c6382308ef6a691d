import type { Readable } from 'node:stream';

/** Longest line that is read, in bytes: a file of ten megabytes in one message still fits. */
export const LONGEST_LINE_BYTES = 32 * 1024 * 1024;
/** Most characters of a stray line that are told. */
const STRAY_LENGTH = 1000;

export type JsonLine =
  | { readonly kind: 'message'; readonly message: Readonly<Record<string, unknown>> }
  /** Not a JSON object: programs print notices where only their protocol belongs. */
  | { readonly kind: 'stray'; readonly text: string };

export class LineTooLong extends Error {}

/**
 * The lines of a program that talks in JSON, one object a line. Empty lines are passed over; the last line
 * needs no end. Throws `LineTooLong`, and what the stream gives when its pipe breaks.
 */
export async function* jsonLines(
  stream: Readable,
  heard: () => void,
  longestBytes = LONGEST_LINE_BYTES,
): AsyncGenerator<JsonLine> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    heard();
    let rest = chunk;
    // A character may be split over chunks, a line end never is: bytes are joined before they become text.
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      held.push(rest.subarray(0, end));
      yield* lineOf(held);
      held = [];
      heldBytes = 0;
      rest = rest.subarray(end + 1);
    }
    held.push(rest);
    heldBytes += rest.length;
    if (heldBytes > longestBytes) {
      throw new LineTooLong(`It printed a line of more than ${longestBytes} bytes`);
    }
  }
  yield* lineOf(held);
}

function* lineOf(parts: readonly Buffer[]): Generator<JsonLine> {
  const text = Buffer.concat(parts).toString('utf8').trim();
  if (text === '') {
    return;
  }
  const message = text.startsWith('{') ? parsed(text) : undefined;
  yield message === undefined
    ? { kind: 'stray', text: text.slice(0, STRAY_LENGTH) }
    : { kind: 'message', message };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
