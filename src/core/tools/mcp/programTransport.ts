import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { formatBytes } from '../../base/text.ts';
import type { TalkingProgram } from '../../domain/runner.ts';
import { quoted } from './problems.ts';

/** The longest message that is read, in bytes: pictures travel in messages. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** How long a program that closed its output may take to end, in milliseconds. */
const LAST_WORDS_MS = 1000;

const LINE_FEED = 10;

/**
 * Messages of JSON-RPC, one a line, with a program over its standard input and output. The program is the caller's to
 * end.
 *
 * M1. It closes by itself when the program ends, closes its output or sends a line that is too long; `broken` then
 *     says which.
 * M2. A line that is no message is passed over: many programs greet there.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #program: TalkingProgram;
  readonly #clock: Clock;
  #last: Disposable | undefined;
  #line: Buffer[] = [];
  #lineBytes = 0;
  #isClosed = false;
  #broken: string | undefined;
  #chatter: string | undefined;

  constructor(program: TalkingProgram, clock: Clock) {
    this.#program = program;
    this.#clock = clock;
  }

  /** Why nothing more comes, as the end of a sentence; `undefined`: as far as is known, more may come. */
  get broken(): string | undefined {
    return this.#broken;
  }

  /** The first line that was no message. */
  get chatter(): string | undefined {
    return this.#chatter;
  }

  start(): Promise<void> {
    const { output, ended } = this.#program;
    output.on('data', (chunk: Buffer) => this.#read(chunk));
    output.once('end', () => {
      // Usually because it ends, and how it ended says more.
      this.#last = this.#clock.timer(LAST_WORDS_MS, () =>
        this.#break('its program has closed its standard output'),
      );
    });
    void ended.then(({ code, signal }) => {
      const how =
        code === undefined
          ? `was ended by ${signal ?? 'a signal'}`
          : `ended with exit code ${code}`;
      const words = lastWords(this.#program.tail());
      this.#break(`its program ${how}${words === '' ? '' : `: ${words}`}`);
    });
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed || !this.#program.input.writable) {
      return Promise.reject(new Error(this.#broken ?? 'its program reads no more'));
    }
    this.#program.input.write(`${JSON.stringify(message)}\n`);
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#line = [];
      this.#last?.dispose();
      this.onclose?.();
    }
    return Promise.resolve();
  }

  #break(why: string): void {
    if (!this.#isClosed) {
      this.#broken = why;
      void this.close();
    }
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0 && !this.#isClosed;) {
      this.#keep(chunk.subarray(from, at));
      this.#take(Buffer.concat(this.#line).toString('utf8'));
      this.#line = [];
      this.#lineBytes = 0;
      from = at + 1;
      at = chunk.indexOf(LINE_FEED, from);
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes > MAX_MESSAGE_BYTES) {
      this.#break(`it sent a line of more than ${formatBytes(MAX_MESSAGE_BYTES)}`);
      // What it still prints breaks the pipe instead of filling the memory.
      this.#program.output.destroy();
    }
    if (!this.#isClosed) {
      this.#line.push(part);
    }
  }

  #take(line: string): void {
    if (this.#isClosed || line.trim() === '') {
      return;
    }
    try {
      this.onmessage?.(JSON.parse(line) as JSONRPCMessage);
    } catch (error) {
      this.#chatter ??= quoted(line);
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** The line that says most: the first that speaks of an error, else the last. */
function lastWords(tail: string): string {
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  return quoted(lines.find((line) => /error|exception|fatal/i.test(line)) ?? lines.at(-1) ?? '');
}
