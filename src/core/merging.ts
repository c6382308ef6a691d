import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import { EMPTY_TREE, MergeTree } from './artifacts/merge/mergeTree.ts';
import { mergeChanges } from './artifacts/merge/mergeChanges.ts';
import { mergedCommit } from './artifacts/merge/mergedCommit.ts';
import { changesOfTask } from './artifacts/taskChanges.ts';
import { commitFiles } from './commitFiles.ts';
import type { Actor } from './domain/actor.ts';
import type { Check } from './domain/agent.ts';
import type { FileVersion } from './domain/event.ts';
import type { ObjectId, TaskId } from './domain/ids.ts';
import { DEFAULT_LANDING_RULES, type LandingRules } from './domain/landing.ts';
import type { MergePlace, MergeState } from './domain/merge.ts';
import type { MergeEvent, RequestOutcome, RunRequest } from './domain/request.ts';
import type { RunState, TaskState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import type { CheckoutParts } from './git/checkoutState.ts';
import type { Repository } from './git/repository.ts';
import { inGraphOrder } from './graphOrder.ts';
import type { BlobStore } from './journal/blobs.ts';

export interface MergingParts {
  readonly repository: Repository;
  readonly checkout: CheckoutParts;
  readonly blobs: Pick<BlobStore, 'put' | 'read'>;
  readonly actor: Actor;
  /** Asks the run, whoever drives it, and shows it as it is then. */
  readonly request: (request: RunRequest) => Promise<RequestOutcome>;
  readonly now: () => { readonly plan: RunPlan; readonly state: RunState };
  /** What the branch the run began on names now. */
  readonly baseOf: (plan: RunPlan) => Promise<ObjectId | undefined>;
  /** Runs the checks on a tree that is the commit with these files put over it. */
  readonly validate: (
    tree: { readonly onto: ObjectId | undefined; readonly files: MergeTree['changes'] },
    checks: readonly Check[],
    signal: AbortSignal,
  ) => Promise<FailedCheck | undefined>;
}

export interface FailedCheck {
  readonly command: string;
  /** `undefined`: it could not be started, or ran too long. */
  readonly code: number | undefined;
  readonly tail: string;
}

const GOES_ON: ReadonlySet<MergePlace['kind']> = new Set(['merging', 'conflict', 'publishing']);

/** The journal did not take what was told. The message continues "…, because". */
class Refused extends Error {}

/**
 * Merges the results of one run, in the order of its graph. What is done depends on the results and on people's
 * choices alone, so whoever goes on after a conflict or a crash does the same again up to where it was; the branch is
 * written last, by its old value.
 */
export class Merging {
  readonly #parts: MergingParts;
  readonly #told: (task: TaskId) => void;

  constructor(parts: MergingParts, told: (task: TaskId) => void) {
    this.#parts = parts;
    this.#told = told;
  }

  /**
   * @param anew from the start, whatever was begun before
   * @returns its error continues "…, because". Rejects with the signal's reason
   */
  async merge(signal: AbortSignal, anew: boolean): Promise<Result<MergePlace, string>> {
    try {
      const merge = await this.#begun(anew);
      if (typeof merge === 'string') {
        return err(merge);
      }
      return ok(await this.#go(merge, signal));
    } catch (thrown) {
      if (thrown instanceof Refused) {
        return err(thrown.message);
      }
      signal.throwIfAborted();
      if (thrown instanceof Error && thrown.message.startsWith('Internal error')) {
        throw thrown;
      }
      return await this.#end({
        kind: 'failed',
        failure: { reason: 'landing', message: thrownMessage(thrown) },
      });
    }
  }

  /** The merge to go on with, or the reason why there is none. */
  async #begun(anew: boolean): Promise<MergeState | string> {
    const { plan, state } = this.#parts.now();
    const { merge } = state;
    if (!anew && merge !== undefined && this.#goesOn(merge)) {
      return merge;
    }
    const tasks = inGraphOrder(plan).filter((task) => state.landings.get(task)?.kind === 'done');
    if (tasks.length === 0) {
      return 'none of its results stands on a branch: approve its gates first';
    }
    const onto = await this.#parts.baseOf(plan);
    await this.#tell({ type: 'merge-started', onto, tasks, by: this.#parts.actor });
    const begun = this.#parts.now().state.merge;
    if (begun === undefined) {
      throw new Error('Internal error: a merge was begun and is not there');
    }
    return begun;
  }

  /** What was cut off, or waits with all its choices made, goes on; what has ended begins anew. */
  #goesOn({ place, tasks }: MergeState): boolean {
    const { plan, state } = this.#parts.now();
    const isSame =
      tasks.join() ===
      inGraphOrder(plan)
        .filter((task) => state.landings.get(task)?.kind === 'done')
        .join();
    if (!isSame) {
      return false;
    }
    // The branch may be there already.
    return GOES_ON.has(place.kind);
  }

  async #go({ onto, tasks, choices }: MergeState, signal: AbortSignal): Promise<MergePlace> {
    const { repository, checkout, blobs } = this.#parts;
    const { plan, state } = this.#parts.now();
    const rules = plan.landing ?? DEFAULT_LANDING_RULES;
    const { prefix, author } = rules;
    const read = ({ digest }: FileVersion) => blobs.read(digest);
    const changesOf = (task: TaskId) => {
      const done = state.tasks.get(task);
      return done?.kind === 'succeeded' ? changesOfTask(done) : [];
    };
    let tree = MergeTree.of(
      onto === undefined
        ? EMPTY_TREE
        : await commitFiles({
            ...{ checkout, commit: onto, prefix: repository.prefix, read, signal },
            changes: tasks.flatMap(changesOf),
            keep: (bytes) => blobs.put(bytes),
          }),
    );
    // Of the results, not of now: merged again, the same comes to the same commits.
    const at = Math.max(...tasks.map((task) => endOf(state.tasks.get(task))));
    let parent = onto;
    for (const task of tasks) {
      signal.throwIfAborted();
      this.#told(task);
      const merged = await mergeChanges(task, tree, changesOf(task), read, choices);
      if (merged.kind === 'conflict') {
        return await this.#reach({ kind: 'conflict', task, conflicts: merged.conflicts });
      }
      for (const bytes of merged.made.values()) {
        await blobs.put(bytes);
      }
      tree = merged.tree;
      const landing = state.landings.get(task);
      if (landing?.kind !== 'done') {
        throw new Error(`Internal error: ${task} stands on no branch`);
      }
      const { commit: own } = landing;
      const { run } = state;
      const commit = await repository.commit(
        mergedCommit({ run, task, onto: parent, commit: own, merged, author, at, read }),
      );
      if (!commit.ok) {
        throw new Error(commit.error.message);
      }
      parent = commit.value;
      const { validate } = plan.workflow;
      const broken =
        validate.length === 0
          ? undefined
          : await this.#parts.validate({ onto, files: tree.changes }, validate, signal);
      if (broken !== undefined) {
        return await this.#reach({ kind: 'broken', task, ...broken });
      }
    }
    if (parent === undefined) {
      throw new Error('Internal error: nothing was merged');
    }
    return await this.#publish(`${prefix}/${state.run}/merged`, parent, rules);
  }

  async #publish(branch: string, commit: ObjectId, { prefix }: LandingRules): Promise<MergePlace> {
    const { repository } = this.#parts;
    const ref = `refs/heads/${branch}`;
    const before = await repository.resolve(ref);
    const left = this.#parts.now().state.merge?.intended ?? [];
    const ours = [...left, commit];
    const rules = { prefix, left };
    if (before !== undefined && !ours.includes(before)) {
      throw new Error(
        `${branch} stands in the way with commit ${before.slice(0, 12)}; rename or delete it`,
      );
    }
    await this.#reach({ kind: 'publishing', branch, commit });
    const outcome =
      before === undefined || before === commit
        ? await repository.createRef(ref, commit, rules)
        : await repository.updateRef(ref, commit, before, rules);
    switch (outcome.kind) {
      case 'created':
      case 'updated':
      case 'exists-same':
        return await this.#reach({ kind: 'done', branch, commit });
      case 'conflict':
        throw new Error(`${outcome.ref} stands in the way; rename or delete it`);
      case 'locked':
        throw new Error(
          `another program is writing to the repository; if none is, delete ${outcome.file}`,
        );
      case 'missing-object':
        throw new Error(`the commit ${outcome.id} is no longer in the repository; merge again`);
    }
  }

  async #reach(place: MergePlace): Promise<MergePlace> {
    await this.#tell({ type: 'merge-moved', place });
    return place;
  }

  async #end(place: MergePlace): Promise<Result<MergePlace, string>> {
    try {
      return ok(await this.#reach(place));
    } catch (thrown) {
      if (thrown instanceof Refused) {
        return err(thrown.message);
      }
      throw thrown;
    }
  }

  async #tell(event: MergeEvent): Promise<void> {
    const told = await this.#parts.request({ kind: 'merge', event, by: this.#parts.actor });
    if (told.kind === 'refused') {
      throw new Refused(told.why);
    }
  }
}

function endOf(task: TaskState | undefined): number {
  return task?.kind === 'succeeded' ? task.endedAt : 0;
}
