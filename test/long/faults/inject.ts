import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isRunId, type RunId, type TaskId } from '../../../src/core/domain/ids.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';
import type { DriveEnd } from '../../../src/core/engine/driver.ts';
import { digestCheckout, problemsIn } from '../../support/tempRepository.ts';
import type { FaultCase } from './cases.ts';
import { PowerDisk, type Fault, type Loss } from './powerDisk.ts';
import { Session } from './session.ts';
import { World, type Told } from './world.ts';

/** One thing that goes wrong. */
export interface Injection {
  readonly fault: Fault;
  /** With the program the machine goes down; what of the unflushed is lost. */
  readonly loss: Loss | undefined;
}

/**
 * `by hand`: a person had to delete a branch first, as the failure says. `missed`: the fault did not come about.
 */
export type InjectionEnd = 'ended well' | 'by hand' | 'missed';

/** How often a program has to be started again until the run has come to its good end. */
const MOST_SESSIONS = 6;

/**
 * Lets a run meet the fault, and then others go on with it on a healthy disk until it has ended well.
 * @throws AssertionError when anything was lost, repeated or wrong
 */
export async function inject(
  faultCase: FaultCase,
  template: string | undefined,
  { fault, loss }: Injection,
  thorough: boolean,
): Promise<InjectionEnd> {
  const { plan } = faultCase;
  const world = new World(plan, template);
  try {
    const checkout =
      template !== undefined && thorough ? digestCheckout(world.repository) : undefined;
    const power = new PowerDisk(fault);
    const first = new Session(world, plan, power);
    let end: DriveEnd | undefined;
    try {
      end = await first.drive(undefined);
    } catch {
      // It could not be started or not be ended; what there is of it is looked at below.
    }
    await power.idle();
    if (!power.hit) {
      return 'missed';
    }
    if (loss !== undefined) {
      power.losePower(loss);
    }
    const before = [...world.ledger];
    await checkStanding(world, first.told, power.stopped, loss !== undefined);
    const doneBefore = await doneTasks(world, faultCase);
    const { reasked, byHand } = await finish(world, faultCase, end);
    for (const task of doneBefore) {
      const times = (ledger: readonly TaskId[]) => ledger.filter((one) => one === task).length;
      if (!reasked.has(task)) {
        assert.equal(times(world.ledger), times(before), `${task} was done, and was repeated`);
      }
    }
    for (const task of faultCase.external) {
      const allowed = reasked.has(task as TaskId) ? 2 : 1;
      const times = world.times(task);
      assert.ok(times >= 1, `the effect of ${task} is lost`);
      assert.ok(times <= allowed, `${task} was repeated unasked: ${times} times`);
    }
    if (template !== undefined && thorough) {
      assert.equal(problemsIn(world.repository), '', 'the repository is not sound');
      assert.deepEqual(digestCheckout(world.repository), checkout);
    }
    return byHand ? 'by hand' : 'ended well';
  } finally {
    world.dispose();
  }
}

/** Every operation that changes the disk while nothing goes wrong. */
export async function operationsOf(
  { plan }: FaultCase,
  template: string | undefined,
): Promise<readonly string[]> {
  const world = new World(plan, template);
  try {
    const power = new PowerDisk();
    const end = await new Session(world, plan, power).drive(undefined);
    assert.deepEqual(end, { kind: 'finished', status: 'succeeded' });
    return power.log;
  } finally {
    world.dispose();
  }
}

interface Standing {
  readonly run: RunId;
  readonly events: Awaited<ReturnType<typeof readJournal>>['events'];
}

/** The run that has a first event. */
async function standing(world: World): Promise<Standing | undefined> {
  const { disk } = new PowerDisk();
  const runs = path.join(world.store, 'runs');
  for (const run of fs.existsSync(runs) ? fs.readdirSync(runs) : []) {
    if (isRunId(run)) {
      const { events, damage } = await readJournal(disk, path.join(runs, run));
      const isWhole = damage === undefined || damage.kind === 'torn-tail';
      assert.ok(isWhole, `the journal is damaged: ${JSON.stringify(damage)}`);
      if (events.length > 0) {
        return { run, events };
      }
    }
  }
  return undefined;
}

/** The journal is a true beginning of what was written, and holds all that was acknowledged. */
async function checkStanding(
  world: World,
  { staged, committed, flushed, shown, answered }: Told,
  died: boolean,
  lostPower: boolean,
): Promise<void> {
  const events = (await standing(world))?.events ?? [];
  const least = lostPower ? Math.max(flushed, shown) : committed.length;
  assert.ok(events.length >= least, `${least} events were acknowledged, ${events.length} stand`);
  const written = died ? staged : committed;
  assert.deepEqual(events, written.slice(0, events.length), 'what stands was never written so');
  assert.ok(died || events.length === committed.length, 'what was taken back stands');
  for (const gate of answered) {
    const has = events.some((event) => event.type === 'gate-answered' && event.task === gate);
    assert.ok(has, `the answer to ${gate} was acknowledged and is lost`);
  }
}

async function doneTasks(world: World, { plan }: FaultCase): Promise<readonly TaskId[]> {
  const found = await standing(world);
  if (found === undefined) {
    return [];
  }
  const { tasks } = foldRun(plan, found.events);
  return [...tasks].flatMap(([id, { kind }]) => (kind === 'succeeded' ? [id] : []));
}

interface Finished {
  /** Tasks that a person has asked for again. */
  readonly reasked: ReadonlySet<TaskId>;
  readonly byHand: boolean;
}

async function finish(
  world: World,
  { plan, external, inRepository }: FaultCase,
  first: DriveEnd | undefined,
): Promise<Finished> {
  const reasked = new Set<TaskId>();
  let end = first;
  let byHand = false;
  for (let sessions = 0; !(end?.kind === 'finished' && end.status === 'succeeded');) {
    assert.ok((sessions += 1) <= MOST_SESSIONS, `no good end: ${JSON.stringify(end)}`);
    bury(world);
    const stands = await standing(world);
    byHand = clearTheWay(world, stands) || byHand;
    end = await new Session(world, plan, new PowerDisk()).drive(stands?.run);
    assert.notEqual(end.kind, 'broken', JSON.stringify(end));
  }
  const found = await standing(world);
  assert.ok(found !== undefined, 'there is no run at the end');
  for (const event of found.events) {
    if (event.type === 'tasks-reset') {
      event.tasks.forEach((task) => reasked.add(task));
    }
  }
  const { tasks, landings } = foldRun(plan, found.events);
  const { blobs } = new Session(world, plan, new PowerDisk()).store;
  for (const [id, task] of tasks) {
    if (task.kind === 'succeeded') {
      for (const { digest } of [task.output, task.log, ...task.artifacts]) {
        await blobs.read(digest);
      }
      const isLanded = task.artifacts.length === 0 || landings.get(id)?.kind === 'done';
      assert.ok(isLanded || !inRepository, `${id} has not landed`);
    } else {
      const isWaved = task.kind === 'skipped' && external.includes(id);
      assert.ok(task.kind === 'approved' || isWaved, `${id} is ${task.kind}`);
    }
  }
  const asked = found.events.filter(({ type }) => type === 'gate-opened').length;
  const gates = [...tasks.values()].filter(({ kind }) => kind === 'approved').length;
  assert.ok(reasked.size > 0 || asked === gates, 'a gate was asked again');
  return { reasked, byHand };
}

/** A person deletes what stands in the way of a landing, where a failure says so. */
function clearTheWay(world: World, stands: Standing | undefined): boolean {
  let cleared = false;
  for (const event of stands?.events ?? []) {
    const failure = event.type === 'landing-failed' ? event.failure : undefined;
    const message = failure?.reason === 'landing' ? failure.message : '';
    const ref = /^(refs\/\S+) stands in the way/.exec(message)?.[1];
    if (ref !== undefined) {
      fs.rmSync(path.join(world.repository, '.git', ref), { force: true });
      cleared = true;
    }
  }
  return cleared;
}

/** Whoever held a run is dead: in this one process nobody else could tell. */
function bury(world: World): void {
  const runs = path.join(world.store, 'runs');
  for (const run of fs.existsSync(runs) ? fs.readdirSync(runs) : []) {
    for (const name of fs.readdirSync(path.join(runs, run))) {
      const file = path.join(runs, run, name);
      if (name.startsWith('owner-')) {
        const text = fs.readFileSync(file, 'utf8');
        fs.writeFileSync(file, text.replace(/"startedAt":"[^"]*"/, '"startedAt":"of the dead"'));
      }
    }
  }
}
