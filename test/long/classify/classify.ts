import { FAULT_KINDS } from '../../../src/core/domain/debugging.ts';
import {
  accuracyOf,
  confusionOf,
  isRight,
  judge,
  LOG_SETS,
  mistakesOf,
  readFailureLogs,
} from '../../unit/debugging/classifyLogs.ts';
import { printTable, withTotal } from '../table.ts';

const LEAST = 0.95;

/** What the logs of real tools are taken for, beside what a person takes them for. */
export function classify(_seed: number, only: string | undefined): boolean {
  const judged = LOG_SETS.flatMap((set) => judge(readFailureLogs(set))).filter(
    ({ log }) => only === undefined || log.name.includes(only),
  );
  printTable(
    'Rows: what a person says. Columns: what the rules say.',
    ['kind', ...FAULT_KINDS],
    withTotal(confusionOf(judged)),
  );
  const tools = [...new Set(judged.map(({ log }) => log.tool))].sort();
  printTable(
    'By tool',
    ['tool', 'logs', 'right'],
    withTotal(
      tools.map((tool) => {
        const of = judged.filter(({ log }) => log.tool === tool);
        return [tool, of.length, of.filter(isRight).length];
      }),
    ),
  );
  for (const set of LOG_SETS) {
    const of = judged.filter(({ log }) => log.set === set);
    console.log(`\n${set}: ${of.filter(isRight).length} of ${of.length}\n${mistakesOf(of)}`);
  }
  const accuracy = accuracyOf(judged);
  console.log(`\n${(accuracy * 100).toFixed(1)} % of ${judged.length} logs`);
  return accuracy >= LEAST;
}
