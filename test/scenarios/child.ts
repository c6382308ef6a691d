import fs from 'node:fs';
import { isPoint } from './killPoint.ts';
import { play } from './play.ts';
import { parseScenario, type Kill } from './scenario.ts';
import { openStage, type Stage } from './stage.ts';

// A program that plays a scenario and ends by SIGKILL right after it has written the event it is given.
//   node child.cjs <file with ChildTask as JSON>
// Ends with 0 when the scenario is over without that event.

export interface ChildTask {
  readonly scenario: string;
  /** The scenario's file, as it stands. */
  readonly text: string;
  readonly stage: Stage;
  readonly kill: Kill;
}

async function main(): Promise<void> {
  const task = JSON.parse(fs.readFileSync(process.argv[2] ?? '', 'utf8')) as ChildTask;
  const sluice = await openStage(task.stage, (text) => process.stderr.write(`${text}\n`));
  let left = task.kill.nth;
  sluice.onDidAppend((events) => {
    left -= events.filter((event) => isPoint(event, task.kill)).length;
    if (left <= 0) {
      process.kill(process.pid, 'SIGKILL');
      // The signal may take a moment to arrive, and nothing more may happen until then.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  });
  await play(parseScenario(task.scenario, task.text), task.stage, sluice);
  await sluice.close();
}

const overdue = setTimeout(() => {
  process.stderr.write('no end within 60 s\n');
  process.exit(5);
}, 60_000);
main()
  .catch((thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? String(thrown.stack) : String(thrown)}\n`);
    process.exitCode = 4;
  })
  .finally(() => clearTimeout(overdue));
