import { isDigest, type Digest } from '../../base/digest.ts';
import type { BlobRef } from '../../domain/event.ts';
import { isRunId } from '../../domain/ids.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import type { KeptAnswer } from '../parts.ts';
import { framed } from './frame.ts';

// An entry is all answers of one question: a line of JSON, and behind it the bytes of small values, in their order.

/** An answer with where its values are. */
export interface Kept {
  readonly answer: KeptAnswer;
  readonly values: readonly KeptValue[];
}

export interface KeptValue extends BlobRef {
  /** Its bytes, when they are in the entry itself; else in a file of their own. */
  readonly inline: Uint8Array | undefined;
}

/** Values up to this many bytes are in the entry. */
export const MOST_INLINE_BYTES = 16 * 1024;
/** Of one answer in its entry. */
export const MOST_INLINE_BYTES_OF_ANSWER = 64 * 1024;
/** Of one answer, and of a note, as JSON. */
export const MOST_FACTS_BYTES = 1024 * 1024;
export const MOST_ANSWERS = 8;
/** More than that is not read. The newest answer fits always. */
export const MOST_ENTRY_BYTES = 4 * 1024 * 1024;

interface Header {
  readonly key: string;
  readonly answers: readonly HeaderAnswer[];
}

interface HeaderAnswer extends Omit<KeptAnswer, 'key' | 'agent' | 'run'> {
  readonly agent: string | null;
  readonly run: string | null;
  readonly values: readonly HeaderValue[];
}

interface HeaderValue extends BlobRef {
  readonly inline: boolean;
}

/** An answer may not be kept for longer, in milliseconds: a hundred years. */
export const LONGEST_TTL_MS = 100 * 365 * 24 * 60 * 60 * 1000;

const LINE_FEED = 0x0a;
/** Milliseconds. */
const A_DAY = 24 * 60 * 60 * 1000;

/**
 * Whether the answer may still be given. One that comes from the future by more than a day has been written under a
 * wrong clock, and nobody knows how long it has stood.
 */
export function stands(
  { at, expiresAt }: Pick<KeptAnswer, 'at' | 'expiresAt'>,
  now: number,
): boolean {
  return expiresAt > now && at <= now + A_DAY;
}

/** The file's bytes. @param kept the newest first */
export function encodeEntry(key: Digest, kept: readonly Kept[]): Buffer {
  const header: Header = {
    key,
    answers: kept.map(({ answer, values }) => ({
      id: answer.id,
      at: answer.at,
      expiresAt: answer.expiresAt,
      namespace: answer.namespace,
      agent: answer.agent ?? null,
      run: answer.run ?? null,
      facts: answer.facts,
      values: values.map(({ digest, bytes, inline }) => ({
        digest,
        bytes,
        inline: inline !== undefined,
      })),
    })),
  };
  const inline = kept.flatMap(({ values }) => values.flatMap((value) => value.inline ?? []));
  return framed(Buffer.from(`${JSON.stringify(header)}\n`, 'utf8'), ...inline);
}

/** @param rest what was in the frame @returns the newest first; `undefined`: it is not an entry for this question */
export function decodeEntry(rest: Buffer, key: Digest): readonly Kept[] | undefined {
  const end = rest.indexOf(LINE_FEED);
  if (end === -1) {
    return undefined;
  }
  const header = headerOf(rest.toString('utf8', 0, end));
  if (header?.key !== key) {
    return undefined;
  }
  let offset = end + 1;
  const kept = header.answers.map(({ values, agent, run, ...answer }): Kept => {
    const placed = values.map(({ digest, bytes, inline }): KeptValue => {
      const from = offset;
      offset += inline ? bytes : 0;
      return { digest, bytes, inline: inline ? rest.subarray(from, offset) : undefined };
    });
    const known = run !== null && isRunId(run) ? run : undefined;
    return { answer: { ...answer, key, agent: agent ?? undefined, run: known }, values: placed };
  });
  return offset === rest.length ? kept : undefined;
}

function headerOf(text: string): Header | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(json) && Array.isArray(json['answers']) && json['answers'].every(isAnswer)
    ? (json as unknown as Header)
    : undefined;
}

function isAnswer(json: unknown): json is HeaderAnswer {
  return (
    isObject(json) &&
    isDigestText(json['id']) &&
    Number.isFinite(json['at']) &&
    Number.isFinite(json['expiresAt']) &&
    typeof json['namespace'] === 'string' &&
    isTextOrNull(json['agent']) &&
    isTextOrNull(json['run']) &&
    'facts' in json &&
    Array.isArray(json['values']) &&
    json['values'].every(isValue)
  );
}

function isValue(json: unknown): json is HeaderValue {
  return (
    isObject(json) &&
    isDigestText(json['digest']) &&
    Number.isSafeInteger(json['bytes']) &&
    Number(json['bytes']) >= 0 &&
    typeof json['inline'] === 'boolean'
  );
}

function isDigestText(value: unknown): value is Digest {
  return typeof value === 'string' && isDigest(value);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

export function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
