import { createInterface } from 'node:readline';
import { oneLine } from '../core/base/text.ts';

/** Where a command writes. Tests give their own. */
export interface Terminal {
  /** Results. Bytes go as they are: what a file holds may be in any encoding. */
  out(text: string | Uint8Array): void;
  /** Problems and notices, so that results can be piped. */
  err(text: string): void;
  /** The results go to a screen whose lines can be written over. */
  readonly live: boolean;
  /** Columns of the screen; infinite where there is none. */
  readonly width: number;
  readonly colour: boolean;
  /** Asks what is answered with yes or no; left out where nobody could answer. Whoever says nothing says no. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
};

export function paint(terminal: Terminal, colour: Colour, text: string): string {
  const [on, off] = CODES[colour];
  return terminal.colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** The first so many characters of a line; its colours take no room. */
export function cut(line: string, width: number): string {
  let room = width;
  // eslint-disable-next-line no-control-regex -- what `paint` writes
  return line.replace(/(\u001b\[\d+m)|./gsu, (character, colour: string | undefined) => {
    room -= colour === undefined ? 1 : 0;
    return colour === undefined && room < 0 ? '' : character;
  });
}

/** The process's own streams; NO_COLOR (any value but empty) and a pipe switch colours off. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const live = stdout.isTTY && env['TERM'] !== 'dumb';
  for (const stream of [stdout, stderr]) {
    // Whoever was reading has gone, as in `sluice run … | head -1`; a run goes on without being seen.
    stream.on('error', () => undefined);
  }
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    live,
    width: live ? stdout.columns : Infinity,
    colour: live && (env['NO_COLOR'] ?? '') === '',
    confirm: live && stdin.isTTY ? (question) => confirmAt(stdin, stderr, question) : undefined,
  };
}

/** Ctrl+C and the end of what is typed are a no. */
async function confirmAt(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  const answer = new Promise<string>((resolve) => {
    lines.on('SIGINT', () => lines.close());
    lines.once('close', () => resolve(''));
    lines.question(`${question} [y/N] `, resolve);
  });
  const isYes = /^\s*y(es)?\s*$/i.test(await answer);
  lines.close();
  return isYes;
}

/** Rows in columns, each as wide as its widest cell; the last is not padded. Cells are made plain. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => oneLine(cell, Infinity)));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) => {
      const padded = row.map((cell, index) =>
        index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0),
      );
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}
