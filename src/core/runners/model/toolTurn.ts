import { formatDuration, oneLine, plainText } from '../../base/text.ts';
import type { Clock } from '../../base/clock.ts';
import type { ToolCall, ToolResult } from '../../domain/chat.ts';
import type { RunnerEvents, RunnerRequest } from '../../domain/runner.ts';
import { permissionFor, type Tool, type ToolAnswer, type ToolDeed } from '../../domain/tool.ts';
import type { AttemptWatch } from '../codingAgent/attemptWatch.ts';
import type { Voice } from './numberedCalls.ts';
import type { Session, UseEnd } from './session.ts';

/** Most characters of an input that a person is shown. */
const DETAIL_LENGTH = 20_000;

/** Made again after a crash: a look, and a change of the copy, which comes to the same or to an error. */
const MAY_REPEAT: ReadonlySet<ToolDeed> = new Set<ToolDeed>(['read', 'reach', 'edit']);

export interface ToolTurnParts {
  readonly request: RunnerRequest;
  readonly events: RunnerEvents;
  readonly session: Session;
  readonly tools: () => readonly Tool[];
  readonly watch: AttemptWatch;
  readonly voice: Voice;
  readonly clock: Clock;
  /** Hides secrets. */
  readonly redact: (text: string) => string;
}

type Leave = 'allow' | { readonly refused: string; readonly by: 'person' | 'terms' };

/**
 * Does what a model wants of its tools, one answer of it at a time. What only looks runs side by side, the rest in the
 * order it is asked for. A use that was cut off by a crash is made again where nothing outside of the copy can have
 * happened, and else told as lost: nothing is done twice unasked.
 */
export class ToolTurn {
  readonly #parts: ToolTurnParts;
  #lastUse: number;

  constructor(parts: ToolTurnParts) {
    this.#parts = parts;
    this.#lastUse = Math.max(parts.request.counted.uses, ...parts.session.uses.keys());
  }

  /** Resolves once every call of the last answer has a result, or the attempt is stopped. */
  async answer(calls: readonly ToolCall[]): Promise<void> {
    const { watch } = this.#parts;
    const tools = this.#parts.tools();
    let together: Promise<void>[] = [];
    for (const call of calls) {
      const tool = tools.find(({ name }) => name === call.name);
      const fault = this.#faultOf(call, tool, tools);
      if (tool === undefined || fault !== undefined) {
        this.#conclude(call, { text: fault ?? '', isError: true });
        continue;
      }
      const onlyLooks = tool.does === 'read' || tool.does === 'reach';
      if (!onlyLooks) {
        await Promise.all(together);
        together = [];
      }
      const leave = await this.#leave(tool, call);
      if (watch.signal.aborted) {
        break;
      }
      const used = leave === 'allow' ? this.#use(tool, call) : this.#refuse(tool, call, leave);
      if (onlyLooks) {
        together.push(used);
      } else {
        await used;
      }
    }
    await Promise.all(together);
  }

  /** What is wrong with a call, for the model to mend. */
  #faultOf(call: ToolCall, tool: Tool | undefined, tools: readonly Tool[]): string | undefined {
    if (tool === undefined) {
      const names = tools.map(({ name }) => name).join(', ');
      return `There is no tool "${oneLine(call.name)}". There ${names === '' ? 'is none' : `are: ${names}`}.`;
    }
    if (call.invalid !== undefined) {
      return `The arguments cannot be read: ${call.invalid}. Call the tool again with JSON that fits its schema.`;
    }
    return this.#parts.session.using.has(call.id) && !MAY_REPEAT.has(tool.does)
      ? 'This use was cut off in the middle, and nobody knows whether it happened. Look at how things are before you do it again.'
      : undefined;
  }

  async #leave(tool: Tool, call: ToolCall): Promise<Leave> {
    const { request, watch, events, redact } = this.#parts;
    const { allowed, permissions } = request.wishes();
    const mode = permissions ?? request.terms.permissions ?? 'default';
    const verdict = permissionFor(mode, tool.does, request.terms.owns !== undefined);
    if (verdict === 'allow' || (verdict === 'ask' && allowed.has(tool.name))) {
      return 'allow';
    }
    if (verdict === 'refuse') {
      // As its terms say, every attempt is refused it; what a person chose meanwhile is theirs.
      const by = permissions === undefined ? 'terms' : 'person';
      return { refused: `Not done: the permission mode is "${mode}".`, by };
    }
    const input = typeof call.input === 'string' ? call.input : JSON.stringify(call.input, null, 2);
    const answer = await watch.waitForPerson(
      events.ask(`tool:${call.id}`, {
        kind: 'permission',
        tool: tool.name,
        summary: oneLine(redact(tool.summary(call.input))),
        detail: plainText(redact(input)).slice(0, DETAIL_LENGTH),
      }),
    );
    if (answer.kind === 'stopped') {
      return { refused: '', by: 'person' };
    }
    if (answer.kind === 'broke') {
      throw answer.thrown;
    }
    if (answer.value.kind === 'allow') {
      return 'allow';
    }
    const note = answer.value.kind === 'deny' ? answer.value.note : undefined;
    return {
      refused: `Not done: a person said no${note === undefined ? '.' : `, and this: ${note}`}`,
      by: 'person',
    };
  }

  async #use(tool: Tool, call: ToolCall): Promise<void> {
    const { watch, clock, voice, redact } = this.#parts;
    const use = this.#begin(tool, call, tool.does);
    const since = clock.monotonic();
    const used = await watch.race(tool.call(call.input, watch.signal));
    if (used.kind === 'broke') {
      throw used.thrown;
    }
    if (used.kind === 'stopped' || watch.signal.aborted) {
      // Cut off: how far it came is for the model to find out when the attempt goes on.
      return;
    }
    const { isError, keptFrom } = used.value;
    if (keptFrom !== undefined) {
      const age = formatDuration(Math.max(0, clock.now() - keptFrom));
      voice.note(tool.name, `answered by what was asked ${age} ago`);
    }
    this.#conclude(call, { ...used.value, text: redact(used.value.text) });
    this.#end(use, isError ? 'failed' : 'done', Math.round(clock.monotonic() - since));
  }

  #end(use: number, outcome: UseEnd['outcome'], durationMs: number): void {
    this.#parts.session.add({ kind: 'used', use, outcome, durationMs });
    this.#parts.events.did({ type: 'tool-ended', use, outcome, durationMs });
  }

  #refuse(tool: Tool, call: ToolCall, { refused, by }: Exclude<Leave, 'allow'>): Promise<void> {
    const use = this.#begin(tool, call, undefined);
    this.#conclude(call, { text: refused, isError: true }, by);
    this.#end(use, 'refused', 0);
    return Promise.resolve();
  }

  /** @param does `undefined`: nothing, it is refused */
  #begin(tool: Tool, call: ToolCall, does: ToolDeed | undefined): number {
    const { session, events, redact } = this.#parts;
    this.#lastUse += 1;
    const use = this.#lastUse;
    const summary = oneLine(redact(tool.summary(call.input)));
    const done = does === undefined ? {} : { does };
    session.add({ kind: 'using', id: call.id, use, tool: tool.name, summary, ...done });
    events.did({ type: 'tool-called', use, tool: tool.name, summary });
    this.#parts.voice.note(tool.name, summary);
    return use;
  }

  #conclude(
    { id, name }: ToolCall,
    { text, isError, reads = [], writes = [], models = [] }: ToolAnswer,
    refusedBy?: 'person' | 'terms',
  ): void {
    const result: ToolResult = { id, name, text, isError };
    this.#parts.session.add({
      kind: 'result',
      result,
      ...(reads.length > 0 ? { reads } : {}),
      ...(writes.length > 0 ? { writes } : {}),
      ...(models.length > 0 ? { models } : {}),
      ...(refusedBy === 'person' ? { refused: 'by-person' } : {}),
    });
    if (isError) {
      this.#parts.voice.note(name, text);
    }
  }
}
