import fs from 'node:fs';
import type { CallFailureKind, ModelRef } from '../../domain/call.ts';
import type { CallEnd } from '../../domain/ledger.ts';
import type { ToolAnswer, ToolDeed } from '../../domain/tool.ts';
import type { Trace } from '../../domain/trace.ts';
import {
  toolCallsOf,
  type ChatMessage,
  type ToolCall,
  type ToolResult,
} from '../../domain/chat.ts';
import { TraceSoFar } from './traceSoFar.ts';

// What a conversation has come to, kept beside its workspace copy as it goes on: one line of JSON for each thing that
// happened. After a pause, a park or a crash the attempt goes on from here, and no answer is paid for twice.
// It is ours and lies in the user's cache, so its lines are not doubted; one that is not whole was being written
// when the program died, and did not happen.

export type SessionLine =
  /** From its first line on the session tells all that its trace is made of. Those of older versions do not. */
  | { readonly kind: 'traced' }
  /** What it comes to is its own affair: it lacked something that another attempt may have. */
  | { readonly kind: 'untraced' }
  /** @param from left out: Sluice itself */
  | { readonly kind: 'message'; readonly message: ChatMessage; readonly from?: SaidBy }
  /** The model that is asked from here on. */
  | { readonly kind: 'model'; readonly name: string }
  /** A call failed so. */
  | { readonly kind: 'failed'; readonly because: CallFailureKind }
  /** The call is made again after so long, because it failed. */
  | { readonly kind: 'waited'; readonly ms: number }
  /** Intent: a model is asked. */
  | ({ readonly kind: 'call'; readonly call: number } & ModelRef)
  | ({ readonly kind: 'call-end'; readonly call: number } & CallEnd)
  /** Intent: the tool call of the last answer with this id is made, as this use. @param does left out: it is refused */
  | ({
      readonly kind: 'using';
      readonly id: string;
      readonly use: number;
      readonly does?: ToolDeed;
    } & Use)
  | ({ readonly kind: 'used'; readonly use: number } & UseEnd)
  | ({
      readonly kind: 'result';
      readonly result: ToolResult;
      /** A person did not let the tool be used. */
      readonly refused?: 'by-person';
    } & Pick<ToolAnswer, 'reads' | 'writes' | 'models'>)
  /** The model was told what is wrong with its answer. */
  | { readonly kind: 'repair' };

export type SaidBy =
  { readonly kind: 'person' } | ({ readonly kind: 'model' } & Trace['models'][number]);

export interface Use {
  readonly tool: string;
  readonly summary: string;
}

export interface UseEnd {
  readonly outcome: 'done' | 'failed' | 'refused' | 'lost';
  readonly durationMs: number;
}

export class Session {
  readonly messages: ChatMessage[] = [];
  /** Results of the last answer's tool calls that there are so far, by their ids. */
  readonly results = new Map<string, ToolResult>();
  /** Uses that were begun, by the ids of their calls. */
  readonly using = new Map<string, number>();
  /** Every call and every use of the conversation, by its number, and how it ended. */
  readonly calls = new Map<number, ModelRef & { readonly end: CallEnd | undefined }>();
  readonly uses = new Map<number, Use & { readonly end: UseEnd | undefined }>();
  model: string | undefined;
  /** Answers so far. */
  turns = 0;
  repairs = 0;
  /** Of the call that is to be made: milliseconds, and failures by kind. */
  waitedMs = 0;
  readonly #tries = new Map<CallFailureKind, number>();
  readonly #trace = new TraceSoFar();
  #isTraced = false;
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
    if (lines === '') {
      session.add({ kind: 'traced' });
    }
    return session;
  }

  /** From here on it is so, also after a crash of the program. @throws what the disk throws */
  add(line: SessionLine): void {
    fs.writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    this.#apply(line);
  }

  /** What the attempt has looked at so far; `undefined`: nobody can tell what its result stands on. */
  get trace(): Trace | undefined {
    return this.#isTraced ? this.#trace.trace : undefined;
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
      case 'traced':
      case 'untraced':
        this.#isTraced = line.kind === 'traced';
        break;
      case 'message':
        this.messages.push(line.message);
        this.results.clear();
        this.using.clear();
        if (line.message.role === 'assistant') {
          this.turns += 1;
          this.#begunAnew();
        }
        if (line.from?.kind === 'person') {
          this.#trace.person();
        } else if (line.from !== undefined) {
          this.#trace.answered(line.from);
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
      case 'call':
        this.calls.set(line.call, { provider: line.provider, model: line.model, end: undefined });
        break;
      case 'call-end': {
        const call = this.calls.get(line.call);
        const { served, usage, usd, durationMs, failure } = line;
        if (call !== undefined) {
          this.calls.set(line.call, { ...call, end: { served, usage, usd, durationMs, failure } });
        }
        break;
      }
      case 'using':
        this.using.set(line.id, line.use);
        this.uses.set(line.use, { tool: line.tool, summary: line.summary, end: undefined });
        if (line.does !== undefined) {
          this.#trace.did(line.tool, line.does);
        }
        break;
      case 'used': {
        const use = this.uses.get(line.use);
        const { outcome, durationMs } = line;
        if (use !== undefined) {
          this.uses.set(line.use, { ...use, end: { outcome, durationMs } });
        }
        break;
      }
      case 'result':
        this.results.set(line.result.id, line.result);
        this.#trace.used(line.reads ?? [], line.writes ?? []);
        this.#trace.helped(line.models ?? []);
        if (line.refused !== undefined) {
          this.#trace.person();
        }
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
