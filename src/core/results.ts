import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import { changesOfTask } from './artifacts/taskChanges.ts';
import type { FileVersion } from './domain/event.ts';
import type { RunId, TaskId } from './domain/ids.ts';
import {
  choiceKey,
  type ConflictChoice,
  type FileChange,
  type MergePlace,
} from './domain/merge.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import type { Driving } from './driving.ts';
import { baseNow, forecastRun } from './forecasting.ts';
import { Merging } from './merging.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import type { BookEntry } from './projections/runBook.ts';
import { Removing } from './removing.ts';
import type {
  Dropped,
  MergeRequest,
  OpenConflict,
  Results,
  RolledBack,
  ShownForecast,
} from './resultsApi.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

export interface ResultsParts {
  readonly place: Place;
  readonly ports: Ports;
  readonly driving: Driving;
  readonly runs: () => readonly BookEntry[];
  readonly run: (run: RunId) => BookEntry | undefined;
  readonly request: (run: RunId, request: RunRequest) => Promise<RequestOutcome>;
  /** Readers look again. */
  readonly changed: () => void;
  /** Aborts when the folder is closed. */
  readonly signal: AbortSignal;
  /** A run is gone: reads which there are. */
  readonly forget: () => Promise<void>;
}

/** What the tasks of a folder's runs have made, and what people do with it. */
export class FolderResults implements Results {
  readonly #parts: ResultsParts;
  readonly #removing: Removing;
  /** Runs that are merged by this program at the moment. */
  readonly #merging = new Set<RunId>();

  constructor(parts: ResultsParts) {
    this.#parts = parts;
    this.#removing = new Removing(parts);
  }

  changes(run: RunId, task: TaskId): readonly FileChange[] {
    const entry = this.#parts.run(run);
    const state = entry?.kind === 'readable' ? entry.state.tasks.get(task) : undefined;
    return state?.kind === 'succeeded' ? changesOfTask(state) : [];
  }

  bytes({ digest }: FileVersion): Promise<Uint8Array> {
    return this.#parts.driving.readBlob(digest);
  }

  async forecast(run: RunId, signal: AbortSignal): Promise<Result<ShownForecast, string>> {
    const found = this.#readable(run);
    if (!found.ok) {
      return found;
    }
    const { place, driving } = this.#parts;
    const { plan, state } = found.value;
    const { blobs } = driving.store;
    return await told(() => forecastRun(plan, state, { place, blobs, signal }), signal);
  }

  openConflicts(): readonly OpenConflict[] {
    return this.#parts.runs().flatMap((entry): readonly OpenConflict[] => {
      const merge = entry.kind === 'readable' ? entry.state.merge : undefined;
      if (merge?.place.kind !== 'conflict' || this.#merging.has(entry.run)) {
        return [];
      }
      const { task, conflicts } = merge.place;
      const chosen = conflicts.map((conflict) => ({
        ...conflict,
        choice: merge.choices.get(choiceKey(task, conflict.path)),
      }));
      const isOpen = ({ choice }: (typeof chosen)[number]) => choice === undefined;
      const ordered = [...chosen.filter(isOpen), ...chosen.filter((one) => !isOpen(one))];
      return [{ run: entry.run, task, conflicts: ordered }];
    });
  }

  async merge(
    run: RunId,
    { signal, told = () => undefined, anew = false }: MergeRequest,
  ): Promise<Result<MergePlace, string>> {
    const { place, ports, driving, request } = this.#parts;
    const { repository, checkout } = place;
    const found = this.#readable(run);
    if (!found.ok) {
      return found;
    }
    if (repository === undefined || checkout === undefined) {
      return err('there is no Git repository, so nothing is merged');
    }
    if (this.#merging.has(run)) {
      return err(`${run} is being merged already`);
    }
    this.#merging.add(run);
    try {
      const merging = new Merging(
        {
          repository,
          checkout,
          blobs: driving.store.blobs,
          actor: ports.actor,
          request: (asked) => request(run, asked),
          now: () => this.#present(run),
          baseOf: (plan) => baseNow(plan, place),
          validate: (tree, checks, signal) => driving.validate(run, tree, checks, signal),
        },
        told,
      );
      return await merging.merge(signal, anew);
    } finally {
      await driving.removeMergeCopies(run);
      // Its conflicts are a person's only now.
      this.#merging.delete(run);
      this.#parts.changed();
    }
  }

  async choose(
    { run, task, path }: { readonly run: RunId; readonly task: TaskId; readonly path: string },
    choice: 'ours' | 'theirs' | { readonly bytes: Uint8Array; readonly executable: boolean },
  ): Promise<Result<void, string>> {
    const { driving, ports, request } = this.#parts;
    const kept: ConflictChoice =
      typeof choice === 'string'
        ? choice
        : {
            ...(await driving.store.blobs.put(choice.bytes)),
            executable: choice.executable,
          };
    const by = ports.actor;
    const event = { type: 'merge-chosen', task, path, choice: kept, by } as const;
    const told = await request(run, { kind: 'merge', event, by });
    return told.kind === 'accepted' ? ok(undefined) : err(told.why);
  }

  rollBack(run: RunId, task: TaskId): Promise<Result<RolledBack, string>> {
    return told(() => this.#removing.rollBack(run, task));
  }

  dropping(run: RunId): Promise<Result<Dropped, string>> {
    return told(() => this.#removing.dropping(run));
  }

  drop(run: RunId): Promise<Result<Dropped, string>> {
    return told(() => this.#removing.drop(run));
  }

  prunable(olderThanMs: number): readonly RunId[] {
    return this.#removing.prunable(olderThanMs);
  }

  /** Brings to its end what a crash cut off: refs of results that were taken back. */
  tidyUp(): Promise<void> {
    return this.#removing.tidyUp();
  }

  #readable(run: RunId): Result<ReadableRun, string> {
    const entry = this.#parts.run(run);
    return entry?.kind === 'readable' ? ok(entry) : err(`${run} is not a run of this folder`);
  }

  #present(run: RunId): ReadableRun {
    const found = this.#readable(run);
    if (!found.ok) {
      throw new Error(found.error);
    }
    return found.value;
  }
}

/** What the disk or `git` refuse is told; a bug, and being stopped, stay exceptions. */
async function told<T>(
  work: () => Promise<Result<T, string>>,
  signal?: AbortSignal,
): Promise<Result<T, string>> {
  try {
    return await work();
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof Error && !thrown.message.startsWith('Internal error')) {
      return err(thrownMessage(thrown));
    }
    throw thrown;
  }
}
