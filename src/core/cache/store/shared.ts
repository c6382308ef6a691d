import type { Clock } from '../../base/clock.ts';
import { digestOf, type Digest } from '../../base/digest.ts';
import { DEFAULT_TTL_MS, type CacheSettings, type Saved } from '../../domain/cache.ts';
import type { SharedAnswers, SharedQuestion } from '../../domain/sharing.ts';
import type { KeptAnswer, NewAnswer } from '../parts.ts';
import type { Answers } from './answers.ts';
import { isObject } from './entry.ts';
import type { Ledger } from './ledger.ts';
import { isWhole, questionKey } from './questionKey.ts';

type Load = Parameters<SharedAnswers['share']>[1];

/** What became of a call. */
type Outcome =
  | { readonly kind: 'kept'; readonly text: string; readonly saved: Saved }
  /** It was called for, and is to be told to nobody else. */
  | { readonly kind: 'own'; readonly text: string }
  | { readonly kind: 'loaded'; readonly text: string; readonly saved: Saved }
  | { readonly kind: 'failed'; readonly thrown: unknown };

interface Flight {
  readonly outcome: Promise<Outcome>;
  readonly calling: AbortController;
  waiting: number;
}

export interface SharedParts {
  readonly answers: Answers;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly settings: () => CacheSettings;
}

/** Texts of more characters are kept as a value beside the facts. */
const MOST_FACT_CHARACTERS = 64 * 1024;

/**
 * One call for all who ask the same at the same moment, and its answer kept for those who ask later.
 *
 * H1. A flight is found under its key until it ends or nobody waits for it; a later one of the same key is another
 *     one, which the end of the first does not touch.
 * H2. A flight ends after its answer is kept, so that nobody comes between.
 * H3. Who waits for a flight that ends without an answer for him begins at the beginning; the first of them calls.
 */
export class Shared implements SharedAnswers {
  readonly #parts: SharedParts;
  readonly #flights = new Map<Digest, Flight>();

  constructor(parts: SharedParts) {
    this.#parts = parts;
  }

  async share(question: SharedQuestion, load: Load, signal: AbortSignal): Promise<string> {
    const { answers, ledger, settings } = this.#parts;
    if (!settings().use) {
      signal.throwIfAborted();
      return (await load(signal)).text;
    }
    const key = questionKey(question.facts, question.text);
    for (;;) {
      signal.throwIfAborted();
      const known = textIn(answers.findNow(key)?.answers[0]);
      if (known !== undefined) {
        answers.used(known.answer);
        ledger.count(question, { hits: 1, saved: known.saved });
        return known.text;
      }
      const flying = this.#flights.get(key);
      const flight = flying ?? this.#begin(key, question, load);
      const outcome = await this.#waitFor(key, flight, signal);
      switch (outcome.kind) {
        case 'kept':
          ledger.count(question, { hits: 1, saved: outcome.saved });
          return outcome.text;
        case 'loaded':
          if (flying !== undefined) {
            ledger.count(question, { coalesced: 1, saved: outcome.saved });
          }
          return outcome.text;
        case 'own':
          if (flying === undefined) {
            return outcome.text;
          }
          break;
        case 'failed':
          if (flying === undefined) {
            throw outcome.thrown;
          }
          break;
      }
    }
  }

  #begin(key: Digest, question: SharedQuestion, load: Load): Flight {
    const calling = new AbortController();
    const outcome = this.#fly(key, question, load, calling.signal).catch(
      (thrown: unknown): Outcome => ({ kind: 'failed', thrown }),
    );
    const flight: Flight = { outcome, calling, waiting: 0 };
    this.#flights.set(key, flight);
    void outcome.then(() => this.#land(key, flight));
    return flight;
  }

  async #fly(
    key: Digest,
    question: SharedQuestion,
    load: Load,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { answers, clock } = this.#parts;
    const kept = await this.#find(key);
    if (kept !== undefined) {
      return { kind: 'kept', ...kept };
    }
    signal.throwIfAborted();
    answers.missed(question.namespace, question.agent);
    const begun = clock.monotonic();
    const { text, keep } = await load(signal);
    // What nobody waited for any more may be cut off where it was told to stop.
    if (!keep || signal.aborted) {
      return { kind: 'own', text };
    }
    const saved = savedBy(clock.monotonic() - begun);
    await this.#keep(key, question, text, saved);
    return { kind: 'loaded', text, saved };
  }

  async #find(key: Digest): Promise<{ text: string; saved: Saved } | undefined> {
    const { answers } = this.#parts;
    for (const answer of (await answers.find(key)).answers) {
      const known = textIn(answer) ?? (await this.#textApart(answer));
      if (known !== undefined) {
        answers.used(answer);
        return { text: known.text, saved: known.saved };
      }
    }
    return undefined;
  }

  async #textApart(answer: KeptAnswer): Promise<{ text: string; saved: Saved } | undefined> {
    const { facts } = answer;
    if (!isObject(facts) || typeof facts['digest'] !== 'string') {
      return undefined;
    }
    const ref = { digest: facts['digest'] as Digest, bytes: Number(facts['bytes']) };
    const bytes = await this.#parts.answers.value(answer, ref);
    return bytes && { text: Buffer.from(bytes).toString('utf8'), saved: savedBy(facts['ms']) };
  }

  async #keep(key: Digest, question: SharedQuestion, text: string, saved: Saved): Promise<void> {
    const { answers, settings } = this.#parts;
    const { namespace, agent } = question;
    const ttlMs = settings().ttlMs[namespace] ?? DEFAULT_TTL_MS;
    const answer = { key, namespace, agent, run: undefined, ttlMs };
    await answers.keep({ ...answer, ...content(text, saved.ms) });
  }

  /** @throws the signal's reason */
  async #waitFor(key: Digest, flight: Flight, signal: AbortSignal): Promise<Outcome> {
    flight.waiting += 1;
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<'aborted'>((resolve) => {
      onAbort = () => resolve('aborted');
      signal.addEventListener('abort', onAbort, { once: true });
    });
    const outcome = await Promise.race([flight.outcome, aborted]);
    if (onAbort !== undefined) {
      signal.removeEventListener('abort', onAbort);
    }
    flight.waiting -= 1;
    if (outcome !== 'aborted') {
      return outcome;
    }
    if (flight.waiting === 0) {
      this.#land(key, flight);
      flight.calling.abort(signal.reason);
    }
    throw signal.reason;
  }

  /** H1 */
  #land(key: Digest, flight: Flight): void {
    if (this.#flights.get(key) === flight) {
      this.#flights.delete(key);
    }
  }
}

/** An answer whose text is among its facts. */
function textIn(
  answer: KeptAnswer | undefined,
): { readonly answer: KeptAnswer; readonly text: string; readonly saved: Saved } | undefined {
  const facts = answer?.facts;
  return answer !== undefined && isObject(facts) && typeof facts['text'] === 'string'
    ? { answer, text: facts['text'], saved: savedBy(facts['ms']) }
    : undefined;
}

function content(text: string, ms: number): Pick<NewAnswer, 'facts' | 'values'> {
  if (text.length <= MOST_FACT_CHARACTERS || !isWhole(text)) {
    return { facts: { text, ms }, values: [] };
  }
  const bytes = Buffer.from(text, 'utf8');
  const ref = { digest: digestOf(bytes), bytes: bytes.length };
  return { facts: { ...ref, ms }, values: [{ ...ref, read: () => Promise.resolve(bytes) }] };
}

function savedBy(ms: unknown): Saved {
  return { ms: typeof ms === 'number' ? ms : 0, calls: 1, tokens: 0, usd: 0 };
}
