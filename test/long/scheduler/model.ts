import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Artifact, EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { objectId, runIdOf, type TaskId } from '../../../src/core/domain/ids.ts';
import type { RunRequest } from '../../../src/core/domain/request.ts';
import type { PlannedTask, RunPlan } from '../../../src/core/domain/workflow.ts';
import { decide, type Action, type Rules } from '../../../src/core/engine/decide.ts';
import { outcomeEvent } from '../../../src/core/engine/outcomes.ts';
import { verdictOn } from '../../../src/core/engine/requests.ts';
import { foldRun, RunFold } from '../../../src/core/journal/fold.ts';
import { rivalsOf } from '../../../src/core/domain/rivals.ts';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { failedNeeds } from '../../../src/core/journal/skipping.ts';
import { recompute, type Reference } from './reference.ts';
import { planOf, type RunShape, type Step } from './shapes.ts';
import { snapshot } from './snapshot.ts';

// Runs without a disk, a process or a clock: `decide` says what is to be done, the model does as the driver
// does and stamps the events by hand, and after each step everything is compared with the reference.

const ADA = { name: 'ada', via: 'terminal' } as const;
const RUN = runIdOf('model', 1);
const NOTHING = { digest: digestOf(''), bytes: 0 };
const MADE: Artifact = { digest: digestOf('x'), bytes: 1, path: 'made.txt', executable: false };

/** What the sequences came to, added up over all of them. */
export interface SchedulerCounts {
  sequences: number;
  events: number;
  starts: number;
  crashes: number;
}

/** Does the steps, then lets everything finish. @throws AssertionError at the first difference */
export function runSequence(
  shape: RunShape,
  sequence: readonly Step[],
  counts: SchedulerCounts,
): void {
  const model = new ModelRun(shape, counts);
  for (const one of sequence) {
    model.step(one);
  }
  model.finish();
  counts.sequences += 1;
}

/** An effect under way: what the driver waits for beside attempts. */
type Waiting = 'judge' | 'open-gate' | 'land' | 'publish';

class ModelRun {
  readonly #plan: RunPlan;
  readonly #rules: Rules;
  readonly #counts: SchedulerCounts;
  readonly #events: RunEvent[] = [];
  #fold: RunFold;
  #now = 1000;
  #epoch = 1;
  /** Attempts under way, and whether each was told to stop. */
  #attempts = new Map<TaskId, { stopped: boolean }>();
  #waiting = new Map<TaskId, Waiting>();

  constructor(shape: RunShape, counts: SchedulerCounts) {
    this.#counts = counts;
    this.#plan = planOf(shape);
    const graph = graphOf(this.#plan);
    const { maxParallel, canLand, stopAtFailure } = shape;
    const isRival = rivalsOf(this.#plan.tasks);
    this.#rules = { graph, maxParallel, canLand, isRival, stopAtFailure };
    this.#events.push({
      ...this.#header(),
      type: 'run-created',
      plan: digestOf('plan'),
      workflow: 'model',
      folder: '',
      by: ADA,
    });
    this.#fold = new RunFold(this.#plan, graph, this.#events[0]!);
    this.#turn();
    this.#compare();
  }

  step(step: Step): void {
    this.#perform(step);
    this.#turn();
    this.#compare();
  }

  /** Every run comes to its end when nobody holds it up and all that is under way finishes. */
  finish(): void {
    for (let rounds = 0; this.#fold.state.phase.kind !== 'finished'; rounds += 1) {
      assert.ok(rounds < 400, `no end: ${JSON.stringify(this.#reference().kinds)}`);
      const { held, waiting, unknown, phase } = this.#reference();
      if (phase === 'paused') {
        this.step({ kind: 'unpause' });
      }
      for (const task of held) {
        this.#request({ kind: 'release', task, by: ADA });
      }
      for (const task of unknown) {
        this.#request({ kind: 'skip', task, by: ADA });
      }
      if (waiting.length > 0) {
        this.step({ kind: 'answer', at: 0, well: true });
      }
      this.step({ kind: 'comes-back', at: 0, well: true });
      this.step({ kind: 'ends', at: 0, well: true, mayPass: false });
      this.step({ kind: 'wait', ms: 1000 });
    }
    assert.deepEqual([...this.#attempts.keys()], [], 'something runs on after the end');
    const whole = foldRun(this.#plan, this.#events);
    assert.deepEqual(snapshot(whole), snapshot(this.#fold.state));
  }

  #perform(step: Step): void {
    const { tasks } = this.#plan;
    switch (step.kind) {
      case 'ends':
        this.#end(pick([...this.#attempts.keys()], step.at), step);
        break;
      case 'comes-back':
        this.#comeBack(pick([...this.#waiting.keys()], step.at), step.well);
        break;
      case 'answer': {
        const task = pick(this.#reference().waiting, step.at);
        const gate = task === undefined ? undefined : this.#fold.state.tasks.get(task);
        if (task !== undefined && gate?.kind === 'waiting') {
          const decision = step.well ? 'approved' : 'rejected';
          const { digest } = gate;
          this.#request({ kind: 'answer', task, digest, decision, by: ADA, note: undefined });
        }
        break;
      }
      case 'pause':
        this.#request({ kind: 'pause', running: step.running, by: ADA });
        break;
      case 'unpause':
      case 'cancel':
        this.#request({ kind: step.kind, by: ADA });
        break;
      case 'skip':
        this.#request({ kind: step.kind, task: pick(tasks, step.at)!.id, by: ADA });
        break;
      case 'hold':
      case 'release':
      case 'stop':
        this.#request({ kind: step.kind, task: pick(tasks, step.at)!.id, by: ADA });
        break;
      case 'rerun': {
        const task = pick(tasks, step.at)!.id;
        this.#request({
          kind: 'rerun',
          task,
          prompt: undefined,
          model: undefined,
          withoutCache: false,
          by: ADA,
        });
        break;
      }
      case 'accept': {
        const task = pick(this.#reference().unknown, step.at);
        if (task !== undefined && step.well) {
          this.#append(this.#accepted(task, ADA));
        }
        return;
      }
      case 'crash':
        this.#crash(step.probe);
        break;
      case 'wait':
        this.#now += step.ms;
    }
  }

  /** As the driver does it: everything decided is recorded, until nothing more is. */
  #turn(): void {
    for (let acted = true, rounds = 0; acted; rounds += 1) {
      assert.ok(rounds < 1000, 'deciding never ends');
      acted = false;
      for (const action of decide(this.#fold.state, this.#rules, this.#now)) {
        acted = this.#act(action) || acted;
      }
    }
  }

  #act(action: Action): boolean {
    switch (action.kind) {
      case 'start': {
        const { task } = action;
        const { kinds, attempts, ready, delayed, running } = this.#reference();
        assert.equal(kinds[task], 'pending', `${task} is started while it is ${kinds[task]}`);
        const isDue = delayed.some(([id, until]) => id === task && until <= this.#now);
        assert.ok(ready.includes(task) || isDue, `${task} is started before its time`);
        assert.ok(running.length < this.#rules.maxParallel, 'more run than may');
        assert.ok(!this.#attempts.has(task), `${task} runs already`);
        this.#append({ type: 'task-started', task, attempt: attempts[task]! + 1 });
        this.#attempts.set(task, { stopped: false });
        this.#counts.starts += 1;
        return true;
      }
      case 'judge':
      case 'open-gate':
      case 'land':
        if (this.#waiting.has(action.task)) {
          return false;
        }
        this.#waiting.set(action.task, action.kind);
        return true;
      case 'unfold':
        throw new Error('nothing unfolds here');
      case 'debug':
        throw new Error('nothing is mended here');
      case 'ask-cache':
        throw new Error('the cache is not asked here');
      case 'skip': {
        const because = failedNeeds(this.#fold.state, this.#rules.graph, action.task);
        this.#append({ type: 'task-skipped', task: action.task, because, by: undefined });
        return true;
      }
      case 'stop': {
        const attempt = this.#attempts.get(action.task);
        if (attempt === undefined || attempt.stopped) {
          return false;
        }
        attempt.stopped = true;
        return true;
      }
      case 'drop':
        this.#append({ type: 'task-cancelled', task: action.task, durationMs: 0 });
        return true;
      case 'finish':
        if (this.#waiting.size > 0) {
          return false;
        }
        assert.equal(action.status, this.#reference().status);
        assert.equal(this.#reference().unfinished, 0);
        this.#append({ type: 'run-finished', status: action.status });
        return true;
    }
  }

  #end(task: TaskId | undefined, { well, mayPass }: Extract<Step, { kind: 'ends' }>): void {
    const attempt = task === undefined ? undefined : this.#attempts.get(task);
    if (task === undefined || attempt === undefined) {
      return;
    }
    this.#attempts.delete(task);
    const before = this.#reference();
    const { step } = this.#plannedTask(task);
    assert.ok(step.kind === 'agent');
    const failure: Failure = attempt.stopped
      ? { reason: 'cancelled' }
      : mayPass
        ? { reason: 'exited', command: 'x', code: 1, tail: '' }
        : { reason: 'output-cap', limitBytes: 1 };
    const artifacts = step.produces.length > 0 ? [MADE] : [];
    const body = outcomeEvent(
      this.#fold.state,
      {
        task,
        step,
        effects: step.effects ?? 'copy',
        durationMs: 1,
        // What was told to stop may be done all the same a moment before.
        outcome: well
          ? { kind: 'succeeded', ...evidence(artifacts) }
          : { kind: 'failed', failure, log: undefined, hasBegun: true },
      },
      this.#isEnding(),
      { now: this.#now, random: 0.5 },
    );
    if (body.type === 'task-cancelled') {
      const isMeant = before.stoppedForGood.includes(task) || this.#isEnding();
      assert.ok(isMeant, `${task} is cancelled, and nobody asked for that`);
    } else if (!well && attempt.stopped) {
      assert.ok(!before.stoppedForGood.includes(task), `${task} was to end for good`);
    }
    this.#append(body);
  }

  #comeBack(task: TaskId | undefined, well: boolean): void {
    const what = task === undefined ? undefined : this.#waiting.get(task);
    if (task === undefined || what === undefined) {
      return;
    }
    const { frontier } = this.#fold.state;
    this.#waiting.delete(task);
    const place = { branch: `ai/${task}`, tag: `t_${task}`, commit: objectId('a'.repeat(40)) };
    if (what === 'judge' && frontier.undecided.has(task)) {
      this.#append({ type: 'condition-judged', task, met: well });
    } else if (what === 'open-gate' && frontier.dueGates.has(task)) {
      this.#append({ type: 'gate-opened', task, digest: digestOf(`${this.#now}`), ask: 'Go on?' });
    } else if (what === 'land' && frontier.landable.has(task)) {
      this.#append({ type: 'landing-started', task, ...place });
      this.#waiting.set(task, 'publish');
    } else if (what === 'publish' && frontier.landable.has(task)) {
      const failure: Failure = { reason: 'landing', message: 'no' };
      this.#append(
        well ? { type: 'landing-done', task, ...place } : { type: 'landing-failed', task, failure },
      );
    }
  }

  /** All that is under way is gone; the next driver reads the journal and looks into what ran. */
  #crash(probe: 'done' | 'undone' | 'unknown'): void {
    this.#counts.crashes += 1;
    this.#attempts = new Map();
    this.#waiting = new Map();
    const before = snapshot(this.#fold.state);
    const [created, ...rest] = this.#events;
    this.#fold = new RunFold(this.#plan, this.#rules.graph, created!);
    rest.forEach((event) => this.#fold.apply(event));
    assert.deepEqual(snapshot(this.#fold.state), before, 'the events give another run');
    this.#epoch += 1;
    if (this.#fold.state.phase.kind === 'finished') {
      return;
    }
    this.#append({ type: 'run-claimed', by: ADA, pid: 1 });
    for (const task of this.#reference().running) {
      const attempt = this.#reference().attempts[task]!;
      const { step } = this.#plannedTask(task);
      const isExternal = step.kind === 'agent' && step.effects === 'external';
      if (!isExternal || probe === 'undone') {
        this.#append({ type: 'task-interrupted', task, attempt });
      } else {
        this.#append(
          probe === 'done'
            ? this.#accepted(task, 'probe')
            : { type: 'task-unknown', task, attempt, log: undefined },
        );
      }
    }
  }

  #accepted(task: TaskId, accepted: typeof ADA | 'probe'): EventBody {
    const attempt = this.#reference().attempts[task]!;
    const { step } = this.#plannedTask(task);
    const artifacts = step.kind === 'agent' && step.produces.length > 0 ? [MADE] : [];
    return {
      type: 'task-succeeded',
      task,
      attempt,
      durationMs: 0,
      ...evidence(artifacts),
      accepted,
    };
  }

  #request(request: RunRequest): void {
    const planned = new Map(this.#plan.tasks.map((task) => [task.id, task]));
    const { graph } = this.#rules;
    const { state } = this.#fold;
    const verdict = verdictOn(request, { plan: this.#plan, planned, graph, state });
    if (verdict.kind === 'record') {
      verdict.events.forEach((body) => this.#append(body));
    }
  }

  #append(body: EventBody): void {
    const event: RunEvent = { ...this.#header(), ...body };
    this.#fold.apply(event);
    this.#events.push(event);
    this.#counts.events += 1;
  }

  #header() {
    const seq = this.#events.length + 1;
    return { v: 1, run: RUN, seq, epoch: this.#epoch, at: this.#now } as const;
  }

  #isEnding(): boolean {
    const { phase, failed } = this.#reference();
    return phase === 'cancelling' || (this.#rules.stopAtFailure && failed > 0);
  }

  #plannedTask(id: TaskId): PlannedTask {
    return this.#plan.tasks.find((task) => task.id === id)!;
  }

  #reference(): Reference {
    return recompute(this.#plan, this.#events);
  }

  /** What the fold keeps up to date is what the events say. */
  #compare(): void {
    const expected = this.#reference();
    const { frontier, tasks, held, phase } = this.#fold.state;
    const inOrder = (found: Iterable<TaskId>) => {
      const set = new Set(found);
      return this.#plan.tasks.map(({ id }) => id).filter((id) => set.has(id));
    };
    const delayed = frontier.delayed;
    assert.deepEqual(inOrder(frontier.ready.deepestFirst()), expected.ready);
    const found = {
      phase: phase.kind,
      kinds: Object.fromEntries([...tasks].map(([id, { kind }]) => [id, kind])),
      ready: inOrder(frontier.ready.longestFirst()),
      delayed: inOrder(delayed.keys()).map((id) => [id, delayed.get(id)]),
      undecided: inOrder(frontier.undecided),
      dueGates: inOrder(frontier.dueGates),
      doomed: inOrder(frontier.doomed),
      running: inOrder(frontier.running),
      waiting: inOrder(frontier.waiting),
      unknown: inOrder(frontier.unknown),
      stopping: inOrder(frontier.stopping),
      landable: inOrder(frontier.landable),
      held: inOrder(held.keys()),
      unfinished: frontier.unfinished,
      failed: frontier.failed,
    };
    for (const [name, value] of Object.entries(found)) {
      assert.deepEqual(value, Reflect.get(expected, name), `${name} is not what the events say`);
    }
    this.#checkTurn(expected);
  }

  /** Nothing that could go on is left standing, and nothing goes on that should not. */
  #checkTurn(expected: Reference): void {
    const { phase, running, ready, delayed, interrupts } = expected;
    assert.deepEqual([...this.#attempts.keys()].sort(), running.toSorted());
    assert.ok(running.length <= this.#rules.maxParallel, 'more run than may');
    if (phase === 'active' && !this.#isEnding()) {
      const due = delayed.filter(([, until]) => until <= this.#now);
      const idle = this.#rules.maxParallel - running.length;
      assert.ok(idle === 0 || ready.length + due.length === 0, 'a start was lost');
      assert.deepEqual(expected.doomed, []);
      for (const task of [...expected.undecided, ...expected.dueGates]) {
        assert.ok(this.#waiting.has(task), `nobody looks at ${task}`);
      }
    }
    const mustStop =
      this.#isEnding() || (phase === 'paused' && interrupts) ? running : expected.stopping;
    for (const task of mustStop) {
      assert.ok(this.#attempts.get(task)?.stopped, `${task} is not told to stop`);
    }
    if (this.#isEnding()) {
      const left = Object.values(expected.kinds).filter((kind) => STILL_TO_COME.has(kind));
      assert.deepEqual(left, []);
    }
    const mayLandLater = phase === 'paused' && expected.landable.length > 0;
    if (expected.unfinished === 0 && this.#waiting.size === 0 && !mayLandLater) {
      assert.equal(phase, 'finished', 'all is done, and the run goes on');
    }
  }
}

const STILL_TO_COME: ReadonlySet<string> = new Set(['pending', 'waiting', 'unknown']);

function pick<T>(from: readonly T[], index: number): T | undefined {
  return from[index % from.length];
}

function evidence(artifacts: readonly Artifact[]) {
  const removed: readonly [] = [];
  return { exitCode: 0, output: NOTHING, log: NOTHING, artifacts, removed, inputBytes: 0 };
}
