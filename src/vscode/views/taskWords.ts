import { formatDuration, oneLine } from '../../core/base/text.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { RunState, TaskState } from '../../core/domain/runState.ts';
import type { Tally } from '../../core/projections/census.ts';
import { accountLines, accountOf } from '../../core/projections/ledger.ts';
import { faultText, fixText, testsText } from '../../core/projections/mendingWords.ts';
import { reasonText } from '../../core/projections/reasons.ts';
import type { TaskRow } from '../../core/projections/taskRows.ts';
import { waitText, type WaitReason } from '../../core/projections/waiting.ts';
import { clockTime } from '../clockTime.ts';
import type { ReadableRun } from '../offers.ts';
import type { Fold } from './parts.ts';

// What stands beside the names of tasks, and what is told to whoever points at them.

/** With so many tasks that wait for a slot, each free one would have all of them say something else for a moment. */
const MANY_READY = 50;
/** Names of tasks that a row has room for. */
const MOST_NAMES = 2;

/** Short, and as calm as can be: what it waits for, where that is not told in the task's row otherwise. */
export function waitsShort(waits: WaitReason, { frontier }: RunState): string {
  switch (waits.kind) {
    case 'needs':
    case 'lanes': {
      const more = waits.tasks.length - MOST_NAMES;
      if (more < 2) {
        return waitText(waits);
      }
      const named = waits.tasks.slice(0, MOST_NAMES).join(', ');
      return waits.kind === 'needs' ? `needs ${named} +${more}` : `lanes by ${named} +${more}`;
    }
    case 'slot':
      return waits.taken < waits.of && frontier.ready.size < MANY_READY
        ? waitText(waits)
        : 'waits for a free slot';
    default:
      return waitText(waits);
  }
}

/**
 * Beside the task's name: what matters most comes first.
 * @param waits as of `waitsShort`; `undefined`: it does not wait
 */
export function taskTold(
  row: TaskRow,
  waits: string | undefined,
  isDriven: boolean,
  now: number,
): string {
  const told = tellTask(row, waits, isDriven, now);
  return row.mends === undefined || row.state === 'waiting'
    ? told
    : listed(fixText(row.mends), told);
}

function tellTask(row: TaskRow, waits: string | undefined, isDriven: boolean, now: number): string {
  const { state, asks, detail, cause, spent, model, said, startedAt, triesAgainAt } = row;
  switch (state) {
    case 'waiting':
      return row.mends === undefined ? 'waits for you' : `asks you: ${detail}`;
    case 'unknown':
      return 'needs a look';
    case 'running':
      if (asks !== undefined) {
        return detail;
      }
      return isDriven
        ? listed(elapsedText(startedAt, now), detail, cause, spent, model, said)
        : 'cut off';
    case 'succeeded':
      // Why it ran tells more than how long it took, where there is room for one.
      return listed(cause, detail, row.reused === undefined ? model : '');
    default:
      return triesAgainAt === undefined
        ? whenOf(row, waits ?? detail, now)
        : `tries again ${untilText(triesAgainAt - now)}`;
  }
}

/** What counts on while nothing happens, so that a row is made anew when it says something else. */
export function timeTold(at: TaskState, waits: WaitReason | undefined, now: number): string {
  if (at.kind === 'running') {
    return elapsedText(at.startedAt, now);
  }
  if (waits?.kind === 'time') {
    return untilText(waits.until - now);
  }
  // Answers that stand for it grow older.
  return at.kind === 'succeeded' && at.reused !== undefined ? String(Math.floor(now / 60_000)) : '';
}

/** `12 s`, in whole seconds so that it is calm. */
function elapsedText(startedAt: number | undefined, now: number): string {
  return startedAt === undefined
    ? ''
    : secondsText(Math.max(0, Math.floor((now - startedAt) / 1000)));
}

/** `in 12 s` */
function untilText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds <= 0 ? 'now' : `in ${secondsText(seconds)}`;
}

function secondsText(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** Its story, with the time it goes on. */
function whenOf({ goesOnAt }: TaskRow, detail: string, now: number): string {
  return goesOnAt === undefined ? detail : `${detail} until ${clockTime(goesOnAt, now)}`;
}

/** What a screen reader says of it: without the time that counts. */
export function taskSaid(row: TaskRow, takenBack: string | undefined): string {
  const said =
    row.state === 'unknown'
      ? ['needs a look', row.detail]
      : row.reused === undefined
        ? [row.state, row.detail, row.cause]
        : [row.state, row.reason];
  const mends = row.mends === undefined ? '' : `mends ${row.mends.of}: ${fixText(row.mends)}`;
  return [row.task, mends, ...said, takenBack ?? ''].filter((text) => text !== '').join(', ');
}

/** `rolled back by ada`; `undefined`: its result stands, or it has none. */
export function rolledBackText({ landings }: RunState, task: TaskId): string | undefined {
  const landing = landings.get(task);
  return landing?.kind === 'undone' ? `rolled back by ${oneLine(landing.by.name, 60)}` : undefined;
}

export function taskLines(
  { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
  row: TaskRow,
  now: number,
): readonly (string | undefined)[] {
  const reason = (detail: 'short' | 'whole') => reasonText(plan, state, row.task, detail, now);
  const account = accountOf(state, row.task);
  const takenBack = rolledBackText(state, row.task);
  return [
    `${row.task}: ${row.state === 'unknown' ? 'needs a look' : row.state}`,
    row.mends && `Mends ${row.mends.of}: ${faultText(row.mends.fault)}. ${row.mends.why}`,
    row.step.kind === 'agent' ? `Agent: ${row.step.agent}` : row.step.ask,
    takenBack && `Its result was ${takenBack}; what it made stays here.`,
    testsOf(state, row.task),
    row.detail === reason('short') ? undefined : whenOf(row, oneLine(row.detail, 1000), now),
    ...reason('whole').split('\n'),
    ...(account === undefined ? [] : accountLines(account)),
    row.fix,
  ];
}

function testsOf({ tasks }: RunState, task: TaskId): string | undefined {
  const at = tasks.get(task);
  const tests = at !== undefined && 'tests' in at ? testsText(at.tests) : '';
  return tests === '' ? undefined : `Tests: ${tests}`;
}

/** `4 of 6 done`, of lanes `57 lanes · 12 done · 3 running`; and what should be seen before it is opened. */
export function tallyText({ kind, lanes, tasks }: Fold, tally: Tally): string {
  const some = (n: number, what: string) => (n === 0 ? '' : `${n} ${what}`);
  const asks = tally.forPeople === 1 ? 'waits for you' : 'wait for you';
  const troubles = [some(tally.failed, 'failed'), some(tally.forPeople, asks)];
  if (kind !== 'lanes') {
    return listed(`${tally.done} of ${tally.total} done`, ...troubles);
  }
  // Where each lane has several tasks, these are what is counted.
  const done =
    tasks.length === lanes ? some(tally.done, 'done') : `${tally.done} of ${tally.total} done`;
  return listed(`${lanes} lanes`, done, some(tally.running, 'running'), ...troubles);
}

function listed(...parts: readonly string[]): string {
  return parts.filter((text) => text !== '').join(' · ');
}
