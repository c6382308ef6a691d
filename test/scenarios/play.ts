import fs from 'node:fs';
import path from 'node:path';
import { FolderDrafts } from '../../src/core/drafts.ts';
import { nodeDisk } from '../../src/core/base/disk.ts';
import type { RunEvent } from '../../src/core/domain/event.ts';
import { stepId, taskIdOf, type RunId, type TaskId } from '../../src/core/domain/ids.ts';
import type { KeptPlan } from '../../src/core/draftsApi.ts';
import type { BookEntry } from '../../src/core/projections/runBook.ts';
import type { Sluice } from '../../src/core/sluice.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

/** What came of a request for a plan. */
export type Drafted =
  | { readonly kind: 'kept'; readonly plan: KeptPlan }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Takes a scenario from wherever it stands to its end: starts what is not started, goes on with what was cut off, and
 * does what people do. All it needs to know it finds in the folder, so that any program can play on.
 */
export async function play(
  scenario: Scenario,
  stage: Stage,
  sluice: Sluice,
): Promise<Drafted | undefined> {
  if (scenario.draft !== undefined) {
    return await draft(scenario.draft, stage, sluice);
  }
  if (lastRun(sluice) === undefined) {
    await start(scenario, sluice);
  }
  for (;;) {
    await toItsEnd(scenario, sluice);
    const next = scenario.afterwards[deedsDone(stage)];
    if (next === undefined) {
      return undefined;
    }
    if (next === 'start') {
      await start(scenario, sluice);
    } else {
      await rerun(sluice, taskNamed(next.rerun), next.prompt);
    }
  }
}

export function lastRun(sluice: Sluice): ReadableRun | undefined {
  const [entry] = sluice.runs();
  if (entry?.kind === 'unreadable') {
    throw new Error(`${entry.run} cannot be read: ${entry.why}`);
  }
  return entry;
}

export function taskNamed(name: string): TaskId {
  return taskIdOf(stepId(name));
}

/** How often a run of the folder has ended; people's deed of that number comes next. */
function deedsDone(stage: Stage): number {
  return (
    journalsOf(stage)
      .flat()
      .filter(({ type }) => type === 'run-finished').length - 1
  );
}

/** The journals as they stand on the disk, by run. */
export function journalsOf({ parent }: Stage): readonly (readonly RunEvent[])[] {
  const runs = path.join(parent, 'repository/.git/sluice/runs');
  return fs
    .readdirSync(runs)
    .filter((run) => !run.startsWith('.'))
    .sort()
    .map((run) =>
      fs
        .readdirSync(path.join(runs, run))
        .filter((file) => file.endsWith('.jsonl'))
        .sort()
        .flatMap((file) => fs.readFileSync(path.join(runs, run, file), 'utf8').split('\n'))
        .flatMap(eventIn),
    );
}

/** Only as far as its type goes. A line that was cut off is none; the journal's own reader says the same. */
function eventIn(line: string): RunEvent[] {
  const json = line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1);
  try {
    return json === '' ? [] : [JSON.parse(json) as RunEvent];
  } catch {
    return [];
  }
}

async function start(scenario: Scenario, sluice: Sluice): Promise<void> {
  const entry = await sluice.findWorkflow('work');
  if (entry?.kind !== 'valid') {
    throw new Error(`${scenario.name}: ${JSON.stringify(entry?.diagnostics)}`);
  }
  const started = await sluice.start({
    workflow: entry.workflow,
    inputs: {},
    approveGate: () => false,
    leaveAtGates: false,
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
}

async function rerun(sluice: Sluice, task: TaskId, prompt: string | undefined): Promise<void> {
  const run = lastRun(sluice)!.run;
  const outcome = await sluice.request(run, {
    ...{ kind: 'rerun', task, prompt, model: undefined, withoutCache: false },
    by: sluice.actor,
  });
  if (outcome.kind === 'refused') {
    throw new Error(`${task} was not run again: ${outcome.why}`);
  }
}

/** Drives the last run, as the program that finds it does, and answers what it asks. */
async function toItsEnd(scenario: Scenario, sluice: Sluice): Promise<void> {
  const { run, state } = lastRun(sluice)!;
  if (sluice.active(run) === undefined) {
    if (state.phase.kind === 'finished') {
      return;
    }
    const resumed = await sluice.resume(run);
    if (!resumed.ok) {
      throw new Error(resumed.error.message);
    }
  }
  const answering = answerGates(scenario, sluice, run);
  const end = await sluice.active(run)?.ended;
  await answering.stop();
  if (end?.kind === 'broken') {
    throw new Error(`${run} broke`, { cause: end.error });
  }
}

/** As people do who are told of each gate once it is open. */
function answerGates({ people }: Scenario, sluice: Sluice, run: RunId) {
  const asked = new Set<string>();
  const answers: Promise<void>[] = [];
  const look = () => {
    for (const { task, digest, run: of } of sluice.openGates()) {
      const key = `${task} ${digest}`;
      const answer = people.find(({ gate }) => gate === task);
      if (of !== run || asked.has(key)) {
        continue;
      }
      asked.add(key);
      if (answer === undefined) {
        // Nobody is there for it: a run that waits for ever is no scenario.
        answers.push(cancelled(sluice, run));
        continue;
      }
      const { decision, note } = answer;
      answers.push(
        sluice
          .request(run, { kind: 'answer', task, digest, decision, note, by: sluice.actor })
          .then(() => undefined),
      );
    }
  };
  const changes = sluice.onDidChange(look);
  look();
  return {
    stop: async () => {
      changes.dispose();
      await Promise.all(answers);
    },
  };
}

async function cancelled(sluice: Sluice, run: RunId): Promise<void> {
  await sluice.request(run, { kind: 'cancel', by: sluice.actor });
}

async function draft(request: string, stage: Stage, sluice: Sluice): Promise<Drafted> {
  const drafts = new FolderDrafts(sluice, { disk: nodeDisk, environment: stage.environment });
  const known = lastRun(sluice)?.run ?? (await begun(request, drafts, sluice));
  const kept = typeof known === 'object' ? known : await drafts.settle(known);
  return kept.ok ? { kind: 'kept', plan: kept.value } : { kind: 'none', why: kept.error.message };
}

async function begun(request: string, drafts: FolderDrafts, sluice: Sluice) {
  const prepared = await drafts.prepare({ request });
  if (!prepared.ok) {
    return prepared;
  }
  const started = await sluice.start({
    ...prepared.value,
    approveGate: () => false,
    leaveAtGates: true,
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  return started.value.run;
}
