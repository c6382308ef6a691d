import { plainText } from '../../base/text.ts';
import { readJest, readMocha, readNodeSpec, readVitest } from './textOfScripts.ts';
import { readPytest, readUnittest } from './textOfPython.ts';
import { readCargo, readGo } from './textOfCompiled.ts';
import { Tally } from './tally.ts';

/** Longest line that is looked at. */
const MOST_COLUMNS = 2000;

const READERS = [
  readPytest,
  readUnittest,
  readMocha,
  readNodeSpec,
  readJest,
  readVitest,
  readGo,
  readCargo,
] as const;

/**
 * What test runners print for people at their end. Of several, one after another or of different kinds, all is counted.
 * @returns `undefined`: none of them has ended in the text
 */
export function readTextSummary(text: string): Tally | undefined {
  const lines = plainText(text)
    .split('\n')
    .map((line) => line.slice(0, MOST_COLUMNS).trimEnd());
  const found = READERS.map((read) => read(lines)).filter((one) => one !== undefined);
  if (found.length === 0) {
    return undefined;
  }
  const tally = new Tally();
  found.forEach((one) => {
    tally.add(one);
  });
  return tally;
}
