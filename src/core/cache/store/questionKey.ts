import { createHash } from 'node:crypto';
import type { Digest } from '../../base/digest.ts';

/**
 * The key of a question. The text is hashed as it is, behind a line with the lengths, which tell where the facts end:
 * escaping a long text would cost more than its digest.
 */
export function questionKey(facts: string, text: string): Digest {
  // As UTF-8 all halves of surrogate pairs that stand alone are one and the same.
  const encoding = isWhole(facts) && isWhole(text) ? 'utf8' : 'utf16le';
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
