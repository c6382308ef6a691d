import os from 'node:os';
import pLimit from 'p-limit';
import type { RunEvent } from '../../src/core/domain/event.ts';
import { printTable, withTotal } from '../long/table.ts';
import { taskOf } from './killPoint.ts';
import { perform, type Performed } from './perform.ts';
import { readScenario, scenarioNames, type Kill, type Scenario } from './scenario.ts';

/** Events after which the loop of failing, mending and proving stands otherwise than before. */
const POINTS: ReadonlySet<string> = new Set<RunEvent['type']>([
  'run-created',
  'task-started',
  'call-started',
  'call-ended',
  'tool-ended',
  'task-faulted',
  'fix-opened',
  'task-succeeded',
  'task-failed',
  'task-given-up',
  'task-reused',
  'tasks-reset',
  'gate-opened',
  'gate-answered',
  'landing-started',
]);
/** Programs under way at once. */
const AT_ONCE = Math.max(2, os.availableParallelism());

interface Tally {
  kills: number;
  same: number;
  missed: number;
  otherwise: number;
  askedAgain: number;
  ms: number;
}

/**
 * Every scenario as it is, and with the program killed at each point it comes by; `only` names one, or the beginning of
 * its name. Returns false when one ends otherwise than it says, or nothing was killed.
 */
export async function scenarios(_seed: number, only: string | undefined): Promise<boolean> {
  const names = scenarioNames().filter((name) => only === undefined || name.startsWith(only));
  const limit = pLimit(AT_ONCE);
  const failures: string[] = [];
  const rows = await Promise.all(
    names.map(async (name) => {
      const scenario = readScenario(name);
      const whole = await limit(() => attempted(scenario, undefined, failures));
      const tally: Tally = { kills: 0, same: 0, missed: 0, otherwise: 0, askedAgain: 0, ms: 0 };
      await Promise.all(
        (whole === undefined ? [] : pointsOf(whole.events)).map((kill) =>
          limit(async () => count(tally, await attempted(scenario, kill, failures))),
        ),
      );
      const { kills, same, missed, otherwise, askedAgain, ms } = tally;
      return [name, kills, same, missed, otherwise, askedAgain, Math.round(ms / 1000)] as const;
    }),
  );
  printTable(
    'scenarios, killed at each point',
    ['scenario', 'kills', 'same end', 'not reached', 'otherwise', 'asked again', 's'],
    withTotal(rows),
  );
  failures.forEach((failure) => console.log(`\n${failure}`));
  return names.length > 0 && failures.length === 0 && rows.some(([, kills]) => kills > 0);
}

function count(tally: Tally, performed: Performed | undefined): void {
  tally.kills += 1;
  if (performed === undefined) {
    tally.otherwise += 1;
    return;
  }
  tally.missed += performed.wasKilled ? 0 : 1;
  tally.same += performed.wasKilled ? 1 : 0;
  tally.askedAgain += performed.askedAgain;
  tally.ms += performed.ms;
}

async function attempted(
  scenario: Scenario,
  kill: Kill | undefined,
  failures: string[],
): Promise<Performed | undefined> {
  try {
    return await perform(scenario, kill);
  } catch (thrown) {
    const where = kill === undefined ? 'as it is' : `killed at ${JSON.stringify(kill)}`;
    const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    failures.push(`${scenario.name}, ${where}: ${why}`);
    return undefined;
  }
}

/** Each point by its event and task, so that it is found again where tasks run side by side in another order. */
function pointsOf(events: readonly RunEvent[]): readonly Kill[] {
  const seen = new Map<string, number>();
  return events
    .filter(({ type }) => POINTS.has(type))
    .map((event) => {
      const task = taskOf(event);
      const key = `${event.type} ${task ?? ''}`;
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      return { at: event.type, nth, ...(task !== undefined && { task }) };
    });
}
