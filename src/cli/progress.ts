import type { BookEntry } from '../core/projections/runBook.ts';
import {
  census,
  runDuration,
  shownStatus,
  taskRows,
  type ShownStatus,
  type TaskRow,
} from '../core/projections/taskRows.ts';
import type { TaskState } from '../core/domain/runState.ts';
import { formatDuration, oneLine } from '../core/base/text.ts';
import { hasEnded } from '../core/domain/runState.ts';
import { cut, paint, type Colour, type Terminal } from './terminal.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

const TASK_MARKS: Readonly<Record<TaskState['kind'], readonly [string, Colour]>> = {
  pending: ['·', 'dim'],
  running: ['▸', 'blue'],
  waiting: ['?', 'yellow'],
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
  interrupted: 'yellow',
  succeeded: 'green',
  degraded: 'yellow',
  failed: 'red',
  cancelled: 'dim',
};

/** One line for a task: mark, name, state, what there is to say. */
export function taskLine(terminal: Terminal, row: TaskRow, nameWidth: number, now: number): string {
  const [mark, colour] = TASK_MARKS[row.state];
  const elapsed = row.startedAt === undefined ? '' : formatDuration(now - row.startedAt);
  const room = Math.max(20, terminal.width - nameWidth - 18);
  const detail = oneLine([elapsed, row.detail].filter((text) => text !== '').join(' · '), room);
  return `  ${paint(terminal, colour, mark)} ${row.task.padEnd(nameWidth)}  ${paint(terminal, colour, row.state.padEnd(9))}  ${detail}`.trimEnd();
}

export function runLines(terminal: Terminal, entry: ReadableRun, now: number): string[] {
  const rows = taskRows(entry.plan, entry.state);
  const width = Math.max(...rows.map((row) => row.task.length));
  return [
    headLine(terminal, entry, now),
    ...rows.map((row) => taskLine(terminal, row, width, now)),
  ];
}

export function headLine(terminal: Terminal, entry: ReadableRun, now: number): string {
  const status = shownStatus(entry.state, entry.driven);
  return [
    paint(terminal, 'bold', entry.run),
    paint(terminal, STATUS_COLOURS[status], status),
    census(entry.state),
    formatDuration(runDuration(entry.state, now)),
  ].join(' · ');
}

/** Where the artifacts are, and what to do about failures. */
export function afterLines(terminal: Terminal, entry: ReadableRun): string[] {
  return taskRows(entry.plan, entry.state).flatMap(({ task, branch, artifacts, fix }) => {
    const files = artifacts.map(({ path }) => path).join(', ');
    return [
      ...(branch === undefined
        ? []
        : [`  ${task} is on ${paint(terminal, 'bold', branch)} (${files})`]),
      // What to install is said by the agent's file, which came from outside.
      ...(fix === undefined ? [] : [`  ${task}: ${oneLine(fix, Infinity)}`]),
    ];
  });
}

/**
 * Follows a run: on a screen one line a task, written over as it changes; in a pipe one line as each
 * task ends or a gate opens.
 */
export class Progress {
  readonly #terminal: Terminal;
  readonly #told = new Set<string>();
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  update(entry: ReadableRun, now: number): void {
    if (this.#terminal.live) {
      this.#draw(runLines(this.#terminal, entry, now));
      return;
    }
    const rows = taskRows(entry.plan, entry.state);
    const width = Math.max(...rows.map((row) => row.task.length));
    for (const row of rows) {
      const state = entry.state.tasks.get(row.task);
      if (state === undefined || !(hasEnded(state) || state.kind === 'waiting')) {
        continue;
      }
      const key = `${row.task} ${row.state}`;
      if (!this.#told.has(key)) {
        this.#told.add(key);
        this.#terminal.out(`${taskLine(this.#terminal, row, width, now)}\n`);
      }
    }
  }

  /** The last word: where things are and what to do, and in a pipe the head line. */
  end(entry: ReadableRun, now: number): void {
    this.update(entry, now);
    const head = this.#terminal.live ? [] : [headLine(this.#terminal, entry, now)];
    const lines = [...afterLines(this.#terminal, entry), ...head];
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
