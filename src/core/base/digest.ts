import { createHash } from 'node:crypto';
import type { Brand } from './brand.ts';

/** SHA-256 as 64 lower-case hexadecimal digits. */
export type Digest = Brand<string, 'Digest'>;

export function digestOf(bytes: string | Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** Digest of a JSON value; the order of an object's keys does not matter. */
export function digestOfJson(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

export function isDigest(text: string): text is Digest {
  return /^[0-9a-f]{64}$/.test(text);
}

/** JSON with keys sorted and `undefined` members left out, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) {
      return member;
    }
    return Object.fromEntries(
      Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  });
}
