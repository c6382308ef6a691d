import type { ContentBlock, PlanEntry, SessionUpdate, UsageUpdate } from '@agentclientprotocol/sdk';
import { NO_USAGE, type Usage } from '../../domain/call.ts';
import type { CodingAttempt } from '../codingAgent/codingAttempt.ts';
import type { AcpTools } from './acpTools.ts';
import type { SessionSettings } from './sessionSettings.ts';

/** What an agent tells while it works, put where it belongs. */
export class AcpUpdates {
  readonly #attempt: CodingAttempt;
  readonly #tools: AcpTools;
  readonly #settings: SessionSettings;
  #message: string | undefined;
  #plan: readonly string[] = [];
  readonly spending = new SessionSpending();

  constructor(attempt: CodingAttempt, tools: AcpTools, settings: SessionSettings) {
    this.#attempt = attempt;
    this.#tools = tools;
    this.#settings = settings;
  }

  take(update: SessionUpdate): void {
    const { transcript, ledger } = this.#attempt;
    switch (update.sessionUpdate) {
      case 'agent_message_chunk': {
        const text = wordsOf(update.content);
        if (update.messageId !== undefined && update.messageId !== this.#message) {
          transcript.nextAnswer();
        }
        this.#message = update.messageId ?? undefined;
        ledger.wrote(text);
        transcript.say(text);
        return;
      }
      case 'agent_thought_chunk': {
        const text = wordsOf(update.content);
        ledger.wrote(text);
        transcript.think(text);
        return;
      }
      case 'tool_call':
      case 'tool_call_update':
        this.#tools.told(update);
        return;
      case 'plan':
        this.#planned(update.entries);
        return;
      case 'usage_update':
        this.spending.told(update);
        return;
      case 'config_option_update':
        this.#settings.told(update.configOptions);
        return;
      case 'current_mode_update':
        transcript.note('mode', update.currentModeId);
        return;
      case 'notice':
        transcript.note('agent', [update.title, update.description ?? ''].join(' '));
        return;
      case 'compaction_update':
      case 'compaction_summary_chunk':
      case 'user_message_chunk':
      case 'available_commands_update':
      case 'session_info_update':
        return;
    }
  }

  /** It comes as a whole each time: only what is new in it is told. */
  #planned(entries: readonly PlanEntry[]): void {
    const lines = entries.map(({ status, content }) => `${PLAN_WORDS[status]}: ${content}`);
    for (const line of lines) {
      if (!this.#plan.includes(line)) {
        this.#attempt.transcript.note('plan', line);
      }
    }
    this.#plan = lines;
  }
}

const PLAN_WORDS: Readonly<Record<PlanEntry['status'], string>> = {
  pending: 'to do',
  in_progress: 'doing',
  completed: 'done',
};

/** What a session has cost so far, as the agent tells it: sums over all its turns. */
export class SessionSpending {
  #usd: number | undefined;
  #usage: Usage | undefined;
  #told = { usd: 0, usage: NO_USAGE };

  told({ cost }: UsageUpdate): void {
    // Another currency has no place in the ledger: the turn counts as unpriced.
    if (cost?.currency === 'USD' && Number.isFinite(cost.amount) && cost.amount >= 0) {
      this.#usd = cost.amount;
    }
  }

  /** The answer to a prompt, unparsed: its `usage` is not yet a part of the stable protocol. */
  answered(result: unknown): void {
    const usage = recordOf(recordOf(result)?.['usage']);
    const input = countOf(usage?.['inputTokens']);
    const output = countOf(usage?.['outputTokens']);
    if (input !== undefined && output !== undefined) {
      const cachedInput = countOf(usage?.['cachedReadTokens']) ?? 0;
      const written = countOf(usage?.['cachedWriteTokens']) ?? 0;
      const reasoning = countOf(usage?.['thoughtTokens']) ?? 0;
      this.#usage = {
        input: input + cachedInput + written,
        output: output + reasoning,
        cachedInput,
        reasoning,
        counted: 'provider',
      };
    }
  }

  /** What has come since the last time it was asked. */
  sinceLast(): { readonly usd: number | undefined; readonly usage: Usage | undefined } {
    const { usd, usage } = this.#told;
    const since = {
      usd: this.#usd === undefined ? undefined : Math.max(0, this.#usd - usd),
      usage: this.#usage === undefined ? undefined : difference(this.#usage, usage),
    };
    this.#told = { usd: this.#usd ?? usd, usage: this.#usage ?? usage };
    return since;
  }
}

function difference(now: Usage, before: Usage): Usage {
  const less = (key: 'input' | 'output' | 'cachedInput' | 'reasoning') =>
    // An agent that counts each turn by itself says less than before.
    now[key] >= before[key] ? now[key] - before[key] : now[key];
  return {
    input: less('input'),
    output: less('output'),
    cachedInput: less('cachedInput'),
    reasoning: less('reasoning'),
    counted: 'provider',
  };
}

function wordsOf(content: ContentBlock): string {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'resource_link':
      return `[${content.name}](${content.uri})`;
    case 'resource':
      return 'text' in content.resource ? content.resource.text : `[${content.resource.uri}]`;
    case 'image':
    case 'audio':
      return `[${content.type}]`;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
