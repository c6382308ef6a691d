import type { Digest } from './base/digest.ts';
import { Disposables, type Disposable } from './base/disposables.ts';
import { logAbout } from './base/log.ts';
import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import type { Check } from './domain/agent.ts';
import type { Approvals } from './domain/approvals.ts';
import type { RunEvent } from './domain/event.ts';
import { isRunId, type RunId, type TaskId } from './domain/ids.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import type { RunState } from './domain/runState.ts';
import type { RunPlan } from './domain/workflow.ts';
import { attemptMarker } from './engine/attempt.ts';
import { NOT_DRIVEN, RunDriver, type DriveOptions } from './engine/driver.ts';
import { ActiveRun, type StartedRun } from './activeRun.ts';
import { askDriver } from './asking.ts';
import { driverParts } from './driverParts.ts';
import type { FolderCache } from './folderCache.ts';
import { folderParts, type FolderParts } from './folderParts.ts';
import { rivalsIn } from './foldRivals.ts';
import { holderOf, wasAbandoned, type Claim } from './journal/claim.ts';
import { describeDamage } from './journal/damage.ts';
import { foldOf, type RunFold } from './journal/fold.ts';
import { takeRequests } from './journal/inbox.ts';
import { followJournal, type JournalPosition } from './journal/reader.ts';
import { RunStore } from './journal/runStore.ts';
import { takeRun, type Taken, type TakeReason } from './takeRun.ts';
import { recallWaits } from './recallWaits.ts';
import { PlanShelf } from './planShelf.ts';
import { unfoldPlan } from './planning/unfoldPlan.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';
import type { BookReading } from './projections/runBook.ts';
import type { Driven } from './projections/taskRows.ts';
import { CheckRunner } from './runners/check.ts';
import { endOrphans } from './runners/orphans.ts';
import { filesLike } from './copies.ts';
import { mergeCopies, validateTree, type ValidatedTree } from './validateTree.ts';
import type { FailedCheck } from './merging.ts';
import { runInCopy, type CommandRequest, type CommandResult } from './workspaceCommand.ts';

export type { StartedRun } from './activeRun.ts';

/** What driving tells the rest of the program. */
export interface DrivingListener {
  /** What the journal of a run that was taken over held already. */
  found(events: readonly RunEvent[]): void;
  appended(events: readonly RunEvent[]): void;
  /** A running task printed something. */
  printed(run: RunId, task: TaskId): void;
  ended(run: RunId): void;
}

/**
 * The runs of one folder that this program drives: claims them, fits the engine's parts together, and
 * passes requests on to whoever drives a run.
 */
export class Driving {
  readonly store: RunStore;
  readonly plans: PlanShelf;
  readonly #place: Place;
  readonly #ports: Ports;
  readonly #listener: DrivingListener;
  readonly #parts: FolderParts;
  readonly #closing = new AbortController();
  readonly #active = new Map<RunId, ActiveRun>();
  #approvals: Approvals | undefined;

  constructor(folder: string, place: Place, ports: Ports, listener: DrivingListener) {
    this.#place = place;
    this.#ports = ports;
    this.#listener = listener;
    this.store = new RunStore({ disk: ports.disk, clock: ports.clock, root: place.store });
    this.plans = new PlanShelf(this.store.blobs);
    this.#parts = folderParts(folder, place, ports, this.store.blobs, this.#closing.signal);
  }

  get cache(): FolderCache {
    return this.#parts.cache;
  }

  async readJournal(run: RunId, from: JournalPosition): Promise<BookReading<JournalPosition>> {
    const folder = this.store.folder(run);
    const onwards = await followJournal(this.#ports.disk, folder, from);
    const anew = onwards.damage?.kind === 'rewound';
    const { events, end, damage } = anew ? await followJournal(this.#ports.disk, folder) : onwards;
    const problem = damage === undefined ? undefined : describeDamage(damage);
    return { events, anew, end, damage: problem };
  }

  /** Files of the folder that globs mean, by glob. Rejects when they cannot be listed. */
  filesLike(globs: readonly string[], signal: AbortSignal): Promise<RunPlan['files']> {
    return filesLike(this.#parts.copies, globs, signal);
  }

  readBlob(digest: Digest): Promise<Uint8Array> {
    return this.store.blobs.read(digest);
  }

  drivenBy(run: RunId): Driven {
    if (this.#active.has(run)) {
      return { kind: 'here' };
    }
    const holder = holderOf(this.#ports.disk, this.store.folder(run));
    return holder === undefined
      ? { kind: 'nobody' }
      : { kind: 'elsewhere', pid: holder.pid, isLocal: holder.isLocal };
  }

  /** True when whoever drove the run has died without letting go of it. */
  isAbandoned(run: RunId): boolean {
    return wasAbandoned(this.#ports.disk, this.store.folder(run));
  }

  /** The log of an attempt that runs, whichever program drives it. */
  logFile(run: RunId, task: TaskId, attempt: number): string {
    return this.#parts.copies.logFile(run, task, attempt);
  }

  active(run: RunId): StartedRun | undefined {
    return this.#active.get(run);
  }

  /** @param onCreated told of the run's first event before anything else happens */
  async start(
    plan: RunPlan,
    options: DriveOptions,
    onCreated: (created: RunEvent) => void,
  ): Promise<StartedRun> {
    const digest = await this.plans.put(plan);
    const run = this.store.create(plan.workflow.name);
    const taken = await this.#take(run, 'start');
    if (!taken.ok) {
      throw new Error(`Internal error: the new run ${run} cannot be driven: ${taken.error}`);
    }
    const [created] = taken.value.writer.append([
      {
        type: 'run-created',
        plan: digest,
        workflow: plan.workflow.name,
        folder: this.#place.folder,
        by: options.by,
      },
    ]);
    if (created?.type !== 'run-created') {
      throw new Error('Internal error: the journal gave no first event back');
    }
    try {
      // A run that was shown stays.
      await taken.value.writer.sync();
    } catch (thrown) {
      await taken.value.writer.close().catch(() => undefined);
      taken.value.claim.release();
      throw thrown;
    }
    onCreated(created);
    this.#listener.appended([created]);
    return this.#drive(run, { ...taken.value, plan, created, events: [created] }, options);
  }

  /**
   * Takes over a run nobody drives; the error says why it cannot be.
   * @param evenFromElsewhere also from a program on another machine or in a container, which cannot be
   *   looked for from here: a person has made sure that it is gone
   */
  async resume(
    run: RunId,
    options: DriveOptions,
    evenFromElsewhere: boolean,
  ): Promise<Result<StartedRun, string>> {
    const active = this.#active.get(run);
    if (active !== undefined) {
      return ok(active);
    }
    const taken = await this.#take(run, evenFromElsewhere ? 'take-over' : 'resume');
    return await this.#driveTaken(run, taken, options);
  }

  /**
   * Asks the run's driver, here or elsewhere; a run nobody drives is taken over first.
   * @param state reads the run anew
   */
  async request(
    run: RunId,
    asked: RunRequest,
    state: () => Promise<RunState>,
  ): Promise<RequestOutcome> {
    const request = await this.#sealed(run, asked);
    for (let active = this.#active.get(run); active; active = this.#active.get(run)) {
      const outcome = await active.request(request);
      if (outcome !== NOT_DRIVEN || this.#closing.signal.aborted) {
        return outcome;
      }
      // It has just come to its end; then the run is there to be taken.
      await active.ended;
    }
    const options = { by: request.by, approveGate: () => false, leaveAtGates: true };
    const taken = await this.#take(run, request.kind);
    if (taken.ok) {
      const driven = await this.#driveTaken(run, taken, options);
      return driven.ok ? driven.value.request(request) : { kind: 'refused', why: driven.error };
    }
    if (this.drivenBy(run).kind === 'nobody') {
      return { kind: 'refused', why: taken.error };
    }
    const { clock, disk } = this.#ports;
    return askDriver(request, {
      disk,
      clock,
      folder: this.store.folder(run),
      state,
      isDriven: () => this.drivenBy(run).kind !== 'nobody',
      takeOver: async () => {
        const left = await this.#take(run, request.kind);
        const driven = await this.#driveTaken(run, left, options);
        return driven.ok ? undefined : driven.error;
      },
    });
  }

  /** With the seal that tells whoever drives the run that a program of this user asks it. */
  async #sealed(run: RunId, request: RunRequest): Promise<RunRequest> {
    if (request.kind !== 'answer') {
      return request;
    }
    this.#approvals ??= await this.#ports.approvals?.();
    const reader = this.drivenBy(run).kind === 'elsewhere' ? 'any' : 'own';
    const seal = this.#approvals?.seal({ run, ...request }, this.#ports.clock.now(), reader);
    return seal === undefined ? request : { ...request, seal };
  }

  /** Runs a person's command in a task's workspace copy. Rejects when there is no such copy to be had. */
  runInCopy(request: CommandRequest, signal: AbortSignal): Promise<CommandResult> {
    return runInCopy(request, this.#parts.copies, this.#checks(), signal);
  }

  /** Runs checks on a commit with files put over it; the first that fails. Rejects as the disk does. */
  validate(
    run: RunId,
    tree: ValidatedTree,
    checks: readonly Check[],
    signal: AbortSignal,
  ): Promise<FailedCheck | undefined> {
    return validateTree(mergeCopies(run), tree, checks, this.#parts.copies, this.#checks(), signal);
  }

  removeMergeCopies(run: RunId): Promise<void> {
    return this.#parts.copies.removeRun(mergeCopies(run));
  }

  /** Ends what a driver that was killed has left of a run's attempts. Rejects when the folder is closed. */
  async endLeft({ run, tasks }: Pick<RunState, 'run' | 'tasks'>): Promise<void> {
    for (const [task, at] of tasks) {
      if (at.kind === 'running') {
        const left = { marker: attemptMarker(run, task, at.attempt), process: at.process };
        await endOrphans(left, this.#place.copies, this.#ports.clock, this.#closing.signal);
      }
    }
  }

  /** Removes a run that nobody drives: copies and journal. The error continues "…, because". */
  async removeRun(run: RunId): Promise<Result<void, string>> {
    const taken = this.#active.has(run) ? err('it is driven here') : this.store.remove(run);
    if (taken.ok) {
      await this.#parts.copies.removeRun(run);
    }
    return taken;
  }

  /** Removes what a crash left: copies of runs that are not live any more, runs that were being removed. */
  async sweep(isLive: (run: RunId) => boolean): Promise<void> {
    try {
      this.store.sweep();
      await this.#parts.copies.sweep(
        (name) =>
          !isRunId(name) ||
          this.#active.has(name) ||
          this.#isMerged(name) ||
          (this.store.list().includes(name) && isLive(name)),
      );
    } catch (thrown) {
      this.#ports.log.warn(`What was left over could not be removed: ${thrownMessage(thrown)}`);
    }
  }

  /** True for the name of a merge's copies while its run is there: some program may be merging it. */
  #isMerged(name: RunId): boolean {
    return this.store.list().some((run) => mergeCopies(run) === name);
  }

  /** Lets every run go: what runs is stopped without an outcome, and tried again by the next driver. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The folder was closed'));
    await Promise.all([...this.#active.values()].map((active) => active.letGo()));
    await this.#parts.cache.close();
  }

  async #take(run: RunId, why: TakeReason): Promise<Result<Taken, string>> {
    this.#approvals ??= await this.#ports.approvals?.();
    return this.#closing.signal.aborted
      ? err('the folder is being closed')
      : takeRun({ run, folder: this.store.folder(run), why }, this.#ports);
  }

  /** Drives a run that was there already: its plans are read first. */
  async #driveTaken(
    run: RunId,
    taken: Result<Taken, string>,
    options: DriveOptions,
  ): Promise<Result<ActiveRun, string>> {
    if (!taken.ok) {
      return taken;
    }
    const { writer, claim, events } = taken.value;
    try {
      const [created] = events;
      if (created?.type !== 'run-created') {
        throw new Error(`Internal error: ${run} has no first event`);
      }
      await this.plans.load(events);
      const plan = await this.plans.read(created.plan);
      return ok(this.#drive(run, { ...taken.value, plan, created }, options));
    } catch (thrown) {
      await writer.close().catch(() => undefined);
      claim.release();
      throw thrown;
    }
  }

  #drive(run: RunId, taken: Drivable, options: DriveOptions): ActiveRun {
    const { writer, claim, plan, created, events } = taken;
    let fold: RunFold;
    try {
      fold = foldOf(plan, events, this.plans.known);
    } catch (thrown) {
      void writer.close();
      claim.release();
      throw thrown;
    }
    const claimed = writer.append([{ type: 'run-claimed', by: options.by, pid: process.pid }]);
    for (const event of claimed) {
      fold.apply(event);
    }
    void recallWaits(fold.state, this.#ports);
    const parts = driverParts(writer, {
      ports: { ...this.#ports, log: logAbout(this.#ports.log, { run }) },
      place: this.#place,
      blobs: this.store.blobs,
      copies: this.#parts.copies,
      command: this.#parts.command,
      runnerFor: this.#parts.runnerFor,
      cache: this.#parts.cache.tasks,
      approvals: this.#approvals,
      planned: plan,
      since: created.at,
      signal: this.#closing.signal,
      unfold: (outputs) => this.#unfold(plan, created.plan, outputs),
      onAppended: (events) => this.#listener.appended(events),
      onPrinted: (task) => this.#listener.printed(run, task),
    });
    const rules = {
      // It changes with the plan.
      get graph() {
        return fold.graph;
      },
      isRival: rivalsIn(fold),
      maxParallel: plan.maxParallel,
      canLand: parts.landing !== undefined && plan.base.kind === 'git',
      stopAtFailure: plan.workflow.onFailure === 'stop',
    };
    const driver = new RunDriver(rules, fold, parts, options);
    const inbox = new Disposables();
    const active = new ActiveRun(run, driver, async (end) => {
      inbox.dispose();
      await writer.close().catch((thrown: unknown) => {
        this.#ports.log.error('The journal could not be closed', thrown, { run });
      });
      if (end.kind === 'finished') {
        await this.#parts.copies.removeRun(run).catch((thrown: unknown) => {
          this.#ports.log.warn(`The copies could not be removed: ${String(thrown)}`, { run });
        });
      }
      this.#release(run, claim);
      this.#active.delete(run);
      this.#listener.ended(run);
    });
    this.#active.set(run, active);
    inbox.add(this.#takeRequests(run, active));
    this.#listener.found(events);
    this.#listener.appended(claimed);
    return active;
  }

  /** A disk that is full keeps the claim until this program ends; then nobody is alive to hold it. */
  #release(run: RunId, claim: Claim): void {
    try {
      claim.release();
    } catch (thrown) {
      this.#ports.log.error('The claim could not be released', thrown, { run });
    }
  }

  /** Passes posted requests on; each leaves the inbox only once it is answered. */
  #takeRequests(run: RunId, active: ActiveRun): Disposable {
    const taken = new Set<string>();
    const look = () => {
      for (const posted of takeRequests(this.#ports.disk, this.store.folder(run))) {
        if (taken.has(posted.name)) {
          continue;
        }
        taken.add(posted.name);
        void active.request(posted.request).then((outcome) => {
          this.#ports.log.info(`A posted ${posted.request.kind} was ${outcome.kind}`, { run });
          posted.settle(outcome);
          taken.delete(posted.name);
        });
      }
    };
    look();
    return this.store.watchInbox(run, look);
  }

  async #unfold(
    first: RunPlan,
    from: Digest,
    outputs: ReadonlyMap<TaskId, string>,
  ): Promise<Result<Digest, string>> {
    const plan = unfoldPlan(first, from, outputs);
    return plan.ok ? ok(await this.plans.put(plan.value)) : plan;
  }

  #checks(): CheckRunner {
    return new CheckRunner(this.#parts.command);
  }
}

interface Drivable extends Taken {
  /** The one the run started with. */
  readonly plan: RunPlan;
  readonly created: Extract<RunEvent, { readonly type: 'run-created' }>;
}
