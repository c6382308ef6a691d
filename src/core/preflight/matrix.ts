import { oneLine } from '../base/text.ts';
import type { Preflight } from './report.ts';
import { relationsIn, type Relation } from './words.ts';

const SIGNS: Readonly<Record<Relation, string>> = {
  self: '·',
  beside: '+',
  apart: '-',
  clash: '!',
};

export const MATRIX_LEGEND =
  '+ may run at the same time, - one waits for the other, ! may change the same files';

/** Which steps may run beside which, in columns of equal width: a line for each step, columns by their numbers. */
export function matrixLines(preflight: Preflight): string[] {
  const relation = relationsIn(preflight);
  const places = preflight.steps.map((_, place) => place);
  const width = String(places.length).length;
  const line = (first: string, cells: readonly string[], name: string) =>
    [first, ...cells]
      .map((cell) => cell.padStart(width))
      .join(' ')
      .concat(`  ${name}`)
      .trimEnd();
  return [
    line(
      '',
      places.map((place) => String(place + 1)),
      '',
    ),
    ...places.map((row) =>
      line(
        String(row + 1),
        places.map((column) => SIGNS[relation(row, column)]),
        oneLine(preflight.steps[row]?.step ?? ''),
      ),
    ),
  ];
}
