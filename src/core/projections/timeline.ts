import { oneLine } from '../base/text.ts';
import type { RunEvent } from '../domain/event.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { RunFold, type PlanSource } from '../journal/fold.ts';
import { graphOf } from '../journal/planGraph.ts';
import { eventText, parkText } from './eventText.ts';
import { mendingNow, type MendingNow } from './mending.ts';
import { askLine } from './asked.ts';
import { mendingText } from './mendingWords.ts';
import { asksText, questionsOf } from './questions.ts';
import type {
  TimelineBreak,
  TimelineMoment,
  TimelinePicture,
  TimelineRow,
  TimelineSlots,
  TimelineSpan,
} from './timelinePicture.ts';

// A run over time, from its events and from what the fold says each of them makes of the tasks.
//
// L1  Spans of a task do not overlap: the next begins where the one before ends, or later.
// L2  Slots used are the attempts that are open: not what waits for a person or a provider, and nothing while nobody
//     drives the run.
// L3  Times never fall, whatever the clock of a program that drove the run did.

/** More moments than this nobody tells apart with a slider; of very many some are left out. */
export const MOST_MOMENTS = 2000;

/** Events of what goes on inside an attempt: the first to be left out. */
const INSIDE: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  'task-process',
  'call-started',
  'call-ended',
  'model-changed',
  'tool-called',
  'tool-ended',
  'breaker-moved',
  'budget-noticed',
  'cache-missed',
  'condition-judged',
]);

/** Events that move no other task than their own. */
const OF_ONE: ReadonlySet<RunEvent['type']> = new Set<RunEvent['type']>([
  ...INSIDE,
  'task-reused',
  'task-started',
  'task-parked',
  'task-continued',
  'task-succeeded',
  'task-failed',
  'task-faulted',
  'fix-opened',
  'task-given-up',
  'task-retried',
  'task-interrupted',
  'task-unknown',
  'task-skipped',
  'task-cancelled',
  'task-held',
  'task-released',
  'task-steered',
  'gate-opened',
  'landing-started',
  'landing-done',
  'landing-failed',
  'landing-undone',
  'command-ran',
]);

interface Row {
  readonly task: TaskId;
  /** The last one may be open. */
  spans: readonly TimelineSpan[];
  reusedAt: number | undefined;
}

/** What a task does, as far as it takes time; and how it is told. */
type Doing = Pick<TimelineSpan, 'kind' | 'attempt' | 'label'>;

/** The picture of a run whose events are all here. @param isDriven some program moves it on @param now in milliseconds */
export function timelineOf(
  plan: RunPlan,
  events: readonly RunEvent[],
  now: number,
  isDriven = true,
  plans?: PlanSource,
): TimelinePicture {
  const [created, ...rest] = events;
  if (created === undefined) {
    throw new Error('Internal error: a run without events has no time line');
  }
  const fold = new RunFold(plan, graphOf(plan), created, plans);
  const timeline = new TimelineFold(plan, created);
  for (const event of rest) {
    fold.apply(event);
    timeline.apply(event, fold.state, fold.plan);
  }
  return timeline.picture(now, isDriven);
}

/** The same, event by event. */
export class TimelineFold {
  readonly #events: RunEvent[];
  readonly #rows = new Map<TaskId, Row>();
  readonly #open = new Set<Row>();
  /** Attempts that the journal has open, but whose program was gone before it could end them. */
  readonly #lost = new Set<TaskId>();
  readonly #slots: TimelineSlots[];
  readonly #breaks: TimelineBreak[] = [];
  readonly #from: number;
  #inside = 0;
  #at: number;
  #used = 0;
  #claims = 0;
  #isOver = false;
  #mostSlots: number;

  constructor(plan: RunPlan, created: RunEvent) {
    this.#events = [created];
    this.#from = created.at;
    this.#at = created.at;
    this.#slots = [{ at: created.at, used: 0 }];
    this.#mostSlots = plan.maxParallel;
  }

  /** @param state after the event @param plan likewise */
  apply(event: RunEvent, state: RunState, plan: RunPlan): void {
    const before = this.#at;
    this.#events.push(event);
    this.#inside += INSIDE.has(event.type) ? 1 : 0;
    this.#at = Math.max(before, event.at);
    this.#mostSlots = plan.maxParallel;
    this.#isOver = state.phase.kind === 'finished';
    if (event.type === 'run-claimed') {
      this.#claims += 1;
      if (this.#claims > 1 && this.#at > before) {
        this.#breakOff(before);
        this.#breaks.push({ from: before, to: this.#at });
      }
    }
    if (event.type === 'fix-opened') {
      this.#look(event.fix.of, event, state, plan);
    } else if ('task' in event) {
      this.#look(event.task, event, state, plan);
    }
    if (!OF_ONE.has(event.type)) {
      for (const { task } of [...this.#open]) {
        this.#look(task, event, state, plan);
      }
    }
    this.#count(this.#at);
  }

  /** @param now milliseconds since 1970 @param isDriven some program moves the run on */
  picture(now: number, isDriven: boolean): TimelinePicture {
    const isLeft = !this.#isOver && !isDriven;
    const to = this.#isOver ? this.#at : Math.max(this.#at, now);
    const rows = [...this.#rows.values()].map(({ task, spans, reusedAt }): TimelineRow => ({
      task,
      spans: isLeft ? cutOffAt(spans, this.#at) : spans,
      reusedAt,
    }));
    const last = this.#slots.at(-1);
    const isCut = isLeft && (last?.used ?? 0) > 0;
    return {
      from: this.#from,
      to,
      isOver: this.#isOver,
      rows,
      slots: isCut ? withSlots([...this.#slots], this.#at, 0) : [...this.#slots],
      mostSlots: this.#mostSlots,
      moments: this.#moments(),
      breaks:
        isLeft && to > this.#at ? [...this.#breaks, { from: this.#at, to }] : [...this.#breaks],
    };
  }

  /** Takes what the task does now in the place of what it did. */
  #look(task: TaskId, event: RunEvent, state: RunState, plan: RunPlan): void {
    const doing = doingOf(task, state, plan);
    if (this.#lost.has(task)) {
      if (doing?.kind === 'attempt' && event.type !== 'task-continued') {
        return;
      }
      this.#lost.delete(task);
    }
    const row = this.#rows.get(task);
    const open = row?.spans.at(-1);
    if (row !== undefined && open?.to === undefined && open !== undefined) {
      if (doing?.kind === open.kind && doing.attempt === open.attempt && !isNew(event, task)) {
        if (event.type === 'fix-opened') {
          // What it waits for has a name now.
          row.spans = [...row.spans.slice(0, -1), { ...open, label: doing.label }];
        }
        return;
      }
      this.#close(row, open, this.#at, endOf(task, event));
    }
    if (event.type === 'task-reused' && event.task === task) {
      this.#rowOf(task).reusedAt = this.#at;
    }
    if (doing !== undefined) {
      const next = this.#rowOf(task);
      next.spans = [...next.spans, { ...doing, from: this.#at, to: undefined, outcome: undefined }];
      this.#open.add(next);
      this.#used += doing.kind === 'attempt' ? 1 : 0;
    }
  }

  /** Nobody drives the run from then on: nothing runs. */
  #breakOff(at: number): void {
    for (const row of [...this.#open]) {
      const open = row.spans.at(-1);
      if (open?.kind === 'attempt') {
        this.#lost.add(row.task);
        this.#close(row, open, at, CUT_OFF);
      }
    }
    this.#count(at);
  }

  #close(row: Row, open: TimelineSpan, to: number, end: End): void {
    row.spans = [...row.spans.slice(0, -1), closed(open, to, end)];
    this.#open.delete(row);
    this.#used -= open.kind === 'attempt' ? 1 : 0;
  }

  #count(at: number): void {
    if (this.#slots.at(-1)?.used !== this.#used) {
      withSlots(this.#slots, at, this.#used);
    }
  }

  #rowOf(task: TaskId): Row {
    let row = this.#rows.get(task);
    if (row === undefined) {
      row = { task, spans: [], reusedAt: undefined };
      this.#rows.set(task, row);
    }
    return row;
  }

  #moments(): TimelineMoment[] {
    const leavesOut = this.#events.length > MOST_MOMENTS && this.#inside > 0;
    const left = leavesOut ? this.#events.filter(({ type }) => !INSIDE.has(type)) : this.#events;
    // Doubled, so that a stop stays one while the run goes on.
    let stride = 1;
    while (left.length / stride > MOST_MOMENTS) {
      stride *= 2;
    }
    const last = this.#events.length - 1;
    let at = this.#from;
    const moments: TimelineMoment[] = [];
    left.forEach((event, index) => {
      at = Math.max(at, event.at);
      if (index % stride === 0 || event.seq === last + 1) {
        moments.push({ seq: event.seq, at, text: eventText(event) });
      }
    });
    const end = this.#events[last];
    if (end !== undefined && moments.at(-1)?.seq !== end.seq) {
      moments.push({ seq: end.seq, at: this.#at, text: eventText(end) });
    }
    return moments;
  }
}

/** `undefined`: nothing that takes time, or that anybody waits for. */
function doingOf(task: TaskId, state: RunState, plan: RunPlan): Doing | undefined {
  const at = state.tasks.get(task);
  if (at === undefined || state.phase.kind === 'finished') {
    return undefined;
  }
  switch (at.kind) {
    case 'running': {
      const { attempt } = at;
      if (!state.asking.has(task)) {
        const mending = mendingNow(plan, state, task);
        const proves = mending?.kind === 'proof' ? ` proves ${mending.fix}` : '';
        return { kind: 'attempt', attempt, label: `attempt ${attempt}${proves}` };
      }
      const [question] = questionsOf(state, task);
      const label = question === undefined ? 'asks a person' : `asks: ${asksText(question.asks)}`;
      return { kind: 'asking', attempt, label };
    }
    case 'pending':
      return waitingOf(at) ?? mendedOf(at, mendingNow(plan, state, task));
    case 'waiting':
      return { kind: 'gate', attempt: 0, label: `asks: ${askLine(at.ask)}` };
    default:
      return undefined;
  }
}

function waitingOf({
  parked,
  retry,
  attempts,
}: Extract<TaskState, { readonly kind: 'pending' }>): Doing | undefined {
  if (parked !== undefined) {
    return { kind: 'parked', attempt: attempts, label: `waits: ${parkText(parked.why)}` };
  }
  const why = retry && oneLine(failureText(retry.failure).title);
  return why === undefined
    ? undefined
    : { kind: 'delay', attempt: attempts + 1, label: `before attempt ${attempts + 1}: ${why}` };
}

/** While it is mended, it waits for its next attempt. */
function mendedOf(
  { attempts }: Extract<TaskState, { readonly kind: 'pending' }>,
  mending: MendingNow | undefined,
): Doing | undefined {
  return mending === undefined
    ? undefined
    : { kind: 'delay', attempt: attempts + 1, label: mendingText(mending) };
}

interface End {
  readonly outcome: TimelineSpan['outcome'];
  /** Put behind the label, where there is one. */
  readonly told: string;
}

const NO_END: End = { outcome: undefined, told: '' };
const CUT_OFF: End = { outcome: 'cut off', told: 'cut off' };

/** How what the task did has ended by the event. */
function endOf(task: TaskId, event: RunEvent): End {
  if (!('task' in event) || event.task !== task) {
    return NO_END;
  }
  switch (event.type) {
    case 'task-succeeded':
      return { outcome: 'succeeded', told: 'succeeded' };
    case 'task-failed':
    case 'task-faulted':
    case 'task-retried':
      return { outcome: 'failed', told: `failed: ${oneLine(failureText(event.failure).title)}` };
    case 'task-given-up':
      return { outcome: 'failed', told: `given up: ${oneLine(failureText(event.failure).title)}` };
    case 'task-interrupted':
    case 'task-unknown':
      return CUT_OFF;
    case 'task-cancelled':
      return { outcome: 'cancelled', told: 'cancelled' };
    case 'gate-answered': {
      const outcome = event.decision === 'changes-requested' ? 'changes' : event.decision;
      const told = outcome === 'changes' ? 'changes requested' : outcome;
      const note = event.note === undefined ? '' : `: ${oneLine(event.note)}`;
      return { outcome, told: `${told} by ${oneLine(event.by.name, 60)}${note}` };
    }
    default:
      return NO_END;
  }
}

/** The same kind of thing begins anew. */
function isNew(event: RunEvent, task: TaskId): boolean {
  return event.type === 'gate-opened' && event.task === task;
}

function closed(open: TimelineSpan, to: number, { outcome, told }: End): TimelineSpan {
  const label = told === '' ? open.label : `${open.label} · ${told}`;
  return { ...open, to, outcome, label };
}

function cutOffAt(spans: readonly TimelineSpan[], at: number): readonly TimelineSpan[] {
  const open = spans.at(-1);
  return open?.kind === 'attempt' && open.to === undefined
    ? [...spans.slice(0, -1), closed(open, at, CUT_OFF)]
    : spans;
}

/** Of several counts at one time the last stands. */
function withSlots(slots: TimelineSlots[], at: number, used: number): TimelineSlots[] {
  if (slots.at(-1)?.at === at) {
    slots.pop();
  }
  if (slots.at(-1)?.used !== used || slots.length === 0) {
    slots.push({ at, used });
  }
  return slots;
}
