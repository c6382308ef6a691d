import type { Clock } from '../../base/clock.ts';
import { digestOf, type Digest } from '../../base/digest.ts';
import type { Log } from '../../base/log.ts';
import { thrownMessage } from '../../base/text.ts';
import type { CacheSettings, Saved } from '../../domain/cache.ts';
import type { BlobRef } from '../../domain/event.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { AnswerStore, FoundAnswers, KeptAnswer, NewAnswer } from '../parts.ts';
import type { Entries } from './entries.ts';
import {
  decodeEntry,
  encodeEntry,
  LONGEST_TTL_MS,
  MOST_FACTS_BYTES,
  MOST_INLINE_BYTES,
  MOST_INLINE_BYTES_OF_ANSWER,
  stands,
  type Kept,
  type KeptValue,
} from './entry.ts';
import { digestInTurns, unframed } from './frame.ts';
import type { Ledger } from './ledger.ts';
import type { Notes } from './notes.ts';
import type { GuardedTier } from './tier.ts';
import type { Values } from './values.ts';

export interface AnswersParts {
  readonly entries: Entries;
  readonly values: Values;
  readonly notes: Notes;
  readonly ledger: Ledger;
  readonly tier: GuardedTier | undefined;
  readonly clock: Clock;
  readonly settings: () => CacheSettings;
  readonly log: Log;
  /** Told how much has been put. */
  readonly onPut: (bytes: number) => void;
}

const NOTHING_FOUND: FoundAnswers = { answers: [], expired: undefined, wasDamaged: false };

/** The store as the rest of the cache knows it. With the cache switched off it finds and keeps nothing. */
export class Answers implements AnswerStore {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** What stands in memory or is read at once; `undefined`: `find` may know more. */
  findNow(key: Digest): FoundAnswers | undefined {
    const { entries, settings } = this.#parts;
    if (!settings().use) {
      return NOTHING_FOUND;
    }
    const loaded = entries.loadNow(key);
    if (loaded === undefined) {
      return undefined;
    }
    const found = this.#sorted(loaded.kept, loaded.wasDamaged);
    return found.answers.length > 0 ? found : undefined;
  }

  async find(key: Digest): Promise<FoundAnswers> {
    const { entries, settings } = this.#parts;
    if (!settings().use) {
      return NOTHING_FOUND;
    }
    const { kept, wasDamaged } = await entries.load(key);
    const found = this.#sorted(kept, wasDamaged);
    if (found.answers.length > 0) {
      return found;
    }
    const brought = this.#sorted(await this.#fromTier(key), false);
    return { ...found, answers: brought.answers, expired: found.expired ?? brought.expired };
  }

  async keep(answer: NewAnswer): Promise<boolean> {
    const { entries, tier, clock, settings, log, onPut } = this.#parts;
    if (!settings().use || !(answer.ttlMs > 0)) {
      return false;
    }
    try {
      const facts = JSON.stringify(answer.facts);
      const ofFacts = Buffer.byteLength(facts);
      const size = ofFacts + sizeOf(answer.values);
      if (ofFacts > MOST_FACTS_BYTES || size > settings().maxBytes) {
        return false;
      }
      const values = await this.#putValues(answer.values);
      if (values === undefined) {
        return false;
      }
      const kept = keptOf(answer, facts, values, clock.now());
      const { left, gone } = await entries.change(answer.key, (before) => [
        kept,
        ...before.filter((other) => other.answer.id !== kept.answer.id),
      ]);
      this.#countGone(gone.filter((one) => one.answer.id !== kept.answer.id));
      onPut(size);
      if (tier !== undefined) {
        tier.put(answer.key, encodeEntry(answer.key, left));
      }
      return true;
    } catch (thrown) {
      log.debug(`Cache: an answer was not kept: ${thrownMessage(thrown)}`);
      return false;
    }
  }

  async value(answer: KeptAnswer, ref: BlobRef): Promise<Uint8Array | undefined> {
    const { entries, ledger } = this.#parts;
    const origin =
      entries.originOf(answer) ??
      (await entries.load(answer.key)).kept.find((one) => one.answer.id === answer.id);
    const value = origin?.values.find(
      ({ digest, bytes }) => digest === ref.digest && bytes === ref.bytes,
    );
    if (value === undefined) {
      return undefined;
    }
    const found = await this.#bytesOf(value);
    if (found.kind === 'there') {
      // A copy: whoever gets it may do with it what he likes.
      return new Uint8Array(found.bytes);
    }
    if (found.kind === 'gone' && (await this.#drop(answer))) {
      ledger.count(answer, { damaged: 1 });
    }
    return undefined;
  }

  hit(answer: KeptAnswer, saved: Saved, coalesced: boolean): void {
    this.#parts.ledger.count(answer, coalesced ? { coalesced: 1, saved } : { hits: 1, saved });
    this.used(answer);
  }

  /** It is younger to the sweep for it. */
  used(answer: KeptAnswer): void {
    const { entries, clock } = this.#parts;
    entries.mark(answer, clock.now());
  }

  missed(namespace: string, agent: string | undefined): void {
    this.#parts.ledger.count({ namespace, agent }, { misses: 1 });
  }

  async remember(name: Digest, note: JsonValue): Promise<void> {
    const { notes, settings } = this.#parts;
    if (settings().use) {
      await notes.write(name, note);
    }
  }

  async recall(name: Digest): Promise<JsonValue | undefined> {
    const { notes, settings } = this.#parts;
    return settings().use ? await notes.read(name) : undefined;
  }

  #sorted(kept: readonly Kept[], wasDamaged: boolean): FoundAnswers {
    const now = this.#parts.clock.now();
    const all = kept.map(({ answer }) => answer);
    return {
      answers: all.filter((answer) => stands(answer, now)),
      expired: all.find((answer) => !stands(answer, now)),
      wasDamaged,
    };
  }

  /** Larger ones get files. `undefined`: one is not what it is said to be. */
  async #putValues(values: NewAnswer['values']): Promise<readonly KeptValue[] | undefined> {
    const put: KeptValue[] = [];
    let inlined = 0;
    for (const { digest, bytes, read } of values) {
      // A copy: its bytes must not change any more.
      const content = new Uint8Array(await read());
      if (content.length !== bytes || (await digestInTurns(content)) !== digest) {
        return undefined;
      }
      const isInline = bytes <= MOST_INLINE_BYTES && inlined + bytes <= MOST_INLINE_BYTES_OF_ANSWER;
      if (isInline) {
        inlined += bytes;
      } else {
        await this.#parts.values.put({ digest, bytes }, content);
        this.#parts.tier?.put(digest, content);
      }
      put.push({ digest, bytes, inline: isInline ? content : undefined });
    }
    return put;
  }

  async #bytesOf(value: KeptValue): ReturnType<Values['get']> {
    const { values, tier } = this.#parts;
    if (value.inline !== undefined) {
      return digestOf(value.inline) === value.digest
        ? { kind: 'there', bytes: value.inline }
        : { kind: 'gone' };
    }
    const found = await values.get(value);
    if (found.kind === 'there' || tier === undefined) {
      return found;
    }
    const bytes = await tier.get(value.digest);
    if (bytes?.length !== value.bytes) {
      return found;
    }
    const copy = new Uint8Array(bytes);
    if ((await digestInTurns(copy)) !== value.digest) {
      return found;
    }
    await values.put(value, copy).catch(() => undefined);
    return { kind: 'there', bytes: copy };
  }

  /** Lays what the shared tier has onto the disk. */
  async #fromTier(key: Digest): Promise<readonly Kept[]> {
    const { tier, entries, ledger, clock, log } = this.#parts;
    const given = await tier?.get(key);
    if (given === undefined) {
      return [];
    }
    const rest = await unframed(new Uint8Array(given));
    const brought = rest && decodeEntry(rest, key);
    if (brought === undefined) {
      ledger.count(undefined, { damaged: 1 });
      return [];
    }
    const now = clock.now();
    const standing = brought.filter(({ answer }) => stands(answer, now));
    for (const one of standing) {
      entries.know(one);
    }
    const known = new Set(standing.map(({ answer }) => answer.id));
    if (standing.length > 0) {
      try {
        await entries.change(key, (before) =>
          [...standing, ...before.filter(({ answer }) => !known.has(answer.id))].sort(
            (a, b) => b.answer.at - a.answer.at,
          ),
        );
      } catch (thrown) {
        log.debug(`Cache: a shared answer was not kept: ${thrownMessage(thrown)}`);
      }
    }
    return brought;
  }

  /** Whether it was there. */
  async #drop({ key, id }: KeptAnswer): Promise<boolean> {
    try {
      const { gone } = await this.#parts.entries.change(key, (kept) =>
        kept.filter(({ answer }) => answer.id !== id),
      );
      return gone.length > 0;
    } catch {
      return false;
    }
  }

  #countGone(gone: readonly Kept[]): void {
    const { ledger, clock } = this.#parts;
    const now = clock.now();
    for (const { answer } of gone) {
      ledger.count(answer, stands(answer, now) ? { evictions: 1 } : { expirations: 1 });
    }
  }
}

function keptOf(
  { key, namespace, agent, run, ttlMs }: NewAnswer,
  facts: string,
  values: readonly KeptValue[],
  at: number,
): Kept {
  // The facts behind the rest, as they are: they may be long.
  const rest = JSON.stringify([key, namespace, agent, values.map(({ digest }) => digest)]);
  const answer: KeptAnswer = {
    key,
    id: digestOf(`${rest}\n${facts}`),
    namespace,
    agent,
    run,
    at,
    expiresAt: at + Math.min(ttlMs, LONGEST_TTL_MS),
    // A copy: what is kept must not change any more.
    facts: JSON.parse(facts) as JsonValue,
  };
  return { answer, values };
}

function sizeOf(values: readonly BlobRef[]): number {
  return values.reduce((sum, { bytes }) => sum + bytes, 0);
}
