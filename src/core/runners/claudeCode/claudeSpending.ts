import type { Usage } from '../../domain/call.ts';
import type { ClaudeResult } from './claudeMessages.ts';

/** What the turns of one program have cost. Money and tokens by model are sums over all of them. */
export class ClaudeSpending {
  #usd = 0;
  #used = { input: 0, output: 0, cachedInput: 0 };

  /** What came with this result since the one before. */
  of(result: ClaudeResult): {
    readonly usd: number | undefined;
    readonly usage: Usage | undefined;
  } {
    const total = result.total_cost_usd;
    const usd = total === undefined ? undefined : Math.max(0, total - this.#usd);
    this.#usd = total ?? this.#usd;
    return { usd, usage: this.#usageOf(result) };
  }

  #usageOf({ modelUsage, usage }: ClaudeResult): Usage | undefined {
    const models = Object.values(modelUsage ?? {});
    if (models.length > 0) {
      const before = this.#used;
      this.#used = { input: 0, output: 0, cachedInput: 0 };
      for (const model of models) {
        const cached = model.cacheReadInputTokens ?? 0;
        this.#used.cachedInput += cached;
        this.#used.input +=
          (model.inputTokens ?? 0) + cached + (model.cacheCreationInputTokens ?? 0);
        this.#used.output += model.outputTokens ?? 0;
      }
      return {
        input: Math.max(0, this.#used.input - before.input),
        output: Math.max(0, this.#used.output - before.output),
        cachedInput: Math.max(0, this.#used.cachedInput - before.cachedInput),
        reasoning: 0,
        counted: 'provider',
      };
    }
    if (usage === undefined) {
      return undefined;
    }
    const cachedInput = usage.cache_read_input_tokens ?? 0;
    return {
      input: (usage.input_tokens ?? 0) + cachedInput + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens ?? 0,
      cachedInput,
      reasoning: 0,
      counted: 'provider',
    };
  }
}
