import type { Fix, Range } from '../../domain/diagnostic.ts';
import type { TextChange } from '../source/problem.ts';
import type { SourceText } from '../source/sourceText.ts';

/**
 * The repair of a text that should be another, in the quotes it stands in. None where the file shows it
 * in other characters than its value has: folded, escaped, or at an alias.
 */
export function nameFixes(
  source: SourceText,
  range: Range,
  change: TextChange | undefined,
): readonly Fix[] {
  const text = change && respelled(source.textIn(range), change);
  return text === undefined
    ? []
    : [{ title: `Change to "${change?.to ?? ''}"`, edits: [{ range, text }] }];
}

function respelled(written: string, { from, to }: TextChange): string | undefined {
  if (written === from) {
    return spelled(to);
  }
  if (written === `"${from}"`) {
    return JSON.stringify(to);
  }
  return written === `'${from.replaceAll("'", "''")}'`
    ? `'${to.replaceAll("'", "''")}'`
    : undefined;
}

/** A text as a YAML value that stands anywhere, without quotes where it needs none. */
export function spelled(text: string): string {
  const isPlain = /^(?:\.{0,2}\/)?[A-Za-z0-9_](?:[A-Za-z0-9_./@ *-]*[A-Za-z0-9_./@*-])?$/.test(
    text,
  );
  return isPlain && !/^null$/i.test(text) ? text : JSON.stringify(text);
}
