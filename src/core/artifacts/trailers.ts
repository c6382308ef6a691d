import { oneLine } from '../base/text.ts';

/** Characters of a value; a longer one is cut. */
const LONGEST = 300;

/**
 * The last paragraph of a commit message, as `git interpret-trailers --parse` and `%(trailers)` read it. A value is one
 * line whatever was in it, so none can begin another trailer. Those without a value are left out.
 */
export function trailerLines(
  trailers: readonly (readonly [name: string, value: string | undefined])[],
): readonly string[] {
  return trailers.flatMap(([name, value]) => {
    const line = value === undefined ? '' : oneLine(value, LONGEST);
    return line === '' ? [] : [`${name}: ${line}`];
  });
}
