import { TempProject } from '../test/support/project.ts';
import { until } from '../test/support/runs.ts';
import { median } from './table.ts';

// How long a run stands still when the program that drives it is killed and another one watches.

const ROUNDS = 7;

export async function benchTakeover(): Promise<void> {
  const claimed: number[] = [];
  const running: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const project = new TempProject();
    try {
      project.agent('slow', `note('begun'); await sign('go');`);
      project.workflow('one', { a: { agent: 'slow' } });
      project.repository.commit();
      const driver = project.spawn('run', 'one');
      await project.noted('begun');
      const sluice = await project.open(undefined, {}, { takesOver: true });
      const run = await until(sluice, () => {
        const [entry] = sluice.runs();
        return entry?.kind === 'readable' && entry.driven.kind === 'elsewhere' && entry.run;
      });
      // It has looked at least once before the driver dies.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const begun = performance.now();
      driver.process.kill('SIGKILL');
      const { ended } = await until(sluice, () => sluice.active(run));
      claimed.push(performance.now() - begun);
      await project.noted('begun', 2);
      running.push(performance.now() - begun);
      project.give('go');
      await ended;
    } finally {
      await project.dispose();
    }
  }
  console.log(
    `\nTakeover after kill -9 of the driver (median of ${ROUNDS}, worst): claimed after ${figures(claimed)}, the task runs again after ${figures(running)}`,
  );
}

function figures(ms: readonly number[]): string {
  return `${median(ms).toFixed(0)} ms (${Math.max(...ms).toFixed(0)} ms)`;
}
