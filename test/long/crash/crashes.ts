import { seeded } from '../seeded.ts';
import { printTable, withTotal } from '../table.ts';
import type { Moment } from './countingDisk.ts';
import { CrashSweep, nameOf, pointsOf, type CrashPoint, type PointOutcome } from './sweep.ts';
import { REFERENCE_WORKFLOWS } from './workflows.ts';

/** Whole runs of each workflow before the sweep, to count its boundaries. */
const ROUNDS = 3;
/** Double crashes for each workflow. */
const DOUBLES_EACH = 90;

/** What became of the points of one workflow. */
interface Tally {
  points: number;
  killed: number;
  survived: number;
  lost: number;
  repeated: number;
  otherwise: number;
  accepted: number;
  rerun: number;
  skipped: number;
  ms: number;
}

/**
 * Every boundary of the nine workflows, once, and pairs of them; `only` names one workflow, or one point as a failure does.
 * Returns false when anything was lost, repeated, damaged or never reached.
 */
export async function crashes(seed: number, only: string | undefined): Promise<boolean> {
  const sweep = new CrashSweep();
  try {
    const boundaries = await sweep.open(ROUNDS);
    if (only?.includes(' ') === true) {
      return await one(sweep, parsePoint(only));
    }
    const singles = [...boundaries]
      .filter(([name]) => only === undefined || name === only)
      .flatMap(([name, seen]) => pointsOf(name, seen));
    const recoveries = new Map<string, number>();
    const single = await run(sweep, singles, 'single', (point, outcome) => {
      if (outcome.kind === 'survived') {
        recoveries.set(nameOf(point), outcome.recovery);
      }
    });
    const doubles = doublesOf(singles, recoveries, seed);
    const double = await run(sweep, doubles, 'double');
    print(`Crash points: one kill each`, single, boundaries);
    print(`Double crashes: a second kill during the recovery (seed ${seed})`, double, boundaries);
    return [...single.values(), ...double.values()].every(
      ({ points, survived }) => points === survived,
    );
  } finally {
    sweep.dispose();
  }
}

/** `chain half:12`, `chain after:3+before:40` */
function parsePoint(name: string): CrashPoint {
  const [workflow = '', kills = ''] = name.split(' ');
  return {
    workflow,
    kills: kills.split('+').map((kill) => {
      const [moment = '', at = ''] = kill.split(':');
      return { moment: moment as Moment, at: Number(at) };
    }),
  };
}

async function one(sweep: CrashSweep, point: CrashPoint): Promise<boolean> {
  let survived = false;
  await sweep.survive([point], {}, (_point, outcome) => {
    survived = outcome.kind === 'survived';
    console.log(outcome.kind === 'failed' ? outcome.why : outcome.kind);
  });
  return survived;
}

/** Second kills spread over the recoveries, each somewhere in the four fifths that are sure to be reached. */
function doublesOf(
  singles: readonly CrashPoint[],
  recoveries: ReadonlyMap<string, number>,
  seed: number,
): CrashPoint[] {
  const random = seeded(seed);
  return REFERENCE_WORKFLOWS.flatMap(({ name }) => {
    const firsts = singles.filter(
      (point) => point.workflow === name && (recoveries.get(nameOf(point)) ?? 0) >= 10,
    );
    const every = firsts.length / DOUBLES_EACH;
    return Array.from({ length: Math.min(DOUBLES_EACH, firsts.length) }, (_, index) => {
      const first = firsts[Math.floor(index * Math.max(1, every))]!;
      const reach = Math.floor((recoveries.get(nameOf(first)) ?? 0) * 0.8);
      const second = {
        at: 1 + Math.floor(random() * reach),
        moment: random() < 0.5 ? ('before' as const) : ('after' as const),
      };
      return { workflow: name, kills: [...first.kills, second] };
    });
  });
}

async function run(
  sweep: CrashSweep,
  points: readonly CrashPoint[],
  what: string,
  told: (point: CrashPoint, outcome: PointOutcome) => void = () => undefined,
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>();
  let done = 0;
  await sweep.survive(points, {}, (point, outcome) => {
    const tally = tallies.get(point.workflow) ?? emptyTally();
    tallies.set(point.workflow, tally);
    count(tally, point, outcome);
    told(point, outcome);
    done += 1;
    if (outcome.kind !== 'survived') {
      console.error(
        `\n${nameOf(point)}: ${outcome.kind === 'failed' ? outcome.why : 'not reached'}`,
      );
    } else if (done % 250 === 0) {
      console.error(`  ${done} of ${points.length} ${what} points`);
    }
  });
  return tallies;
}

function emptyTally(): Tally {
  return {
    points: 0,
    killed: 0,
    survived: 0,
    lost: 0,
    repeated: 0,
    otherwise: 0,
    accepted: 0,
    rerun: 0,
    skipped: 0,
    ms: 0,
  };
}

function count(tally: Tally, point: CrashPoint, outcome: PointOutcome): void {
  tally.points += 1;
  if (outcome.kind === 'survived') {
    tally.killed += point.kills.length;
    tally.survived += 1;
    tally.accepted += outcome.decisions.accepted;
    tally.rerun += outcome.decisions.rerun;
    tally.skipped += outcome.decisions.skipped;
    tally.ms += outcome.ms;
  } else if (outcome.kind === 'missed') {
    tally.otherwise += 1;
  } else if (/is lost/.test(outcome.why)) {
    tally.lost += 1;
  } else if (/repeated|twice|asked again/.test(outcome.why)) {
    tally.repeated += 1;
  } else {
    tally.otherwise += 1;
  }
}

function print(
  title: string,
  tallies: ReadonlyMap<string, Tally>,
  boundaries: ReadonlyMap<string, readonly string[]>,
): void {
  const columns = [
    ...['workflow', 'boundaries', 'points', 'kills', 'survived', 'lost', 'repeated', 'other'],
    ...['accepted', 'rerun', 'skipped', 'seconds'],
  ];
  const rows = [...tallies].map(([name, tally]) => [
    name,
    boundaries.get(name)?.length ?? 0,
    tally.points,
    tally.killed,
    tally.survived,
    tally.lost,
    tally.repeated,
    tally.otherwise,
    tally.accepted,
    tally.rerun,
    tally.skipped,
    Math.round(tally.ms / 1000),
  ]);
  printTable(title, columns, withTotal(rows));
}
