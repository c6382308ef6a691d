import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import type { ObjectId, RunId, TaskId } from './domain/ids.ts';
import { DEFAULT_LANDING_RULES } from './domain/landing.ts';
import type { RunState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import { deleteRefs, listOwnRefs, removeLeftLocks } from './git/deleteRefs.ts';
import { graphOf, plannedById } from './journal/planGraph.ts';
import type { BookEntry } from './projections/runBook.ts';
import type { ResultsParts } from './results.ts';
import type { Dropped, RolledBack } from './resultsApi.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

/** A ref of a run, and the commits that Sluice has put there or was about to. */
interface OwnRef {
  readonly ref: string;
  readonly ours: ReadonlySet<ObjectId>;
}

/** Why a ref stays, as the end of a sentence. */
const KEPT = {
  changed: 'it names a commit that Sluice did not put there',
  'checked-out': 'it is checked out',
} as const;

/** Takes results back, and removes runs with all that is theirs. Nothing else of the repository is touched. */
export class Removing {
  readonly #parts: ResultsParts;

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  async rollBack(run: RunId, task: TaskId): Promise<Result<RolledBack, string>> {
    const found = this.#entry(run);
    if (found?.kind !== 'readable') {
      return err(`${run} is not a run of this folder`);
    }
    const { plan, state } = found;
    const refs = refsOfTask(plan, state, task);
    const { ports, request } = this.#parts;
    // The journal first: what it calls undone is brought to its end after a crash, see `tidyUp`.
    const told = await request(run, { kind: 'undo', task, by: ports.actor });
    if (told.kind === 'refused') {
      return err(told.why);
    }
    const gone = await this.#delete(refs);
    const graph = graphOf(plan);
    const planned = plannedById(plan);
    return ok({
      ...gone,
      builtOn: graph.ids.filter((other) => {
        const { builtOn = [] } = planned.get(other) ?? {};
        return builtOn.includes(task) && state.tasks.get(other)?.kind === 'succeeded';
      }),
      isMerged: state.merge?.tasks.includes(task) === true && (await this.#isMerged(state)),
    });
  }

  async dropping(run: RunId): Promise<Result<Dropped, string>> {
    const entry = this.#entry(run);
    if (entry === undefined) {
      return err(`there is no run ${run} here`);
    }
    const driven = this.#drivenBy(entry);
    if (driven !== undefined) {
      return err(driven);
    }
    const refs = await this.#refsOf(entry);
    const there: { readonly ref: string; readonly value: ObjectId; readonly isOurs: boolean }[] =
      [];
    for (const { ref, ours } of refs) {
      const value = await this.#parts.place.repository?.resolve(ref);
      if (value !== undefined) {
        there.push({ ref, value, isOurs: ours.has(value) });
      }
    }
    return ok({
      run,
      ...factsOf(entry),
      refs: there.filter(({ isOurs }) => isOurs).map(({ ref }) => ref),
      kept: there.filter(({ isOurs }) => !isOurs).map(({ ref }) => ({ ref, why: KEPT.changed })),
    });
  }

  async drop(run: RunId): Promise<Result<Dropped, string>> {
    const entry = this.#entry(run);
    if (entry === undefined) {
      return err(`there is no run ${run} here`);
    }
    const driven = this.#drivenBy(entry);
    if (driven !== undefined) {
      return err(driven);
    }
    if (entry.kind === 'readable') {
      await this.#parts.driving.endLeft(entry.state);
    }
    // The refs first: while the journal stands, whoever tries again knows which are the run's.
    const gone = await this.#delete(await this.#refsOf(entry));
    const removed = await this.#parts.driving.removeRun(run);
    if (!removed.ok) {
      return removed;
    }
    // A merge that was cut off has left them, and nobody merges this run again.
    await this.#parts.driving.removeMergeCopies(run);
    await this.#parts.forget();
    return ok({ run, ...factsOf(entry), ...gone });
  }

  prunable(olderThanMs: number): readonly RunId[] {
    const before = this.#parts.ports.clock.now() - olderThanMs;
    return this.#parts.runs().flatMap((entry) => {
      const { endedAt } = factsOf(entry);
      return endedAt !== undefined && endedAt < before ? [entry.run] : [];
    });
  }

  /** Removes what a program that died on the way has left: refs of results that were taken back, locks of refs. */
  async tidyUp(): Promise<void> {
    for (const entry of this.#parts.runs()) {
      if (entry.kind === 'readable' && entry.driven.kind === 'nobody') {
        await this.#tidyRun(entry).catch((thrown: unknown) => {
          this.#parts.ports.log.warn(
            `What was left of branches could not be removed: ${thrownMessage(thrown)}`,
            { run: entry.run },
          );
        });
      }
    }
  }

  async #tidyRun({ run, plan, state }: ReadableRun): Promise<void> {
    const { place, driving } = this.#parts;
    const refsOf = (tasks: readonly TaskId[]) =>
      tasks.flatMap((task) => refsOfTask(plan, state, task));
    const kindOf = (task: TaskId) => state.landings.get(task)?.kind;
    const undone = refsOf([...state.landings.keys()].filter((task) => kindOf(task) === 'undone'));
    if (undone.length > 0) {
      await this.#delete(undone);
    }
    const cutOff = refsOf([...state.intended.keys()].filter((task) => kindOf(task) !== 'done'));
    if (cutOff.length > 0 && place.checkout && driving.drivenBy(run).kind === 'nobody') {
      await removeLeftLocks(place.checkout.places, cutOff);
    }
  }

  /** Also where a program died between making the branch and telling of it. */
  async #isMerged({ merge }: RunState): Promise<boolean> {
    if (merge?.place.kind !== 'publishing') {
      return merge?.place.kind === 'done';
    }
    const { branch, commit } = merge.place;
    return (await this.#parts.place.repository?.resolve(`refs/heads/${branch}`)) === commit;
  }

  #entry(run: RunId): BookEntry | undefined {
    return this.#parts.run(run);
  }

  #drivenBy(entry: BookEntry): string | undefined {
    if (entry.kind !== 'readable' || entry.driven.kind === 'nobody') {
      return undefined;
    }
    return entry.driven.kind === 'here'
      ? `${entry.run} is running; cancel it first`
      : `${entry.run} is driven by process ${entry.driven.pid}; cancel it there first`;
  }

  /** Of a run whose journal cannot be read, all that is called like its. */
  async #refsOf(entry: BookEntry): Promise<readonly OwnRef[]> {
    if (entry.kind === 'readable') {
      return refsOfRun(entry);
    }
    const { checkout } = this.#parts.place;
    if (checkout === undefined) {
      return [];
    }
    const listed = await listOwnRefs(
      checkout,
      [
        `refs/heads/${DEFAULT_LANDING_RULES.prefix}/${entry.run}/`,
        `refs/tags/workflow_${entry.run}_`,
      ],
      this.#parts.signal,
    );
    return valueOf(listed).map(({ ref, id }) => ({ ref, ours: new Set([id]) }));
  }

  async #delete(refs: readonly OwnRef[]): Promise<Pick<RolledBack, 'refs' | 'kept'>> {
    const { repository, checkout } = this.#parts.place;
    if (repository === undefined || checkout === undefined) {
      return { refs: [], kept: [] };
    }
    const kept: { readonly ref: string; readonly why: string }[] = [];
    const doomed: { readonly ref: string; readonly expected: ObjectId }[] = [];
    for (const { ref, ours } of refs) {
      const value = await repository.resolve(ref);
      if (value !== undefined && !ours.has(value)) {
        kept.push({ ref, why: KEPT.changed });
      } else if (value !== undefined) {
        doomed.push({ ref, expected: value });
      }
    }
    // A program that was killed while it made a branch has left its lock, which would stay for ever.
    await removeLeftLocks(checkout.places, refs);
    const own = new Set(refs.map(({ ref }) => ref));
    const { signal } = this.#parts;
    const outcomes = valueOf(await deleteRefs(checkout, doomed, (ref) => own.has(ref), signal));
    const gone: string[] = [];
    for (const deletion of outcomes) {
      const { ref, outcome } = deletion;
      if (outcome === 'deleted') {
        gone.push(ref);
      } else if (outcome !== 'absent') {
        kept.push({ ref, why: outcome === 'failed' ? deletion.message : KEPT[outcome] });
      }
    }
    return { refs: gone, kept };
  }
}

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  if (!result.ok) {
    throw new Error(result.error.message);
  }
  return result.value;
}

function factsOf(entry: BookEntry): Pick<Dropped, 'endedAt' | 'merged'> {
  if (entry.kind !== 'readable') {
    return { endedAt: undefined, merged: undefined };
  }
  const { phase, merge } = entry.state;
  return {
    endedAt: phase.kind === 'finished' ? phase.at : undefined,
    merged: merge?.place.kind === 'done' ? merge.place.commit : undefined,
  };
}

function refsOfRun({ plan, state, run }: ReadableRun): readonly OwnRef[] {
  const { prefix } = plan.landing ?? DEFAULT_LANDING_RULES;
  const tasks = new Set([...state.landed.keys(), ...state.intended.keys()]);
  const merged =
    state.merge === undefined
      ? []
      : [{ ref: `refs/heads/${prefix}/${run}/merged`, ours: new Set(state.merge.intended) }];
  return [...[...tasks].flatMap((task) => refsOfTask(plan, state, task)), ...merged];
}

/** The branch of a task, and a tag for each result it has had or was about to have. */
function refsOfTask(plan: RunPlan, state: RunState, task: TaskId): readonly OwnRef[] {
  const { prefix } = plan.landing ?? DEFAULT_LANDING_RULES;
  const landed = state.landed.get(task) ?? [];
  const ours = new Set([...landed, ...(state.intended.get(task) ?? [])]);
  const tag = `refs/tags/workflow_${state.run}_${task}`;
  const tags = Array.from({ length: landed.length + 1 }, (_, index) =>
    index === 0 ? tag : `${tag}__${index + 1}`,
  );
  return [`refs/heads/${prefix}/${state.run}/${task}`, ...tags].map((ref) => ({ ref, ours }));
}
