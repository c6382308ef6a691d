import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';

/** Most characters kept of each stream. */
const KEPT_LENGTH = 1_000_000;

/** How a short program ended; `code` is `undefined` when it could not be started or took too long. */
export interface QuickEnd {
  readonly code: number | undefined;
  readonly out: string;
  /** What it printed to standard error, or the system's message. */
  readonly error: string;
}

export interface QuickStart {
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** @default 10 seconds */
  readonly timeoutMs?: number;
  /** What it reads from its descriptor 3. */
  readonly handed?: Uint8Array | undefined;
  readonly folder?: string;
}

/** Runs a program that tells something, to its end, with nothing on its standard input. Never rejects. */
export async function quickProgram(
  [file, ...args]: readonly [string, ...string[]],
  { environment, clock, timeoutMs = 10_000, handed, folder }: QuickStart,
): Promise<QuickEnd> {
  return await new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { ...environment },
      ...(folder === undefined ? {} : { cwd: folder }),
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', ...(handed === undefined ? [] : ['pipe' as const])],
    });
    hand(child.stdio[3], handed);
    const kept = { out: '', error: '' };
    const keep = (stream: Readable | null, name: 'out' | 'error') => {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        kept[name] = (kept[name] + text).slice(0, KEPT_LENGTH);
      });
    };
    keep(child.stdout, 'out');
    keep(child.stderr, 'error');
    const timer = clock.timer(timeoutMs, () => child.kill('SIGKILL'));
    child.once('error', ({ message }) => {
      timer.dispose();
      resolve({ code: undefined, out: kept.out, error: message });
    });
    child.once('close', (code) => {
      timer.dispose();
      resolve({ code: code ?? undefined, ...kept });
    });
  });
}

/** Writes all that a child is to read from a descriptor; one that ends before breaks the pipe, and tells why itself. */
export function hand(stream: unknown, bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) {
    const pipe = stream as NodeJS.WritableStream;
    pipe.on('error', () => undefined);
    pipe.end(bytes);
  }
}
