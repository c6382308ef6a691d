import os from 'node:os';
import pLimit from 'p-limit';
import { bundled } from '../../support/bundle.ts';
import { printTable, withTotal } from '../table.ts';
import { live, type HistoryReport } from './history.ts';
import { LAYOUTS } from './layouts.ts';

const HISTORIES = 1_000;
const CHILD = 'test/long/histories/historyChild.ts';
/** They wait for each other's disk and processes a good part of the time. */
const AT_ONCE = Math.max(2, Math.ceil(os.availableParallelism() * 2));
const NAMES = Object.keys(LAYOUTS);

/** What came of a number of histories. */
export interface Outcome {
  readonly sound: readonly HistoryReport[];
  /** What does not hold, by the history's number. */
  readonly failed: ReadonlyMap<number, string>;
  /** Why a layout was left out, by its name. */
  readonly skipped: ReadonlyMap<string, string>;
}

/** @param forMs none is begun once so many milliseconds have passed */
export async function liveThrough(
  seed: number,
  numbers: readonly number[],
  { forMs = Infinity, keeps = false }: { readonly forMs?: number; readonly keeps?: boolean } = {},
  told: (number: number, failure: string | undefined) => void = () => undefined,
): Promise<Outcome> {
  const child = bundled(CHILD);
  const limit = pLimit(AT_ONCE);
  const until = performance.now() + forMs;
  const sound: HistoryReport[] = [];
  const failed = new Map<number, string>();
  const skipped = new Map<string, string>();
  await Promise.all(
    numbers.map((number) =>
      limit(async () => {
        const layout = layoutOf(number);
        if (performance.now() > until || skipped.has(layout)) {
          return;
        }
        try {
          const report = await live(seedOf(seed, number), layout, child, keeps);
          if ('skipped' in report) {
            skipped.set(layout, report.skipped);
          } else {
            sound.push(report);
          }
          told(number, undefined);
        } catch (thrown) {
          const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
          failed.set(number, why);
          told(number, why);
        }
      }),
    ),
  );
  return { sound, failed, skipped };
}

export function layoutOf(number: number): string {
  return NAMES[number % NAMES.length] ?? '';
}

function seedOf(seed: number, number: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
}

/**
 * Random histories of runs in repositories of every kind; `only` is a layout, the number of one history, or from one to
 * another (`0-99`). Returns false when anything did not hold.
 */
export async function histories(seed: number, only: string | undefined): Promise<boolean> {
  const numbers = numbersOf(only);
  let done = 0;
  const keeps = only !== undefined;
  const outcome = await liveThrough(seed, numbers, { keeps }, (number, failure) => {
    done += 1;
    if (failure !== undefined) {
      console.error(`\nhistory ${number} (${layoutOf(number)}): ${failure}`);
    } else if (done % 100 === 0) {
      console.error(`  ${done} of ${numbers.length} histories`);
    }
  });
  print(outcome);
  const { sound, failed, skipped } = outcome;
  const left = (what: 'files' | 'folders') =>
    sound.reduce((sum, { judged }) => sum + judged.leftovers[what], 0);
  console.log(
    `\nkills left ${left('files')} temporary files in Sluice's own folder, ${left('folders')} folders in its cache`,
  );
  console.log(`${sound.length} of ${sound.length + failed.size} histories sound`);
  for (const [layout, why] of skipped) {
    console.log(`left out: ${layout}, because ${why}`);
  }
  return failed.size === 0;
}

function numbersOf(only: string | undefined): readonly number[] {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(only ?? '') ?? [];
  if (from !== undefined) {
    const first = Number(from);
    return Array.from({ length: Number(to ?? from) - first + 1 }, (_, index) => first + index);
  }
  const all = Array.from({ length: HISTORIES }, (_, number) => number);
  return all.filter((number) => only === undefined || layoutOf(number) === only);
}

function print({ sound, failed }: Outcome): void {
  const layouts = NAMES.map((name) => {
    const those = sound.filter(({ layout }) => layout === name);
    const sum = (of: (one: HistoryReport) => number) =>
      those.reduce((total, one) => total + of(one), 0);
    return [
      name,
      those.length,
      [...failed.keys()].filter((number) => layoutOf(number) === name).length,
      sum(({ sessions }) => sessions),
      sum(({ kills }) => kills.length),
      sum(({ deeds }) => deeds.length),
      sum(({ doings }) => doings.filter(({ done }) => done).length),
      sum(({ judged }) => judged.runs),
      sum(({ judged }) => judged.refs),
    ];
  });
  const columns = ['layout', 'sound', 'unsound', 'programs', 'kills', 'deeds', 'by user'];
  printTable('Histories', [...columns, 'runs', 'refs'], withTotal(layouts));
  const deeds = sound.flatMap((one) => one.deeds.map((came) => came.split(': ')[0] ?? ''));
  printCounts('What Sluice was asked', deeds);
  const kills = sound.flatMap((one) => one.kills);
  printCounts('Kills: at a boundary, at a moment, with all that was started', kills);
  const doings = sound.flatMap((one) =>
    one.doings.flatMap(({ name, done }) => (done ? [name] : [])),
  );
  printCounts('What the user did', doings);
  const refusals = sound.flatMap((one) =>
    one.deeds.filter((came) => !/: (?:done|accepted)$/.test(came)),
  );
  printCounts('What was refused', refusals.map(plainly), 30);
  const failures = sound.flatMap(({ judged }) => judged.failures);
  printCounts('Landings and merges that failed', failures.map(plainly), 30);
  printCounts('Warned of', sound.flatMap(({ warnings }) => warnings).map(plainly), 30);
}

/** Without what is another in each history. */
function plainly(text: string): string {
  return text
    .replace(/\/[^ ]*\/(sluice|repository|linked|objects|refs)\b[^ ]*/g, '<path>')
    .replace(/\b[0-9a-f]{12,}\b/g, '<id>')
    .replace(/\b[a-z]+-\d+\b/g, '<run>')
    .slice(0, 140);
}

function printCounts(title: string, names: readonly string[], most = Infinity): void {
  const counts = new Map<string, number>();
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const rows = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, most);
  if (rows.length > 0) {
    printTable(title, ['', 'times'], rows);
  }
}
