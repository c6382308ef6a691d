import { TempProject } from '../test/support/project.ts';
import { bundleCell } from './bundledCell.ts';
import { runIn } from './cacheRun.ts';
import type { RunFigures } from './cacheRunCell.ts';
import { median, turned } from './table.ts';

// Tasks that are reused, with all that belongs to a run: its plan, its tree, its journal, its branches. Each round in a
// program of its own, as after a restart, in a repository of 1,000 files.

const FILES = 1000;
const STEPS = 30;
const ROUNDS = 9;

const WORKFLOWS: Readonly<Record<string, string>> = {
  alone: 'one task alone',
  row: `${STEPS} tasks in a row`,
  wide: `${STEPS} tasks side by side`,
};

interface Round {
  readonly restarted: RunFigures;
  readonly warm: RunFigures;
}

export async function benchCachedRuns(): Promise<void> {
  await bundleCell('cacheRunCell');
  const project = new TempProject();
  try {
    fill(project);
    const names = Object.keys(WORKFLOWS);
    const made = await runIn(project, names);
    const rounds = new Map<string, Round[]>(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of turned(names, round)) {
        const [restarted, warm] = (await runIn(project, [name, name])).map(allReused);
        if (restarted !== undefined && warm !== undefined) {
          rounds.get(name)?.push({ restarted, warm });
        }
      }
    }
    console.log(
      `\nTasks that are reused, in a repository of ${FILES.toLocaleString('en-US')} files (median of ${ROUNDS}, ms; goal: 100 a task)`,
    );
    for (const [at, [name, figures]] of [...rounds].entries()) {
      console.log(`  ${WORKFLOWS[name] ?? name} (made in ${made[at]?.whole.toFixed(0)})`);
      print(
        'after a restart',
        figures.map(({ restarted }) => restarted),
      );
      print(
        'in a program that has run one',
        figures.map(({ warm }) => warm),
      );
    }
  } finally {
    await project.dispose();
  }
}

function fill(project: TempProject): void {
  for (let n = 0; n < FILES; n += 1) {
    project.write(`src/module-${n % 50}/file-${n}.ts`, `export const it = ${n};\n`.repeat(50));
  }
  // Each task prints and makes a file, and any file of the folder may count for it.
  project.agent(
    'maker',
    `const task = process.env.SLUICE_TASK;
    fs.writeFileSync('made-' + task + '.txt', (task + ' has made this.\\n').repeat(200));
    console.log(task);`,
  );
  const step = (id: string, more: object = {}) => ({
    agent: 'maker',
    produces: `made-${id}.txt`,
    ...more,
  });
  const ids = Array.from({ length: STEPS }, (_, n) => `s${n}`);
  project.workflow('alone', { s0: step('s0') });
  project.workflow(
    'row',
    Object.fromEntries(ids.map((id, n) => [id, step(id, n > 0 ? { needs: ids[n - 1] } : {})])),
  );
  project.workflow('wide', Object.fromEntries(ids.map((id) => [id, step(id)])));
  project.repository.commit();
}

function print(when: string, rounds: readonly RunFigures[]): void {
  const tasks = rounds[0]?.reused ?? 1;
  const of = (value: (figures: RunFigures) => number) =>
    median(rounds.map(value)).toFixed(1).padStart(6);
  const each =
    tasks === 1
      ? ''
      : `  a task ${of(({ finished }) => finished / tasks)}, from one to the next ${of(({ between }) => between / (tasks - 1))}`;
  console.log(
    `    ${when.padEnd(30)} to run-finished ${of(({ finished }) => finished)}, its tree removed ${of(({ whole }) => whole)}${each}`,
  );
}

function allReused(figures: RunFigures): RunFigures {
  if (figures.ran > 0) {
    throw new Error(`not all was reused: ${JSON.stringify(figures)}`);
  }
  return figures;
}
