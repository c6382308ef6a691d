import { createHash } from 'node:crypto';
import type { Digest } from '../../base/digest.ts';

/** Of a text without one V8 knows that as a rule, and does not look through it. */
const BEYOND_LATIN = /[\u0100-\uffff]/;

/**
 * The key of a question. The text is hashed as V8 holds it, behind a line with the lengths, which tell where the facts
 * end: escaping a long text, or making UTF-8 of it, would cost as much as its digest.
 */
export function questionKey(facts: string, text: string): Digest {
  const encoding = BEYOND_LATIN.test(facts) || BEYOND_LATIN.test(text) ? 'utf16le' : 'latin1';
  return createHash('sha256')
    .update(`question 1 ${encoding} ${facts.length} ${text.length}\n${facts}`, encoding)
    .update(text, encoding)
    .digest('hex') as Digest;
}

/** Whether UTF-8 can say it. */
export function isWhole(text: string): boolean {
  // In every Node Sluice runs on, and not yet in the library TypeScript is told of.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
