import fs from 'node:fs/promises';
import { count, isBinary, thrownMessage } from './base/text.ts';
import type { Clock } from './base/clock.ts';
import { changesOfTask } from './artifacts/taskChanges.ts';
import type { BlobRef } from './domain/event.ts';
import type { RunId, TaskId } from './domain/ids.ts';
import { attemptsOf, type TaskState } from './domain/runState.ts';
import { renderText, type RenderContext } from './engine/render.ts';
import { plannedById } from './journal/planGraph.ts';
import type { JournalPosition } from './journal/reader.ts';
import { isDeed, tasksOfDeed, type Deed } from './projections/attempts.ts';
import type { DetailGate, TaskDetail } from './projections/detailPicture.ts';
import type { BookEntry, BookReading } from './projections/runBook.ts';
import { taskPage } from './projections/taskPage.ts';
import {
  MOST_OUTPUT,
  taskDetail,
  type DetailSource,
  type ReadOutput,
} from './projections/taskDetail.ts';
import { keptLog, logOf, type LogTail } from './taskLog.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

/** Runs of which it is remembered what their tasks did. */
const MOST_RUNS = 2;
/** Outputs that are remembered: of those that are looked at, the end is needed every second. */
const MOST_OUTPUTS = 8;
/** A character takes at most so many bytes. */
const BYTES_OF_CHARACTER = 4;

export interface DetailParts {
  /** As of the run book: what is new behind a position. */
  readonly readJournal: (
    run: RunId,
    from: JournalPosition | undefined,
  ) => Promise<Pick<BookReading<JournalPosition>, 'events' | 'anew' | 'end'>>;
  readonly blobs: RenderContext['blobs'];
  readonly clock: Pick<Clock, 'now'>;
  /** The run as it is. */
  readonly entry: (run: RunId) => BookEntry | undefined;
  /** Of an attempt that is not over; absolute. */
  readonly logFile: (run: RunId, task: TaskId, attempt: number) => string;
}

/** What a face adds to a task's detail. */
export interface DetailFace {
  /** What a person can ask of a task, as words of the face's own. */
  readonly verbs: DetailSource['verbs'];
  readonly gate: DetailGate | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a run's tasks did, as far as its journal was read. */
interface RunDeeds {
  readonly byTask: Map<TaskId, Deed[]>;
  position: JournalPosition | undefined;
}

/** All there is to say about tasks, beside the graph. It reads what changes anew each time it is asked, and no more. */
export class TaskDetails {
  readonly #parts: DetailParts;
  /** The one asked for last stands last. */
  readonly #deeds = new Map<RunId, RunDeeds>();
  readonly #reading = new Map<RunId, Promise<unknown>>();
  readonly #outputs = new Map<string, Promise<ReadOutput>>();

  constructor(parts: DetailParts) {
    this.#parts = parts;
  }

  /**
   * @param entry the run as it is, or as it was at some moment: nothing later than its state is told
   * @returns `undefined`: it has no such task
   */
  async of(
    { plan, state, driven }: ReadableRun,
    task: TaskId,
    face: DetailFace,
  ): Promise<TaskDetail | undefined> {
    const at = state.tasks.get(task);
    if (at === undefined) {
      return undefined;
    }
    const [deeds, prompt, output] = await Promise.all([
      this.#deedsOf(state.run, task, state.seq),
      this.#prompt({ plan, state }, task),
      this.#output({ plan, state }, task, at),
    ]);
    const changes = at.kind === 'succeeded' ? changesOfTask(at) : [];
    return taskDetail({ plan, state, driven, task, prompt, output, deeds, changes, ...face });
  }

  /**
   * All there is to say about a task, as a document, with what it printed so far.
   * @param tail of somebody who looks again and again
   */
  async page(run: RunId, task: TaskId, tail?: LogTail): Promise<string> {
    const entry = this.#parts.entry(run);
    if (entry?.kind !== 'readable') {
      return `There is no run ${run} here.\n`;
    }
    const { plan, state } = entry;
    const at = state.tasks.get(task);
    const log = await logOf(
      at,
      keptLog(at, state.mending.get(task)),
      (attempt) => this.#parts.logFile(run, task, attempt),
      (ref) => this.#readOrTell(ref),
      tail,
    );
    return taskPage(plan, state, task, log, this.#parts.clock.now());
  }

  async #readOrTell({ digest }: BlobRef): Promise<Uint8Array> {
    return await this.#parts.blobs
      .read(digest)
      .catch((thrown: unknown) => Buffer.from(unreadable(thrown)));
  }

  /** What the journal tells of the task up to an event; nothing where it cannot be read. */
  async #deedsOf(run: RunId, task: TaskId, seq: number): Promise<readonly Deed[]> {
    const before = this.#reading.get(run) ?? Promise.resolve();
    // One reading after another: two from the same position would tell everything twice.
    const reading = before.then(() => this.#read(run));
    this.#reading.set(run, reading);
    const deeds = await reading.finally(() => {
      if (this.#reading.get(run) === reading) {
        this.#reading.delete(run);
      }
    });
    return (deeds.byTask.get(task) ?? []).filter((deed) => deed.seq <= seq);
  }

  /** Never rejects: a panel without attempts is better than none, and the book tells what is wrong with a journal. */
  async #read(run: RunId): Promise<RunDeeds> {
    const known = this.#deeds.get(run) ?? {
      byTask: new Map<TaskId, Deed[]>(),
      position: undefined,
    };
    this.#deeds.delete(run);
    this.#deeds.set(run, known);
    const [oldest] = this.#deeds.keys();
    if (this.#deeds.size > MOST_RUNS && oldest !== undefined) {
      this.#deeds.delete(oldest);
    }
    try {
      const { events, anew, end } = await this.#parts.readJournal(run, known.position);
      if (anew) {
        known.byTask.clear();
      }
      for (const event of events) {
        for (const task of isDeed(event) ? tasksOfDeed(event) : []) {
          const deeds = known.byTask.get(task);
          if (deeds === undefined) {
            known.byTask.set(task, [event as Deed]);
          } else {
            deeds.push(event as Deed);
          }
        }
      }
      known.position = end;
    } catch {
      // What was read before stands.
    }
    return known;
  }

  /** With its values where they are known, else as it is written. */
  async #prompt(
    { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
    task: TaskId,
  ): Promise<string | undefined> {
    const planned = plannedById(plan).get(task);
    if (planned?.step.kind !== 'agent') {
      return undefined;
    }
    const { step, names } = planned;
    const written = state.edits.get(task)?.prompt ?? step.prompt;
    const rendered = await renderText(written, `${step.id}.prompt`, names, {
      plan,
      state,
      blobs: this.#parts.blobs,
    }).catch(() => undefined);
    return rendered?.ok === true ? rendered.value : written;
  }

  /** Of an agent that answers in words its answer, once it is there; else what was printed. */
  async #output(
    { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
    task: TaskId,
    at: TaskState,
  ): Promise<ReadOutput | undefined> {
    const isParked = at.kind === 'pending' && at.parked !== undefined;
    if (at.kind === 'running' || isParked) {
      return await endOfFile(this.#parts.logFile(state.run, task, attemptsOf(at)));
    }
    const step = plannedById(plan).get(task)?.step;
    const runner = step?.kind === 'agent' ? plan.agents[step.agent]?.runner.kind : undefined;
    if (at.kind === 'succeeded') {
      const answers = runner !== 'command' && at.output.bytes > 0;
      return await this.#endOf(answers ? at.output : at.log);
    }
    const kept = keptLog(at, state.mending.get(task));
    return kept && (await this.#endOf(kept));
  }

  #endOf(ref: BlobRef): Promise<ReadOutput | undefined> {
    if (ref.bytes === 0) {
      return Promise.resolve(undefined);
    }
    const known = this.#outputs.get(ref.digest);
    const reading =
      known ??
      this.#parts.blobs.read(ref.digest).then(endOfBytes, (thrown: unknown) => ({
        text: unreadable(thrown),
        before: 0,
      }));
    this.#outputs.delete(ref.digest);
    this.#outputs.set(ref.digest, reading);
    const [oldest] = this.#outputs.keys();
    if (this.#outputs.size > MOST_OUTPUTS && oldest !== undefined) {
      this.#outputs.delete(oldest);
    }
    return reading;
  }
}

/** `undefined`: there is none, or nothing in it. */
async function endOfFile(file: string): Promise<ReadOutput | undefined> {
  const opened = await fs.open(file).catch(() => undefined);
  if (opened === undefined) {
    return undefined;
  }
  try {
    const { size } = await opened.stat();
    const from = Math.max(0, size - MOST_OUTPUT * BYTES_OF_CHARACTER);
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(size - from), 0, undefined, from);
    return bytesRead === 0 ? undefined : endOfBytes(buffer.subarray(0, bytesRead), from);
  } catch {
    return undefined;
  } finally {
    await opened.close();
  }
}

/** @param before bytes before these */
function endOfBytes(bytes: Uint8Array, before = 0): ReadOutput {
  if (isBinary(bytes)) {
    const size = count(before + bytes.length, 'byte');
    return { text: `(${size} of binary output, kept with the run)`, before: 0 };
  }
  // A character may have been cut in two at the front.
  const whole = new TextDecoder().decode(bytes).replace(before > 0 ? /^\uFFFD+/ : /^(?!)/, '');
  const text = whole.slice(-MOST_OUTPUT);
  return { text, before: before + whole.length - text.length };
}

function unreadable(thrown: unknown): string {
  return `(it cannot be read any more: ${thrownMessage(thrown)})`;
}
