import fs from 'node:fs';
import type { CallFailureKind } from '../../domain/call.ts';
import {
  toolCallsOf,
  type ChatMessage,
  type ToolCall,
  type ToolResult,
} from '../../domain/chat.ts';

// What a conversation has come to, kept beside its workspace copy as it goes on: one line of JSON for each thing that
// happened. After a pause, a park or a crash the attempt goes on from here, and no answer is paid for twice.
// It is ours and lies in the user's cache, so its lines are not doubted; one that is not whole was being written
// when the program died, and did not happen.

export type SessionLine =
  | { readonly kind: 'message'; readonly message: ChatMessage }
  /** The model that is asked from here on. */
  | { readonly kind: 'model'; readonly name: string }
  /** A call failed so. */
  | { readonly kind: 'failed'; readonly because: CallFailureKind }
  /** The call waits for its provider. */
  | { readonly kind: 'waited'; readonly ms: number }
  /** Intent: the tool call of the last answer with this id is made, as this use. */
  | { readonly kind: 'using'; readonly id: string; readonly use: number }
  | { readonly kind: 'result'; readonly result: ToolResult }
  /** The model was told what is wrong with its answer. */
  | { readonly kind: 'repair' };

export class Session {
  readonly messages: ChatMessage[] = [];
  /** Results of the last answer's tool calls that there are so far, by their ids. */
  readonly results = new Map<string, ToolResult>();
  /** Uses that were begun, by the ids of their calls. */
  readonly using = new Map<string, number>();
  model: string | undefined;
  /** Answers so far. */
  turns = 0;
  repairs = 0;
  /** Of the call that is to be made: milliseconds, and failures by kind. */
  waitedMs = 0;
  readonly #tries = new Map<CallFailureKind, number>();
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** @param goesOn what stands in the file counts; else it is begun anew. @throws what the disk throws */
  static open(file: string, goesOn: boolean): Session {
    const lines = goesOn ? wholeLines(file) : '';
    const session = new Session(fs.openSync(file, goesOn ? 'a' : 'w'));
    if (goesOn) {
      fs.ftruncateSync(session.#fd, Buffer.byteLength(lines));
    }
    for (const line of lines.split('\n')) {
      if (line !== '') {
        session.#apply(JSON.parse(line) as SessionLine);
      }
    }
    return session;
  }

  /** From here on it is so, also after a crash of the program. @throws what the disk throws */
  add(line: SessionLine): void {
    fs.writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    this.#apply(line);
  }

  /** Failures of this kind of the call that is to be made. */
  tries(kind: CallFailureKind): number {
    return this.#tries.get(kind) ?? 0;
  }

  /** Tool calls of the last answer that have no result yet. */
  openCalls(): readonly ToolCall[] {
    const last = this.messages.at(-1);
    const calls = last === undefined ? [] : toolCallsOf(last);
    return calls.filter(({ id }) => !this.results.has(id));
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  #apply(line: SessionLine): void {
    switch (line.kind) {
      case 'message':
        this.messages.push(line.message);
        this.results.clear();
        this.using.clear();
        if (line.message.role === 'assistant') {
          this.turns += 1;
          this.#begunAnew();
        }
        break;
      case 'model':
        this.model = line.name;
        this.#begunAnew();
        break;
      case 'failed':
        this.#tries.set(line.because, this.tries(line.because) + 1);
        break;
      case 'waited':
        this.waitedMs += line.ms;
        break;
      case 'using':
        this.using.set(line.id, line.use);
        break;
      case 'result':
        this.results.set(line.result.id, line.result);
        break;
      case 'repair':
        this.repairs += 1;
        break;
    }
  }

  #begunAnew(): void {
    this.#tries.clear();
    this.waitedMs = 0;
  }
}

function wholeLines(file: string): string {
  const text = fs.readFileSync(file, 'utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
