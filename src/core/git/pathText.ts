import { isUtf8 } from 'node:buffer';

/**
 * A path as text that no other path has: as it is, where it is UTF-8; else in quotes as Git prints it, with the bytes of
 * other characters as three octal digits. A path that begins with a quote itself is put in quotes as well.
 */
export function pathText(bytes: Buffer): string {
  if (isUtf8(bytes) && bytes[0] !== QUOTE) {
    return bytes.toString('utf8');
  }
  const shown = Array.from(bytes, (byte) =>
    byte === QUOTE || byte === BACKSLASH
      ? `\\${String.fromCharCode(byte)}`
      : byte < 0x20 || byte > 0x7e
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
  );
  return `"${shown.join('')}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
