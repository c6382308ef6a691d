import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import { ok, type Result } from '../base/result.ts';
import type { AgentName } from '../domain/ids.ts';
import type { SharedAnswers } from '../domain/sharing.ts';
import type { JsonValue } from '../domain/workflow.ts';

/** Of the shape of what is kept, and of what the tools make of what they get. */
const VERSION = 1;
const NAMESPACE = 'web_search';

const KEPT = z.object({ at: z.number(), text: z.string() });

/** A question to the world outside. */
export interface Lookup {
  /** Whom is asked, and how: what tells this kind of question from all others. Holds no secret. */
  readonly of: Readonly<Record<string, JsonValue>>;
  readonly input: JsonValue;
}

export interface LookedUp {
  /** As it came; the error is for the model. */
  readonly result: Result<string, string>;
  /** As in `ToolAnswer`. */
  readonly keptFrom: number | undefined;
}

/** Asks for one agent. @throws the signal's reason, and what `load` throws */
export type LookUp = (
  lookup: Lookup,
  load: (signal: AbortSignal) => Promise<Result<string, string>>,
  signal: AbortSignal,
) => Promise<LookedUp>;

/** Who shares nothing asks by itself. */
export const askAlone: LookUp = async (_lookup, load, signal) => ({
  result: await load(signal),
  keptFrom: undefined,
});

/**
 * What one agent looks up outside, all who ask the same get from one call. What went wrong is told to who asked alone,
 * and not kept.
 * @param redact hides secrets: what is kept holds none
 */
export function sharedLookUp(
  shared: SharedAnswers,
  clock: Clock,
  agent: AgentName,
  redact: (text: string) => string,
): LookUp {
  return async ({ of, input }, load, signal) => {
    const own: { result?: Result<string, string> } = {};
    const text = await shared.share(
      {
        namespace: NAMESPACE,
        facts: canonicalJson({ ...of, version: VERSION }),
        text: canonicalJson(input),
        agent,
      },
      async (signal) => {
        const loaded = await load(signal);
        const result = loaded.ok ? ok(redact(loaded.value)) : loaded;
        own.result = result;
        return result.ok
          ? { text: JSON.stringify({ at: clock.now(), text: result.value }), keep: true }
          : { text: JSON.stringify({ error: result.error }), keep: false };
      },
      signal,
    );
    if (own.result !== undefined) {
      return { result: own.result, keptFrom: undefined };
    }
    const kept = KEPT.safeParse(jsonOf(text));
    return kept.success
      ? { result: ok(kept.data.text), keptFrom: kept.data.at }
      : askAlone({ of, input }, load, signal);
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
