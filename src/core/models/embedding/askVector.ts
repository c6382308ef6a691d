import type { EmbeddingModelV3 } from '@ai-sdk/provider';
import type { Clock } from '../../base/clock.ts';
import type { CallFailure } from '../../domain/call.ts';
import { classifyThrown } from '../failures/classify.ts';
import { toldLimits, type ToldLimits } from '../failures/limitHeaders.ts';
import * as problems from './embeddingProblems.ts';

/** Until the whole of the vector is there, in milliseconds: a local server may load the model first. */
const TIMEOUT_MS = 30_000;
/** The longest vectors are a tenth of it. */
const MAX_BYTES = 2 * 1024 * 1024;

export type VectorOutcome =
  | {
      readonly kind: 'answered';
      readonly values: readonly number[];
      /** As the provider counted them; `undefined`: it does not tell. */
      readonly tokens: number | undefined;
      readonly limits: ToldLimits;
    }
  | { readonly kind: 'failed'; readonly failure: CallFailure; readonly limits: ToldLimits };

/** What the response to one call says of itself. */
export interface Heard {
  status: number | undefined;
  headers: Readonly<Record<string, string>>;
}

/** A `fetch` for one call of an embedding model. It follows no redirect, so that a key goes nowhere else. */
export function heardFetch(fetchFunction: typeof fetch, heard: Heard): typeof fetch {
  return async (input, init) => {
    const response = await fetchFunction(input, { ...init, redirect: 'error' });
    const { status, statusText, headers } = response;
    heard.status = status;
    heard.headers = Object.fromEntries(headers);
    const body = response.body?.pipeThrough(atMost(MAX_BYTES)) ?? null;
    return new Response(body, { status, statusText, headers });
  };
}

/**
 * Makes one call of an embedding model, which was connected with `heardFetch`. Rejects only with the signal's reason;
 * the socket is closed in the same moment.
 */
export async function askVector(
  model: EmbeddingModelV3,
  { provider, text }: { readonly provider: string; readonly text: string },
  heard: Heard,
  clock: Clock,
  signal: AbortSignal,
): Promise<VectorOutcome> {
  const { embed } = await import('ai');
  signal.throwIfAborted();
  const stop = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error));
  });
  const tooLate = problems.noAnswerInTime(TIMEOUT_MS);
  const timer = clock.timer(TIMEOUT_MS, () => stop.abort(tooLate));
  const cancel = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  const limits = (): ToldLimits => toldLimits(heard.headers, clock.now());
  try {
    const asked = embed({ model, value: text, maxRetries: 0, abortSignal: stop.signal });
    const { embedding, usage } = await Promise.race([asked, stopped]);
    const { tokens } = usage;
    return {
      kind: 'answered',
      values: embedding,
      tokens: Number.isFinite(tokens) && tokens > 0 ? tokens : undefined,
      limits: limits(),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    const failure =
      stop.signal.reason === tooLate ? tooLate : failureOf(thrown, provider, heard, clock.now());
    return { kind: 'failed', failure, limits: limits() };
  } finally {
    signal.removeEventListener('abort', cancel);
    timer.dispose();
  }
}

function failureOf(thrown: unknown, provider: string, { status }: Heard, now: number): CallFailure {
  const failure = classifyThrown(thrown, { provider, now });
  // A good status and no vector: what the SDK says of its schemas helps nobody.
  return status !== undefined && status < 300 && failure.kind !== 'network'
    ? problems.unreadable('what it sent is no vector', status)
    : failure;
}

function atMost(bytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = bytes;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) {
        controller.error(new Error('The answer is too long.'));
        return;
      }
      controller.enqueue(chunk);
    },
  });
}
