// Text that came from outside (agents, commands, repository files) is shown only through here.

// One ends with its line at the latest: what somebody began and never ended hides no more than that.
const ESCAPE_SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control sequences are what is removed
  /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex -- as above; tab, line feed and carriage return stay
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
// Bidirectional overrides and zero-width characters can make a text read as what it is not.
const INVISIBLE = /[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Without terminal escapes, control, bidirectional and zero-width characters; line ends are `\n`. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCES, '')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '');
}

let graphemes: Intl.Segmenter | undefined;

/** Made with the first text that is too long: its tables take as long to load as half of Sluice. */
function graphemesOf(text: string): Iterable<{ readonly segment: string }> {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return graphemes.segment(text);
}

/** One line of plain text of at most `limit` characters as people count them, for a label or a table cell. */
export function oneLine(text: string, limit = 200): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= limit) {
    return line;
  }
  const characters: string[] = [];
  for (const { segment } of graphemesOf(line)) {
    if (characters.length === limit) {
      return `${characters.slice(0, limit - 1).join('')}…`;
    }
    characters.push(segment);
  }
  return line;
}

/** The end of a text as one line: `… reading src/a.ts`, with at most `limit` characters of it. */
export function lineEnd(text: string, limit: number): string {
  // What is far before the end is not seen: a text of megabytes costs as much as a line.
  const line = oneLine(text.slice(-limit * 20), Infinity);
  const characters = Array.from(graphemesOf(line), ({ segment }) => segment);
  return characters.length <= limit && text.length <= limit * 20
    ? line
    : `… ${characters.slice(-limit).join('').trimStart()}`;
}

/** True for bytes that no one can read as text: a NUL in the first 8 KB, as git decides it. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8192).includes(0);
}

/** `850 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `12 B`, `3.4 KB`, `64 MB`; 1 KB is 1,024 bytes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `1 step`, `4 steps`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

/** What was thrown, as text for a log: with its stack where it has one. */
export function thrownText(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : JSON.stringify(thrown);
}

/** What was thrown, as one sentence for people. */
export function thrownMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : JSON.stringify(thrown);
}
