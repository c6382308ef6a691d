import type { TextStreamPart, ToolSet } from 'ai';
import type { AnswerPart } from '../../domain/chat.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { argumentsNotJson, argumentsNotObject, noSuchTool } from './turnProblems.ts';
import { jsonOf, markOf } from './messages.ts';

type StreamPart = TextStreamPart<ToolSet>;

type Written = { kind: 'text' | 'reasoning'; text: string; mark: JsonValue | undefined };

/** What a model has said so far, put together from the pieces of its stream, in the order it began them. */
export class Answer {
  readonly #tools: readonly string[];
  readonly #parts: (Written | Extract<AnswerPart, { kind: 'tool-call' }>)[] = [];
  /** Those under way, by kind and the stream's id. */
  readonly #open = new Map<string, Written>();
  readonly #callIds = new Set<string>();
  #chars = 0;
  #unfinishedArguments = 0;

  /** @param tools names of the tools there are */
  constructor(tools: readonly string[]) {
    this.#tools = tools;
  }

  /** Of everything received, also of what is not part of the message. */
  get chars(): number {
    return this.#chars + this.#unfinishedArguments;
  }

  /** Takes a piece in; gives what a reader sees of it at once. */
  take(
    part: StreamPart,
  ): { readonly kind: 'text' | 'reasoning'; readonly text: string } | undefined {
    switch (part.type) {
      case 'text-start':
      case 'text-delta':
      case 'text-end':
        return this.#write('text', part);
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return this.#write('reasoning', part);
      case 'tool-input-delta':
        this.#unfinishedArguments += part.delta.length;
        return undefined;
      case 'tool-call':
        if (part.providerExecuted !== true) {
          this.#call(part);
        }
        return undefined;
      default:
        return undefined;
    }
  }

  /** As the conversation keeps it: nothing empty that a provider would not take back. */
  parts(): readonly AnswerPart[] {
    return this.#parts.filter(
      (part) => part.kind === 'tool-call' || part.text !== '' || part.mark !== undefined,
    );
  }

  /** A text or a tool call: what is only thought is no answer. */
  get saysSomething(): boolean {
    return this.#parts.some((part) => part.kind === 'tool-call' || isSaid(part));
  }

  #write(
    kind: Written['kind'],
    part: Extract<StreamPart, { type: `${'text' | 'reasoning'}-${'start' | 'delta' | 'end'}` }>,
  ): { readonly kind: Written['kind']; readonly text: string } | undefined {
    const key = `${kind} ${part.id}`;
    let written = this.#open.get(key);
    if (written === undefined) {
      written = { kind, text: '', mark: undefined };
      this.#open.set(key, written);
      this.#parts.push(written);
    }
    written.mark = markOf(part.providerMetadata) ?? written.mark;
    if (part.type.endsWith('-end')) {
      this.#open.delete(key);
    }
    if (!('text' in part) || part.text === '') {
      return undefined;
    }
    written.text += part.text;
    this.#chars += part.text.length;
    return { kind, text: part.text };
  }

  #call(part: Extract<StreamPart, { type: 'tool-call' }>): void {
    const input = jsonOf(part.input);
    this.#chars += JSON.stringify(input).length;
    this.#unfinishedArguments = 0;
    this.#parts.push({
      kind: 'tool-call',
      id: this.#freshId(part.toolCallId),
      name: part.toolName,
      input,
      invalid: this.#wrongWith(part.toolName, input),
      mark: markOf(part.providerMetadata),
    });
  }

  #wrongWith(name: string, input: JsonValue): string | undefined {
    if (!this.#tools.includes(name)) {
      return noSuchTool(name, this.#tools);
    }
    if (typeof input === 'string') {
      return argumentsNotJson(whyNotJson(input));
    }
    return isObject(input) ? undefined : argumentsNotObject();
  }

  /** Results are told apart by the id: a second call with the same one gets another. */
  #freshId(id: string): string {
    let fresh = id === '' ? 'call' : id;
    for (let n = 2; this.#callIds.has(fresh); n += 1) {
      fresh = `${id}_${n}`;
    }
    this.#callIds.add(fresh);
    return fresh;
  }
}

function isSaid(part: Written): boolean {
  return part.kind === 'text' && part.text.trim() !== '';
}

function isObject(input: JsonValue): boolean {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function whyNotJson(text: string): string {
  try {
    JSON.parse(text);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'it cannot be read.';
  }
  return 'it is a text, not an object.';
}
