import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { Ports } from '../../../src/core/ports.ts';
import { Sluice } from '../../../src/core/sluice.ts';
import { userFolders } from '../../../src/core/user.ts';
import { Boundaries, countingDisk, type KillPoint } from '../crash/countingDisk.ts';
import { seeded } from '../seeded.ts';
import { doOne, type Session } from './deeds.ts';
import { finishAll } from './finish.ts';

// A program that opens Sluice on a folder and does a few things there, or brings all that was begun to its end. It ends by
// SIGKILL at the point it is given.
//   node historyChild.cjs <what, as JSON>
// What it does and what came of it it notes in `<parent>/notes`, at once. Ends with 0 and prints how many boundaries it came
// by, and what Sluice warned of, as JSON.

/** What one program of a history is to do. */
export interface ChildTask {
  /** Absolute; `notes`, `host`, cache and state are kept in it. */
  readonly parent: string;
  readonly folder: string;
  readonly seed: number;
  /** So many deeds; `finish`: what was begun. */
  readonly deeds: number | 'finish';
  /** Runs that were being dropped. */
  readonly dropping: readonly string[];
  readonly kill: KillPoint | undefined;
  /** Ends as a window that is closed: what still runs is let go of. */
  readonly leaves: boolean;
}

export interface ChildReport {
  readonly boundaries: number;
  readonly warnings: readonly string[];
}

/** A finished run's copies are removed behind its back; milliseconds. */
const SWEPT_WITHIN = 5_000;

const NOT_A_RUNS = /^(?:\.pool|ignored-|included-)/;

const task = JSON.parse(process.argv[2] ?? '') as ChildTask;
const { parent, folder } = task;
const random = seeded(task.seed);
const boundaries = new Boundaries(task.kill);
const warnings: string[] = [];
const { cache, state } = userFolders(process.env, process.platform);

const ports: Ports = {
  clock: systemClock,
  disk: countingDisk(nodeDisk, boundaries),
  random: () => 0.5,
  log: {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void warnings.push(message),
    error: (message, thrown) => void warnings.push(`${message}: ${String(thrown)}`),
  },
  actor: { name: 'ada', via: 'terminal' },
  environment: { ...process.env },
  home: undefined,
  cacheFolder: cache,
  stateFolder: state,
};

const note = (line: string) => fs.appendFileSync(path.join(parent, 'notes'), `${line}\n`);

async function main(): Promise<void> {
  fs.writeFileSync(path.join(parent, 'host'), `${process.pid}\n`);
  const sluice = await Sluice.open(folder, ports);
  const session: Session = { sluice, random, note };
  if (task.deeds === 'finish') {
    await finishAll(session, task.dropping);
    await sluice.close();
    await tidied();
  } else {
    for (let done = 0; done < task.deeds; done += 1) {
      await doOne(session);
    }
    if (!task.leaves) {
      for (const { run } of sluice.runs()) {
        await sluice.active(run)?.ended;
      }
    }
    await sluice.close();
  }
  const report: ChildReport = { boundaries: boundaries.seen.length, warnings };
  process.stdout.write(JSON.stringify(report));
}

/** The next to open the folder finds nothing left to do, and does it. */
async function tidied(): Promise<void> {
  const sluice = await Sluice.open(folder, ports);
  await sluice.results.tidyUp();
  const copies = path.join(cache, 'copies');
  const left = () =>
    (fs.existsSync(copies) ? fs.readdirSync(copies) : []).flatMap((at) =>
      fs.readdirSync(path.join(copies, at)).filter((name) => !NOT_A_RUNS.test(name)),
    );
  const until = performance.now() + SWEPT_WITHIN;
  while (left().length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await sluice.close();
}

const overdue = setTimeout(() => {
  process.stderr.write(`no end within 90 s; ${warnings.join('; ')}\n`);
  process.exit(5);
}, 90_000);

main()
  .catch((thrown: unknown) => {
    const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`${what}\n${warnings.join('\n')}`);
    process.exitCode = 4;
  })
  .finally(() => clearTimeout(overdue));
