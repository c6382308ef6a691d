import { canonicalJson, digestOf, digestOfJson } from '../../../../src/core/base/digest.ts';
import type { Digest } from '../../../../src/core/base/digest.ts';
import type { Saved } from '../../../../src/core/domain/cache.ts';
import type { BlobRef } from '../../../../src/core/domain/event.ts';
import type { JsonValue } from '../../../../src/core/domain/workflow.ts';
import type {
  AnswerStore,
  FoundAnswers,
  KeptAnswer,
  NewAnswer,
} from '../../../../src/core/cache/parts.ts';

/** Answers and notes as a store keeps them, as JSON, with hands on what goes wrong. */
export class MemoryAnswers implements AnswerStore {
  readonly counted: string[] = [];
  readonly saved: Saved[] = [];
  readonly values = new Map<Digest, Uint8Array>();
  readonly #answers = new Map<Digest, string[]>();
  readonly #notes = new Map<Digest, string>();
  readonly #now: () => number;
  isFull = false;
  isDamaged = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get answers(): readonly KeptAnswer[] {
    return [...this.#answers.values()].flat().map((text) => JSON.parse(text) as KeptAnswer);
  }

  get notes(): number {
    return this.#notes.size;
  }

  find(key: Digest): Promise<FoundAnswers> {
    const all = (this.#answers.get(key) ?? []).map((text) => JSON.parse(text) as KeptAnswer);
    return Promise.resolve({
      answers: all.filter(({ expiresAt }) => expiresAt > this.#now()),
      expired: all.find(({ expiresAt }) => expiresAt <= this.#now()),
      wasDamaged: this.isDamaged,
    });
  }

  async keep({ values, ttlMs, ...answer }: NewAnswer): Promise<boolean> {
    if (this.isFull) {
      return false;
    }
    for (const { digest, bytes, read } of values) {
      const content = await read();
      if (digestOf(content) !== digest || content.length !== bytes) {
        return false;
      }
      this.values.set(digest, content);
    }
    const at = this.#now();
    const id = digestOfJson(answer);
    const kept: KeptAnswer = { ...answer, id, at, expiresAt: at + ttlMs };
    const before = this.#answers.get(answer.key) ?? [];
    this.#answers.set(answer.key, [canonicalJson(kept), ...before]);
    return true;
  }

  value(_answer: KeptAnswer, ref: BlobRef): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.values.get(ref.digest));
  }

  hit(_answer: KeptAnswer, saved: Saved, coalesced: boolean): void {
    this.counted.push(coalesced ? 'coalesced' : 'hit');
    this.saved.push(saved);
  }

  missed(): void {
    this.counted.push('missed');
  }

  remember(name: Digest, note: JsonValue): Promise<void> {
    this.#notes.set(name, JSON.stringify(note));
    return Promise.resolve();
  }

  recall(name: Digest): Promise<JsonValue | undefined> {
    const note = this.#notes.get(name);
    return Promise.resolve(note === undefined ? undefined : (JSON.parse(note) as JsonValue));
  }

  /** All answers are gone; what is remembered stays. */
  clear(): void {
    this.#answers.clear();
  }

  /** Puts another form in the place of all notes and facts. */
  garble(value: JsonValue): void {
    for (const name of this.#notes.keys()) {
      this.#notes.set(name, JSON.stringify(value));
    }
    for (const [key, texts] of this.#answers) {
      this.#answers.set(
        key,
        texts.map((text) => JSON.stringify({ ...(JSON.parse(text) as KeptAnswer), facts: value })),
      );
    }
  }
}
