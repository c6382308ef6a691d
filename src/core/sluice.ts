import fs from 'node:fs/promises';
import { Disposables, type Disposable } from './base/disposables.ts';
import { Emitter } from './base/emitter.ts';
import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import type { Actor } from './domain/actor.ts';
import type { Diagnostic, Location } from './domain/diagnostic.ts';
import type { BlobRef, RunEvent } from './domain/event.ts';
import type { RunId, StepId, TaskId } from './domain/ids.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import type { Definitions, WorkflowEntry } from './definitions/project.ts';
import { firstLook } from './checkoutLooks.ts';
import { DefinitionShelf } from './definitionShelf.ts';
import type { WatchedPlaces } from './definitions/files/placesToWatch.ts';
import { Driving, type StartedRun } from './driving.ts';
import type { FolderCache } from './folderCache.ts';
import { Following } from './following.ts';
import { History } from './history.ts';
import { Language } from './language/language.ts';
import { LastWords } from './lastWords.ts';
import { JOURNAL_START, type JournalPosition } from './journal/reader.ts';
import { baseOf, findPlace, type Place } from './place.ts';
import { learnEstimates } from './planning/estimates.ts';
import type { Ports } from './ports.ts';
import type { Preflight } from './preflight/report.ts';
import { preflightOf, type PreflightRequest } from './preflightRequest.ts';
import { openGates, whoMade, type OpenGate } from './projections/gates.ts';
import { openQuestions, type AskedQuestion } from './projections/questions.ts';
import type { Heard } from './projections/taskRows.ts';
import { TaskDetails } from './taskDetails.ts';
import type { LogTail } from './taskLog.ts';
import { runPersonsCommand } from './personsCommand.ts';
import { FolderResults } from './results.ts';
import type { CommandResult } from './workspaceCommand.ts';
import { RunBook, type BookEntry } from './projections/runBook.ts';
import { TAKE_WHEN_OVER } from './takeRun.ts';
import {
  attempted,
  fileGlobs,
  pastTasks,
  planOf,
  startProblem,
  type StartProblem,
  type StartRequest,
} from './startRequest.ts';

export type { StartedRun } from './driving.ts';
export type { PreflightRequest } from './preflightRequest.ts';
export type { StartProblem, StartRequest } from './startRequest.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

export interface SluiceOptions {
  /** Goes on with a run whose driver dies while this program watches it. */
  readonly takesOver: boolean;
}

/**
 * Sluice in one folder: all a face can see and ask. Opening reads, and writes to the user's cache
 * alone; only `start`, `resume` and `request` write more.
 */
export class Sluice {
  readonly folder: string;
  readonly actor: Actor;
  /** What editors ask about the folder's definition files. */
  readonly language: Language;
  /** What tasks have made, and what people do with it. */
  readonly results: FolderResults;
  /** What runs have been. */
  readonly history: History;
  /** All there is to say about tasks of a run, beside its graph. */
  readonly details: TaskDetails;
  readonly #ports: Ports;
  readonly #options: SluiceOptions;
  readonly #place: Place;
  readonly #shelf: DefinitionShelf;
  readonly #driving: Driving;
  readonly #book: RunBook<JournalPosition>;
  readonly #lastWords = new LastWords(() => this.#changed.fire());
  readonly #disposables = new Disposables();
  readonly #changed: Emitter<void>;
  readonly #appended: Emitter<readonly RunEvent[]>;
  readonly #closing = new AbortController();

  /** @param folder absolute; trusted by the user. @throws when it cannot be read */
  static async open(
    folder: string,
    ports: Ports,
    options: SluiceOptions = { takesOver: false },
  ): Promise<Sluice> {
    const real = await fs.realpath(folder);
    const place = await findPlace(real, ports, ports.disk);
    const sluice = new Sluice(real, ports, place, options);
    await Promise.all([sluice.refreshDefinitions(), sluice.refreshRuns()]);
    sluice.#follow();
    return sluice;
  }

  private constructor(folder: string, ports: Ports, place: Place, options: SluiceOptions) {
    this.folder = folder;
    this.#options = options;
    this.actor = ports.actor;
    this.language = new Language(folder, () => this.definitions, this.#closing.signal);
    this.#ports = ports;
    this.#place = place;
    const { signal } = this.#closing;
    const changed = () => this.#changed.fire();
    this.#shelf = new DefinitionShelf({ folder, signal, changed }, ports);
    const onListenerError = (thrown: unknown) =>
      ports.log.error('A listener of Sluice failed', thrown);
    this.#changed = new Emitter(onListenerError);
    this.#appended = new Emitter(onListenerError);
    this.#driving = new Driving(folder, place, ports, {
      found: (events) => this.#book.apply(events),
      appended: (events) => {
        this.#book.apply(events);
        this.history.appended(events);
        this.#appended.fire(events);
        this.#changed.fire();
      },
      printed: () => this.#changed.fire(),
      ended: () => this.#changed.fire(),
    });
    const { store } = this.#driving;
    this.#book = new RunBook<JournalPosition>({
      list: () => Promise.resolve(store.list()),
      read: (run, from) => this.#driving.readJournal(run, from ?? JOURNAL_START),
      plans: this.#driving.plans,
      drivenBy: (run) => this.#driving.drivenBy(run),
      isOurs: (created) => created.folder === place.folder,
    });
    this.history = new History({
      ...{ entry: (run) => this.run(run), plans: this.#driving.plans },
      read: (run, from) => this.#driving.readJournal(run, from),
      now: () => ports.clock.now(),
    });
    this.details = new TaskDetails({
      ...{ blobs: store.blobs, clock: ports.clock, entry: (run) => this.run(run) },
      readJournal: (run, from) => this.#driving.readJournal(run, from ?? JOURNAL_START),
      logFile: (run, task, attempt) => this.#driving.logFile(run, task, attempt),
    });
    this.results = new FolderResults({
      ...{ place, ports, driving: this.#driving, signal, changed },
      runs: () => this.runs(),
      run: (run) => this.run(run),
      request: (run, request) => this.request(run, request),
      forget: () => this.refreshRuns(),
    });
  }

  /** What people should know about the folder, as a sentence. */
  get notice(): string | undefined {
    return this.#place.notice;
  }

  /** Agents, workflows or runs have changed; readers look again. */
  get onDidChange(): (listener: () => void) => Disposable {
    return this.#changed.on;
  }

  /** Events of runs this program drives, as they are appended. */
  get onDidAppend(): (listener: (events: readonly RunEvent[]) => void) => Disposable {
    return this.#appended.on;
  }

  /** What was answered before, and what that has saved. */
  get cache(): FolderCache {
    return this.#driving.cache;
  }

  // Definitions

  get definitions(): Definitions {
    return this.#shelf.definitions;
  }

  /** What has to be watched for a change of these. */
  get definitionPlaces(): WatchedPlaces {
    return this.#shelf.places;
  }

  /** Reads again what has changed of agents and workflows. Of several at once the one begun last counts, for all. */
  refreshDefinitions(): Promise<void> {
    return this.#shelf.refresh();
  }

  /** A workflow by its name or its file, absolute or relative to the folder. */
  findWorkflow(nameOrFile: string): Promise<WorkflowEntry | undefined> {
    return this.#shelf.findWorkflow(nameOrFile);
  }

  /** Everything wrong in one file of the folder: an agent's, or taken for a workflow. */
  diagnosticsOf(file: string): Promise<readonly Diagnostic[]> {
    return this.#shelf.diagnosticsOf(file);
  }

  /** Where a step of a workflow is written. */
  locationOfStep(workflow: string, step: StepId): Location | undefined {
    return this.#shelf.locationOfStep(workflow, step);
  }

  // Runs, as they stand

  /** Newest first. */
  runs(): BookEntry[] {
    return this.#book.entries();
  }

  run(run: RunId): BookEntry | undefined {
    return this.#book.entry(run);
  }

  /** Gates of unfinished runs that wait for a person, newest run first. */
  openGates(): OpenGate[] {
    return this.runs().flatMap((entry) =>
      entry.kind === 'readable' ? openGates(entry.plan, entry.state) : [],
    );
  }

  /** What agents of unfinished runs ask people in the middle of their work, newest run first. */
  openQuestions(): AskedQuestion[] {
    return this.runs().flatMap((entry) =>
      entry.kind === 'readable' ? openQuestions(entry.state) : [],
    );
  }

  /** What running agents of a run said last; read anew each time it is asked, and told as a change. */
  heard(run: RunId): Heard {
    const file = (task: TaskId, attempt: number) => this.#driving.logFile(run, task, attempt);
    return this.#lastWords.heardIn(this.#book.entry(run), file);
  }

  /** Reads what other programs have written. */
  async refreshRuns(): Promise<void> {
    await this.#book.refreshAll();
    this.#changed.fire();
  }

  /**
   * All there is to say about a task, with what it printed so far.
   * @param tail of somebody who looks again and again
   */
  async taskPage(run: RunId, task: TaskId, tail?: LogTail): Promise<string> {
    return await this.details.page(run, task, tail);
  }

  /** The bytes of an artifact; `undefined` when the task made no such file. */
  async artifact(run: RunId, task: TaskId, file: string): Promise<Uint8Array | undefined> {
    const entry = this.#book.entry(run);
    const state = entry?.kind === 'readable' ? entry.state.tasks.get(task) : undefined;
    const artifact =
      state?.kind === 'succeeded' ? state.artifacts.find((made) => made.path === file) : undefined;
    return artifact === undefined ? undefined : this.#readOrTell(artifact);
  }

  /** The tasks that made what a gate shows. */
  whoMade(gate: OpenGate): { readonly task: TaskId; readonly path: string }[] {
    const entry = this.#book.entry(gate.run);
    return entry?.kind === 'readable' ? whoMade(entry.state, gate) : [];
  }

  // Runs, driven

  /** A run this program drives. */
  active(run: RunId): StartedRun | undefined {
    return this.#driving.active(run);
  }

  /** What a run of the workflow would need and do. Looks things up and starts nothing. */
  async preflight(request: PreflightRequest): Promise<Preflight> {
    const { signal } = this.#closing;
    return await preflightOf(request, {
      folder: this.folder,
      place: this.#place,
      ports: this.#ports,
      definitions: this.definitions,
      history: pastTasks(this.runs()),
      filesLike: (globs) => this.#driving.filesLike(globs, signal),
      usesCache: this.cache.isUsed,
      signal,
    });
  }

  async start(request: StartRequest): Promise<Result<StartedRun, StartProblem>> {
    return await attempted(async () => {
      const { agents, workflows } = this.definitions;
      const { signal } = this.#closing;
      // Before anything is done: what it is compared with must be the user's own.
      const [base, checkout] = await Promise.all([
        baseOf(this.#place),
        firstLook(this.#place, this.#ports.log, signal),
      ]);
      const estimator = learnEstimates(pastTasks(this.runs()));
      const globs = fileGlobs(request.workflow, workflows);
      const files = await this.#driving.filesLike(globs, signal);
      const usesCache = this.cache.isUsed;
      const sources = { agents, workflows, base, estimator, files, usesCache, checkout };
      const planned = planOf(request, sources);
      if (!planned.ok) {
        return planned;
      }
      const plan = planned.value;
      const { approveGate, leaveAtGates } = request;
      const started = await this.#driving.start(
        plan,
        { by: this.actor, approveGate, leaveAtGates },
        (created) => this.#book.add(plan, created),
      );
      this.#changed.fire();
      return ok(started);
    });
  }

  /**
   * Goes on with a run nobody drives.
   * @param options.takeOver also from a program that cannot be looked for from here, which a person says is gone
   */
  async resume(
    run: RunId,
    options: { readonly leaveAtGates?: boolean; readonly takeOver?: boolean } = {},
  ): Promise<Result<StartedRun, StartProblem>> {
    const found = this.#unfinished(run);
    if (!found.ok) {
      return err(startProblem('request', `${found.error}.`));
    }
    return await attempted(async () => {
      const { leaveAtGates = false, takeOver = false } = options;
      const drive = { by: this.actor, approveGate: () => false, leaveAtGates };
      const resumed = await this.#driving.resume(run, drive, takeOver);
      await this.#book.refresh(run);
      this.#changed.fire();
      return resumed.ok ? resumed : err(startProblem('system', `${resumed.error}.`));
    });
  }

  /** Goes on with every unfinished run of this folder that nobody drives. */
  async resumeInterrupted(): Promise<void> {
    for (const entry of this.runs()) {
      if (entry.kind === 'readable' && entry.driven.kind === 'nobody') {
        await this.#goOn(entry);
      }
    }
  }

  /**
   * Asks something of a run, whoever drives it: this program, another one (then it is asked and its
   * answer awaited), or nobody (then this program takes the run over).
   */
  async request(run: RunId, request: RunRequest): Promise<RequestOutcome> {
    const found = TAKE_WHEN_OVER.has(request.kind) ? this.#readable(run) : this.#unfinished(run);
    if (!found.ok) {
      return { kind: 'refused', why: found.error };
    }
    const { state } = found.value;
    const outcome = await attempted(async () =>
      ok(
        await this.#driving.request(run, request, async () => {
          await this.#book.refresh(run);
          const now = this.#book.entry(run);
          return now?.kind === 'readable' ? now.state : state;
        }),
      ),
    );
    await this.#book.refresh(run);
    this.#changed.fire();
    return outcome.ok ? outcome.value : { kind: 'refused', why: outcome.error.message };
  }

  /**
   * Runs a command in a task's workspace copy, which the journal is told of. The error continues
   * "…, because". For a run that is over the copy is made of the folder as it is now.
   */
  async runInWorkspace(
    run: RunId,
    task: TaskId,
    command: readonly [string, ...string[]],
    signal: AbortSignal,
  ): Promise<Result<CommandResult, string>> {
    const found = this.#readable(run);
    return found.ok
      ? await runPersonsCommand(
          found.value,
          { task, command, by: this.actor },
          {
            run: (asked) => this.#driving.runInCopy(asked, signal),
            request: (request) => this.request(run, request),
            log: this.#ports.log,
          },
        )
      : found;
  }

  /** Lets every run go, so that another program can take it over, and stops listening. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The folder was closed'));
    this.#disposables.dispose();
    await Promise.all([this.#driving.close(), this.#shelf.close()]);
  }

  #follow(): void {
    void this.results.tidyUp();
    void this.#driving.sweep((run) => {
      const entry = this.#book.entry(run);
      return entry?.kind !== 'readable' || entry.state.phase.kind !== 'finished';
    });
    this.#disposables.add(
      new Following(this.#driving, this.#book, {
        changed: () => this.#changed.fire(),
        abandoned: async (run) => {
          const found = this.#unfinished(run);
          if (this.#options.takesOver && found.ok) {
            await this.#goOn(found.value);
          }
        },
      }),
    );
  }

  /** Another program may be quicker; then it is watched again. */
  async #goOn({ run, state, damage }: ReadableRun): Promise<void> {
    if (damage !== undefined || state.phase.kind === 'finished' || this.#closing.signal.aborted) {
      return;
    }
    const resumed = await this.resume(run);
    if (!resumed.ok) {
      this.#ports.log.info(`It was not gone on with: ${resumed.error.message}`, { run });
    }
  }

  /** The error continues "…, because". */
  #unfinished(run: RunId): Result<ReadableRun, string> {
    const found = this.#readable(run);
    return found.ok && found.value.state.phase.kind === 'finished'
      ? err(`${run} has finished`)
      : found;
  }

  #readable(run: RunId): Result<ReadableRun, string> {
    const entry = this.#book.entry(run);
    return entry?.kind === 'readable' ? ok(entry) : err(`${run} is not a run of this folder`);
  }

  async #readOrTell(ref: BlobRef): Promise<Uint8Array> {
    try {
      return await this.#driving.readBlob(ref.digest);
    } catch (thrown) {
      return Buffer.from(`(it cannot be read any more: ${thrownMessage(thrown)})`);
    }
  }
}
