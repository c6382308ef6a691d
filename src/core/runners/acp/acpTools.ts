import { resolve } from 'node:path';
import type {
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallContent,
  ToolCallUpdate,
  ToolKind,
} from '@agentclientprotocol/sdk';
import type { ToolDeed } from '../../domain/tool.ts';
import type { CodingAttempt } from '../codingAgent/codingAttempt.ts';
import { askLeave, type Leave } from '../codingAgent/permissionDesk.ts';

/** What an agent has told of one use of a tool so far: it may tell it in parts. */
interface KnownCall {
  readonly title: string;
  readonly tool: string;
  readonly kind: ToolKind;
  readonly paths: readonly string[];
  readonly input: unknown;
  readonly content: readonly ToolCallContent[];
}

const UNKNOWN: KnownCall = {
  title: '',
  tool: '',
  kind: 'other',
  paths: [],
  input: undefined,
  content: [],
};

/** The tools of one session: what the agent tells of them, and what it asks leave for. */
export class AcpTools {
  readonly #attempt: CodingAttempt;
  readonly #calls = new Map<string, KnownCall>();
  /** Paths of which a person or the mode has said in this session that they may be changed. */
  readonly #granted = new Set<string>();
  #asking = 0;

  constructor(attempt: CodingAttempt) {
    this.#attempt = attempt;
  }

  /** A person is being waited for. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  told(update: ToolCallUpdate): void {
    const { tools } = this.#attempt;
    const call = this.#learn(update);
    // The title comes late where arguments are still being written.
    if (update.status !== undefined || call.title !== '') {
      tools.begin(update.toolCallId, toolName(call), call.title);
    }
    if (update.status === 'completed') {
      tools.end(update.toolCallId, 'done');
    } else if (update.status === 'failed') {
      tools.end(update.toolCallId, 'failed', textOf(call.content));
    }
  }

  async askedLeave({
    toolCall,
    options,
  }: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    const call = this.#learn(toolCall);
    const id = toolCall.toolCallId;
    const leave = await this.#ask(id, call, detailOf(call));
    switch (leave.kind) {
      case 'stopped':
        return { outcome: { outcome: 'cancelled' } };
      case 'allow':
        call.paths.forEach((path) => this.#granted.add(this.#absolute(path)));
        return outcome(options, leave.always ? ALLOW_ALWAYS : ALLOW);
      case 'refuse':
        this.#refused(id, leave);
        return outcome(options, REJECT);
    }
  }

  /** Whether the agent may have Sluice write the file. It may have asked before. */
  async mayWrite(path: string, content: string): Promise<string | undefined> {
    if (this.#granted.has(this.#absolute(path))) {
      return undefined;
    }
    const id = `write:${this.#calls.size}`;
    const call: KnownCall = { ...UNKNOWN, tool: 'write', kind: 'edit', title: path, paths: [path] };
    this.#calls.set(id, call);
    const leave = await this.#ask(id, call, content);
    switch (leave.kind) {
      case 'allow':
        this.#attempt.tools.end(id, 'done');
        return undefined;
      case 'refuse':
        this.#refused(id, leave);
        return leave.note === undefined ? leave.why : `${leave.why}: ${leave.note}`;
      case 'stopped':
        return 'the work is being stopped';
    }
  }

  async #ask(id: string, call: KnownCall, detail: string): Promise<Leave> {
    const { tools, request, events, watch } = this.#attempt;
    const tool = toolName(call);
    const summary = call.title === '' ? tool : call.title;
    const wish = {
      use: tools.begin(id, tool, summary),
      tool,
      does: DEEDS[call.kind],
      summary,
      detail,
      paths: call.paths,
    };
    this.#asking += 1;
    try {
      return await askLeave(wish, request, events, watch);
    } finally {
      this.#asking -= 1;
    }
  }

  #refused(id: string, leave: Extract<Leave, { readonly kind: 'refuse' }>): void {
    const { tools, unheard } = this.#attempt;
    tools.end(id, 'refused', leave.why);
    if (leave.note !== undefined && leave.note !== '') {
      // The protocol's answer holds no words: they follow as the next message.
      unheard.push(leave.note);
    }
  }

  #learn(update: ToolCallUpdate): KnownCall {
    const known = this.#calls.get(update.toolCallId) ?? UNKNOWN;
    const diffs = (update.content ?? []).flatMap((part) =>
      part.type === 'diff' ? [part.path] : [],
    );
    const locations = (update.locations ?? []).map(({ path }) => path);
    const paths = diffs.length > 0 ? diffs : locations;
    const call: KnownCall = {
      title: update.title ?? known.title,
      tool: update.name ?? known.tool,
      kind: update.kind ?? known.kind,
      paths: paths.length > 0 ? paths : known.paths,
      input: update.rawInput ?? known.input,
      content: update.content ?? known.content,
    };
    this.#calls.set(update.toolCallId, call);
    return call;
  }

  #absolute(path: string): string {
    return resolve(this.#attempt.request.folder, path);
  }
}

const DEEDS: Readonly<Record<ToolKind, ToolDeed>> = {
  read: 'read',
  search: 'read',
  think: 'read',
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  execute: 'run',
  fetch: 'reach',
  switch_mode: 'other',
  other: 'other',
};

const ALLOW = ['allow_once', 'allow_always'] as const;
const ALLOW_ALWAYS = ['allow_always', 'allow_once'] as const;
const REJECT = ['reject_once', 'reject_always'] as const;

function outcome(
  options: readonly PermissionOption[],
  kinds: readonly PermissionOption['kind'][],
): RequestPermissionResponse {
  for (const kind of kinds) {
    const option = options.find((each) => each.kind === kind);
    if (option !== undefined) {
      return { outcome: { outcome: 'selected', optionId: option.optionId } };
    }
  }
  return { outcome: { outcome: 'cancelled' } };
}

function toolName({ tool, kind }: KnownCall): string {
  return tool === '' ? kind : tool;
}

function detailOf({ input, content, paths }: KnownCall): string {
  const parts = [
    input === undefined ? '' : JSON.stringify(input, undefined, 2),
    ...content.map((part) =>
      part.type === 'diff'
        ? `${part.path}\n--- before\n${part.oldText ?? ''}\n+++ after\n${part.newText}`
        : '',
    ),
    textOf(content) ?? '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? paths.join('\n') : parts.join('\n\n');
}

function textOf(content: readonly ToolCallContent[]): string | undefined {
  const texts = content.flatMap((part) =>
    part.type === 'content' && part.content.type === 'text' ? [part.content.text] : [],
  );
  return texts.length === 0 ? undefined : texts.join('\n');
}
