/** How Git decides whether a file is text: it is told so, or guesses from the bytes. */
export type TextRule = 'never' | 'always' | 'guess';

/**
 * What Git stores of a file: text with each CR LF as LF. The same as Git's own `crlf_to_git`, so that files are not
 * given one by one to a process where all of them are text, as on many a Windows machine.
 * @param hadCrLf whether the version it replaces has CR LF in it: Git then leaves them where it only guesses
 */
export async function withStoredLineEnds(
  bytes: Uint8Array,
  rule: TextRule,
  hadCrLf: () => Promise<boolean>,
): Promise<Uint8Array> {
  if (rule === 'never' || !bytes.includes(CR)) {
    return bytes;
  }
  if (rule === 'always') {
    return withoutCr(bytes, (at) => bytes[at + 1] === LF);
  }
  const { crLf, binary } = look(bytes);
  return crLf === 0 || binary || (await hadCrLf()) ? bytes : withoutCr(bytes, () => true);
}

/** As Git asks it of the version it replaces. */
export function isTextWithCrLf(bytes: Uint8Array): boolean {
  const { crLf, binary } = look(bytes);
  return crLf > 0 && !binary;
}

const CR = 0x0d;
const LF = 0x0a;

function withoutCr(bytes: Uint8Array, drop: (at: number) => boolean): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== CR || !drop(at)) {
      kept[length] = byte;
      length += 1;
    }
  }
  return kept.subarray(0, length);
}

const DELETE = 0x7f;
const SPACE = 0x20;
/** Ctrl-Z, which ended files on CP/M. */
const END_OF_FILE = 0x1a;
/** Control characters that stand in text: BS, HT, FF, ESC. */
const IN_TEXT: ReadonlySet<number> = new Set([0x08, 0x09, 0x0c, 0x1b]);

function look(bytes: Uint8Array): { readonly crLf: number; readonly binary: boolean } {
  let crLf = 0;
  let plain = 0;
  let odd = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0 || (byte === CR && bytes[at + 1] !== LF)) {
      return { crLf: 1, binary: true };
    }
    if (byte === CR) {
      crLf += 1;
      at += 1;
    } else if (byte === DELETE || (byte < SPACE && byte !== LF && !IN_TEXT.has(byte))) {
      odd += 1;
    } else if (byte !== LF) {
      plain += 1;
    }
  }
  if (bytes.at(-1) === END_OF_FILE) {
    odd -= 1;
  }
  return { crLf, binary: Math.floor(plain / 128) < odd };
}
