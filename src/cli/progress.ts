import { formatDuration, oneLine } from '../core/base/text.ts';
import type { TaskId } from '../core/domain/ids.ts';
import { attemptsOf, hasEnded, type TaskState } from '../core/domain/runState.ts';
import {
  runDuration,
  shownStatus,
  taskRows,
  type Heard,
  type ShownStatus,
  type TaskRow,
} from '../core/projections/taskRows.ts';
import { drawnText } from '../core/projections/drawn.ts';
import { runSpentText } from '../core/projections/ledger.ts';
import { fixText } from '../core/projections/mendingWords.ts';
import { runReusedText, savingsText } from '../core/projections/reasons.ts';
import { checkoutMark, checkoutText } from './checkoutLines.ts';
import { questionLines } from './questionLines.ts';
import type { ReadableRun } from './session.ts';
import { isInterrupted, standing } from './standing.ts';
import { cut, paint, type Colour, type Terminal } from './terminal.ts';

const TASK_MARKS: Readonly<Record<TaskState['kind'], readonly [string, Colour]>> = {
  pending: ['·', 'dim'],
  running: ['▸', 'blue'],
  waiting: ['?', 'yellow'],
  unknown: ['!', 'yellow'],
  succeeded: ['✓', 'green'],
  approved: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
  cancelled: ['-', 'dim'],
};

const STATUS_COLOURS: Readonly<Record<ShownStatus, Colour>> = {
  running: 'blue',
  waiting: 'yellow',
  cancelling: 'yellow',
  pausing: 'yellow',
  paused: 'yellow',
  interrupted: 'yellow',
  succeeded: 'green',
  degraded: 'yellow',
  failed: 'red',
  cancelled: 'dim',
};

/** One line for a task: mark, name, state, what there is to say. */
function taskLine(
  terminal: Terminal,
  entry: ReadableRun,
  row: TaskRow,
  nameWidth: number,
  now: number,
): string {
  const [mark, colour] = row.asks === undefined ? TASK_MARKS[row.state] : TASK_MARKS.waiting;
  const room = Math.max(20, terminal.width - nameWidth - 18);
  const detail =
    row.goesOnAt === undefined ? row.detail : `${row.detail} until ${clockOf(row.goesOnAt)}`;
  const mends = row.mends === undefined || row.state === 'waiting' ? '' : fixText(row.mends);
  const said = [mends, momentOf(entry, row, now), detail, row.live, row.cause].filter(
    (text) => text !== '',
  );
  const told = oneLine(said.join(' · '), room);
  return `  ${paint(terminal, colour, mark)} ${nameOf(row).padEnd(nameWidth)}  ${paint(terminal, colour, row.state.padEnd(9))}  ${told}`.trimEnd();
}

/** A fix stands further in, below what it mends. */
function nameOf({ task, depth }: TaskRow): string {
  return `${'  '.repeat(depth)}${task}`;
}

/** What depends on the time: how long it has been running, when it is tried again. */
function momentOf({ state, driven }: ReadableRun, row: TaskRow, now: number): string {
  if (row.startedAt !== undefined) {
    if (row.asks !== undefined) {
      // An answer goes on with it, whoever drives the run.
      return '';
    }
    if (driven.kind === 'nobody') {
      return 'cut off';
    }
    const elapsed = formatDuration(now - row.startedAt);
    return state.frontier.stopping.has(row.task) ? `${elapsed} · is being stopped` : elapsed;
  }
  const waitMs = (row.triesAgainAt ?? now) - now;
  if (waitMs <= 0) {
    return '';
  }
  return `in ${waitMs < 60_000 ? `${Math.ceil(waitMs / 1000)} s` : formatDuration(waitMs)}`;
}

/** `10:31:05`, by the clock of this machine. */
function clockOf(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** @param heard what running tasks say, where it is shown */
export function runLines(
  terminal: Terminal,
  entry: ReadableRun,
  now: number,
  heard?: Heard,
): string[] {
  const rows = taskRows(entry.plan, entry.state, entry.driven, heard, now);
  const width = Math.max(...rows.map((row) => nameOf(row).length));
  return [
    headLine(terminal, entry, now),
    ...rows.map((row) => taskLine(terminal, entry, row, width, now)),
  ];
}

/** One task of the run by itself. */
export function lineOfTask(
  terminal: Terminal,
  entry: ReadableRun,
  task: TaskId,
  now: number,
): string {
  const rows = taskRows(entry.plan, entry.state, entry.driven, undefined, now);
  const row = rows.find((one) => one.task === task);
  return row === undefined ? '' : taskLine(terminal, entry, row, nameOf(row).length, now);
}

export function headLine(terminal: Terminal, entry: ReadableRun, now: number): string {
  const status = shownStatus(entry.state, entry.driven);
  return [
    paint(terminal, 'bold', entry.run),
    paint(terminal, STATUS_COLOURS[status], status),
    standing(entry),
    ...[runSpentText(entry.state), runReusedText(entry.state), checkoutMark(entry.state)].filter(
      (text) => text !== '',
    ),
    // Since when nobody drives it is not known.
    ...(isInterrupted(entry) ? [] : [formatDuration(runDuration(entry.state, now))]),
  ].join(' · ');
}

/** Where the artifacts are, what to do about failures, and what has happened to the user's files meanwhile. */
export function afterLines(terminal: Terminal, entry: ReadableRun): string[] {
  const { plan, state, driven } = entry;
  const checkout = checkoutText(state);
  const ofTasks = taskRows(plan, state, driven).flatMap(({ task, branch, artifacts, fix }) => {
    const files = artifacts.map(({ path }) => path).join(', ');
    const landing = state.landings.get(task);
    return [
      ...(branch === undefined
        ? []
        : [`  ${task} is on ${paint(terminal, 'bold', branch)} (${files})`]),
      ...(landing?.kind === 'undone'
        ? [`  ${task} was taken back by ${oneLine(landing.by.name)}; it is on no branch`]
        : []),
      // What to install is said by the agent's file, which came from outside.
      ...(fix === undefined ? [] : [`  ${task}: ${oneLine(fix, Infinity)}`]),
    ];
  });
  const drawn = drawnText(plan);
  return [
    ...(drawn === undefined ? [] : [`  ${drawn}`]),
    ...ofTasks,
    ...(checkout === undefined ? [] : [`  ${checkout}`]),
  ];
}

/**
 * Follows a run: on a screen one line a task, written over as it changes; in a pipe one line as each
 * task ends, is to be tried again, or needs a person.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #told = new Set<string>();
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  update(entry: ReadableRun, now: number, heard?: Heard): void {
    if (this.#terminal.live) {
      this.#draw([...runLines(this.#terminal, entry, now, heard), ...questionLines(entry)]);
      return;
    }
    const rows = taskRows(entry.plan, entry.state, entry.driven, undefined, now);
    const width = Math.max(...rows.map((row) => nameOf(row).length));
    for (const row of rows) {
      const state = entry.state.tasks.get(row.task);
      const isMended = row.state === 'pending' && row.mending !== undefined;
      if (state === undefined || (row.asks === undefined && !isMended && !isWorthALine(state))) {
        continue;
      }
      const mended = isMended ? row.detail : '';
      const key = `${row.task} ${row.state} ${attemptsOf(state)} ${row.asks ?? ''} ${row.goesOnAt ?? ''} ${mended}`;
      if (!this.#told.has(key)) {
        this.#told.add(key);
        this.#terminal.out(`${taskLine(this.#terminal, entry, row, width, now)}\n`);
      }
    }
    for (const line of questionLines(entry)) {
      if (!this.#told.has(line)) {
        this.#told.add(line);
        this.#terminal.out(`${line}\n`);
      }
    }
  }

  /** The last word: where things are and what to do, what was saved, and in a pipe the head line. */
  end(entry: ReadableRun, now: number): void {
    this.update(entry, now);
    const head = this.#terminal.live ? [] : [headLine(this.#terminal, entry, now)];
    const savings = savingsText(entry.plan, entry.state);
    const lines = [
      ...afterLines(this.#terminal, entry),
      ...(savings === '' ? [] : [savings]),
      ...head,
    ];
    this.#terminal.out(lines.map((line) => `${line}\n`).join(''));
  }

  #draw(lines: readonly string[]): void {
    // A line that the screen wraps would be two of its lines, and the way up too short.
    const fitting = lines.map((line) => cut(line, this.#terminal.width));
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A`;
    this.#terminal.out(`${up}${fitting.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[J`);
    this.#drawn = lines.length;
  }
}

function isWorthALine(task: TaskState): boolean {
  return task.kind === 'pending'
    ? task.retry !== undefined || task.parked?.until !== undefined
    : hasEnded(task) || task.kind === 'waiting' || task.kind === 'unknown';
}
