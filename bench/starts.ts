import fs from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../src/core/domain/event.ts';
import type { Sluice } from '../src/core/sluice.ts';
import { root } from '../scripts/paths.mjs';
import { TempProject } from '../test/support/project.ts';
import { median } from './table.ts';

// From the decision to start so many command agents until the process of each of them runs, its own copy of
// the folder made: the example's files, real copies, real processes.

const ROUNDS = 7;

export async function benchStarts(): Promise<void> {
  console.log(`\nFrom the decision to all processes running (median of ${ROUNDS}, worst)`);
  for (const agents of [5, 10]) {
    const project = new TempProject();
    try {
      fs.cpSync(path.join(root, 'examples/code-quality'), project.folder, {
        recursive: true,
        filter: (file) => !['node_modules', '.sluice'].includes(path.basename(file)),
      });
      project.command('short', ['true']);
      const ids = Array.from({ length: agents }, (_, n) => `s${n}`);
      project.workflow('starts', Object.fromEntries(ids.map((id) => [id, { agent: 'short' }])));
      project.repository.commit();
      const sluice = await project.open();
      const took: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        took.push(await startedWithin(sluice, agents));
      }
      console.log(
        `  ${String(agents).padStart(2)} agents ${median(took).toFixed(0).padStart(5)} ms, worst ${Math.max(...took).toFixed(0)} ms`,
      );
    } finally {
      await project.dispose();
    }
  }
}

async function startedWithin(sluice: Sluice, agents: number): Promise<number> {
  const entry = await sluice.findWorkflow('starts');
  if (entry?.kind !== 'valid') {
    throw new Error('the workflow is not there');
  }
  let decided = 0;
  let running = 0;
  const allRun = new Promise<number>((resolve) => {
    const listening = sluice.onDidAppend((events: readonly RunEvent[]) => {
      for (const { type } of events) {
        if (type === 'task-started') {
          decided ||= performance.now();
        } else if (type === 'task-process') {
          running += 1;
        }
      }
      if (running === agents) {
        listening.dispose();
        resolve(performance.now() - decided);
      }
    });
  });
  const started = await sluice.start({
    workflow: entry.workflow,
    inputs: {},
    maxParallel: agents,
    approveGate: () => false,
    leaveAtGates: true,
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  const ms = await allRun;
  await started.value.ended;
  return ms;
}
