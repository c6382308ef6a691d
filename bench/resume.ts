import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { digestOf } from '../src/core/base/digest.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { systemClock } from '../src/core/base/clock.ts';
import type { EventBody } from '../src/core/domain/event.ts';
import type { TaskId } from '../src/core/domain/ids.ts';
import { BlobStore } from '../src/core/journal/blobs.ts';
import { JournalWriter } from '../src/core/journal/writer.ts';
import { root } from '../scripts/paths.mjs';
import { TempProject } from '../test/support/project.ts';
import { BENCH_RUN, planOf } from './sluiceEngine.ts';
import { median, printRows } from './table.ts';

// Going on with a run of 10,000 steps of which all but ten are done: how long until the next one runs, and
// what reading the run costs beside reading and parsing its file.

const STEPS = 10_000;
const DONE = STEPS - 10;
const ROUNDS = 5;
const PERSON = { name: 'bench', via: 'terminal' } as const;

export interface ResumeFigures {
  /** Milliseconds. */
  readonly parse: number;
  readonly fold: number;
  readonly open: number;
  readonly firstStep: number;
  readonly megabytes: number;
}

export async function benchResume(): Promise<void> {
  const project = new TempProject();
  try {
    project.write('readme.md', '# bench\n');
    project.repository.commit();
    await writeRun(project);
    const figures: ResumeFigures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      figures.push(measure(project));
    }
    const rows = (['parse', 'fold'] as const).map((name) => ({
      name: name === 'parse' ? 'readFileSync + JSON.parse' : 'journal read, checked and folded',
      rounds: figures.map((one) => one[name]),
    }));
    printRows(`A journal of ${STEPS} steps`, 'ms', 'readFileSync + JSON.parse', rows);
    const of = (name: keyof ResumeFigures) => median(figures.map((one) => one[name])).toFixed(0);
    console.log(
      `\nResume of ${STEPS} steps (median of ${ROUNDS}): folder open after ${of('open')} ms, first new step runs after ${of('firstStep')} ms, ${of('megabytes')} MB more memory`,
    );
  } finally {
    await project.dispose();
  }
}

async function writeRun(project: TempProject): Promise<void> {
  const needs = Array.from({ length: STEPS }, (_, n) => (n < 50 ? [] : [n - 50]));
  const plan = planOf({ needs }, 10);
  const agents = Object.fromEntries(
    Object.entries(plan.agents).map(([name, agent]) => [
      name,
      { ...agent, runner: { ...agent.runner, command: ['true'] } },
    ]),
  );
  const store = path.join(project.folder, '.git/sluice');
  const blobs = new BlobStore(nodeDisk, path.join(store, 'blobs'));
  const { digest } = await blobs.put(Buffer.from(JSON.stringify({ ...plan, agents })));
  const empty = await blobs.put(new Uint8Array());
  const folder = path.join(store, 'runs', BENCH_RUN);
  fs.mkdirSync(folder, { recursive: true });
  const claim = { epoch: 1, stillOwner: () => true };
  const opened = await JournalWriter.open({
    disk: nodeDisk,
    clock: systemClock,
    folder,
    run: BENCH_RUN,
    claim,
  });
  if (!opened.ok) {
    throw new Error(opened.error.kind);
  }
  const { writer } = opened.value;
  writer.append([{ type: 'run-created', plan: digest, workflow: 'bench', folder: '', by: PERSON }]);
  for (let n = 0; n < DONE; n += 1) {
    const task = `s${n}` as TaskId;
    const process = { pid: 1, startedAt: '1', marker: digestOf('').slice(0, 16) };
    const bodies: EventBody[] = [
      { type: 'task-started', task, attempt: 1 },
      { type: 'task-process', task, attempt: 1, process },
      {
        type: 'task-succeeded',
        task,
        attempt: 1,
        exitCode: 0,
        durationMs: 5,
        output: empty,
        log: empty,
        artifacts: [],
        inputBytes: 0,
        accepted: undefined,
      },
    ];
    writer.append(bodies);
  }
  await writer.close();
}

/** Each time on a folder of its own, in a process of its own. */
function measure(project: TempProject): ResumeFigures {
  const folder = path.join(project.parent, 'round');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(project.folder, folder, { recursive: true });
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', path.join(root, 'bench/resumeCell.ts'), folder],
    { encoding: 'utf8', cwd: root, env: { ...process.env, ...project.environment } },
  );
  if (status !== 0) {
    throw new Error(`it failed: ${stderr}`);
  }
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ResumeFigures;
}
