import type { Digest } from '../base/digest.ts';
import type { Result } from '../base/result.ts';
import type { Saved } from '../domain/cache.ts';
import type { BlobRef } from '../domain/event.ts';
import type { RunId } from '../domain/ids.ts';
import type { JsonValue } from '../domain/workflow.ts';

// What the parts of the cache need of each other and of what is around them.

/** An answer to be kept. */
export interface NewAnswer {
  /** The question. One question may have several answers, each under other circumstances, which `facts` tell. */
  readonly key: Digest;
  readonly namespace: string;
  readonly agent: string | undefined;
  /** The run that made it. */
  readonly run: RunId | undefined;
  readonly ttlMs: number;
  /** Small: at most 1 MB as JSON. */
  readonly facts: JsonValue;
  /** Bytes that belong to it; each is kept once, however many answers have it. */
  readonly values: readonly (BlobRef & { readonly read: () => Promise<Uint8Array> })[];
}

export interface KeptAnswer extends Omit<NewAnswer, 'values' | 'ttlMs'> {
  /** Its own, over all answers of its question. */
  readonly id: Digest;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly expiresAt: number;
}

export interface FoundAnswers {
  /** Those that stand, the newest first. */
  readonly answers: readonly KeptAnswer[];
  /** The newest that has stood its time. */
  readonly expired: KeptAnswer | undefined;
  /** Some were there that were not what had been written; they are dropped. */
  readonly wasDamaged: boolean;
}

/**
 * Answers on the disk, which windows and terminals share, and in memory. Nothing that is read is believed without its
 * digest; what cannot be read or written is as if it were not there. So no call rejects for the disk's sake.
 */
export interface AnswerStore {
  find(key: Digest): Promise<FoundAnswers>;
  /** False when it could not be kept. */
  keep(answer: NewAnswer): Promise<boolean>;
  /** Bytes of an answer; `undefined`: they are gone or damaged, and then the answer is dropped. */
  value(answer: KeptAnswer, ref: BlobRef): Promise<Uint8Array | undefined>;
  /** Counted: the answer was given. It is younger to the sweep for it. */
  hit(answer: KeptAnswer, saved: Saved, coalesced: boolean): void;
  missed(namespace: string, agent: string | undefined): void;
  /** A small note under a name, in the place of the one before; it outlives the answers. @param note at most 1 MB */
  remember(name: Digest, note: JsonValue): Promise<void>;
  recall(name: Digest): Promise<JsonValue | undefined>;
}

/** A tier that several machines share. What comes from it is verified like what comes from the disk. */
export interface SharedTier {
  get(key: Digest): Promise<Uint8Array | undefined>;
  put(key: Digest, bytes: Uint8Array): Promise<void>;
}

/** Turns a text into a vector of length 1. The error is a sentence for people. */
export type Embed = (
  model: string,
  text: string,
  signal: AbortSignal,
) => Promise<Result<Float32Array, string>>;
