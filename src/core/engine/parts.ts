import type { Clock } from '../base/clock.ts';
import type { Digest } from '../base/digest.ts';
import type { Log } from '../base/log.ts';
import type { Result } from '../base/result.ts';
import type { Agent, Check, RunnerSpec } from '../domain/agent.ts';
import type { Approvals } from '../domain/approvals.ts';
import type { KeptResult, MissReason, Reuse } from '../domain/cache.ts';
import type { Artifact, BlobRef, EventBody, FileVersion, RunEvent } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { MendDecision, MendQuestion } from '../domain/mendQuestion.ts';
import type { AgentName, ObjectId, RunId, TaskId } from '../domain/ids.ts';
import type { LandingRequest, PreparedLanding } from '../domain/landing.ts';
import type { CheckOutcome, CheckRequest, ProcessIdentity, Runner } from '../domain/runner.ts';
import type { TaskState } from '../domain/runState.ts';
import type { CacheRule, PermissionMode, Terms } from '../domain/terms.ts';
import type { TestReport } from '../domain/testReport.ts';
import type { Trace } from '../domain/trace.ts';
import type { AgentStep, JsonValue } from '../domain/workflow.ts';

// What the engine needs of the rooms beside it, each as narrow as its use. The composition root
// (sluice.ts) fits the real ones in, tests fit in hand-controlled ones.

export interface DriverParts {
  readonly journal: JournalPort;
  readonly blobs: BlobPort;
  readonly copies: CopiesPort;
  /** `undefined`: nothing here can run this kind of agent. */
  readonly runnerFor: (kind: RunnerSpec['kind']) => Runner | undefined;
  /** Runs a check's program; resolves once nothing of it is left. */
  readonly runCheck: (request: CheckRequest, signal: AbortSignal) => Promise<CheckOutcome>;
  /** What keeps a file from satisfying a JSON Schema, as sentences; none when it does. */
  readonly productProblems: (schema: JsonValue, bytes: Uint8Array) => Promise<readonly string[]>;
  /** Those of the paths, relative to the folder of a copy, that Git ignores. */
  readonly ignoredAmong: (
    paths: readonly string[],
    folder: string,
    signal: AbortSignal,
  ) => Promise<ReadonlySet<string>>;
  /**
   * Both changes of a file in one, kept; `undefined`: they cannot both stand. Rejects when a version cannot be read.
   * @param was what both began with; `undefined`: nothing
   */
  readonly mergeFiles: (
    was: FileVersion | undefined,
    one: FileVersion,
    other: FileVersion,
  ) => Promise<FileVersion | undefined>;
  /** True when all the agent can do is look at files and answer: it needs no copy of its own. */
  readonly onlyReads: (agent: Agent, mode: PermissionMode | undefined) => boolean;
  /** `undefined`: the folder is no Git repository, artifacts stay with the run. */
  readonly landing: LandingPort | undefined;
  /** Ends what a dead driver left of an attempt; resolves with the number of processes ended. */
  readonly endOrphans: (
    attempt: { readonly marker: string; readonly process: ProcessIdentity | undefined },
    signal: AbortSignal,
  ) => Promise<number>;
  /** `undefined`: there is no checkout to look at. */
  readonly checkout: CheckoutPort | undefined;
  readonly cache: CachePort;
  /** Tells who gave an answer; left out: every answer is taken. */
  readonly approvals?: Approvals | undefined;
  readonly clock: Clock;
  /** From 0 up to 1, for the spread of waits. */
  readonly random: () => number;
  readonly log: Log;
  /** Told once events would survive a power loss, in order; views follow from here. */
  readonly onAppended: (events: readonly RunEvent[]) => void;
  /** Lays the plan open again with what these tasks have printed, and keeps it. The error is for people. */
  readonly unfold: (outputs: ReadonlyMap<TaskId, string>) => Promise<Result<Digest, string>>;
  /** What is to become of a task that failed. Pure. */
  readonly mend: (question: MendQuestion) => MendDecision;
  /** What a check has reported of tests; `undefined`: it ran none that we know of. */
  readonly testReport: (
    check: Check,
    printed: string,
    folder: string,
  ) => Promise<TestReport | undefined>;
  /** More stands in the log of the task's running attempt. */
  readonly onPrinted: (task: TaskId) => void;
}

/** What was answered before. Nothing it does makes a run fail. */
export interface CachePort {
  /** On a hit all bytes of the result are in the blob store. Rejects for an aborted signal, and as the folder's files do. */
  ask(question: CacheQuestion, signal: AbortSignal): Promise<CacheAnswer>;
  /** Keeps what an attempt has made, whose bytes are in the blob store. */
  keep(question: CacheQuestion, made: KeptResult, trace: Trace | undefined): Promise<void>;
  /** Until the function it returns is called, other runs that ask the same wait. */
  begin(run: RunId, key: Digest): () => void;
}

/** All that decides what an attempt of a task comes to. Texts are rendered. */
export interface CacheQuestion {
  readonly run: RunId;
  readonly task: TaskId;
  /** Its name. */
  readonly workflow: string;
  readonly step: AgentStep;
  readonly agent: Agent;
  /** All of the plan: some of them it may ask. */
  readonly agents: Readonly<Record<AgentName, Agent>>;
  readonly rule: CacheRule;
  readonly namespace: string;
  readonly terms: Terms;
  readonly prompt: string;
  readonly env: Readonly<Record<string, string>>;
  /** The model a person chose. */
  readonly model: string | undefined;
  readonly permissions: PermissionMode | undefined;
  readonly needs: readonly NeedFacts[];
  readonly laid: readonly LaidFile[];
  /** What its copy would be made of. */
  readonly source: BaseSource;
  /** A person wants it anew. */
  readonly isFresh: boolean;
  /** It has waited for a task that was asked the same. */
  readonly hasWaited: boolean;
}

/** How a task that is needed has ended, and what it gave. */
export interface NeedFacts {
  readonly task: TaskId;
  readonly agent: AgentName;
  readonly state: TaskState['kind'];
  readonly failure?: Failure;
  readonly exitCode?: number;
  readonly output?: Digest;
  readonly artifacts?: readonly Artifact[];
  /** Paths. */
  readonly removed?: readonly string[];
}

export type CacheAnswer =
  | { readonly kind: 'hit'; readonly reuse: Reuse; readonly result: Omit<KeptResult, 'spent'> }
  | { readonly kind: 'miss'; readonly key: Digest; readonly why: MissReason };

export interface CheckoutPort {
  /**
   * Looks at the user's checkout.
   * @param last the state it is compared with; `undefined`: that of the plan
   * @returns `undefined` when it could not be looked, which the log is told
   */
  look(last: Digest | undefined): Promise<CheckoutLook | undefined>;
}

/** As the event `checkout-looked` has it. */
export type CheckoutLook = Pick<
  Extract<EventBody, { readonly type: 'checkout-looked' }>,
  'state' | 'changes' | 'more'
>;

export interface JournalPort {
  /** Stamps events, which are written by the next `commit`. @throws for an event no reader would take */
  stage(bodies: readonly EventBody[]): readonly RunEvent[];
  /** Writes what is staged at once. @throws when it could not be; nothing of it stands then */
  commit(): void;
  /** Resolves once everything appended survives a power loss. */
  sync(): Promise<void>;
}

export interface BlobPort {
  put(bytes: Uint8Array): Promise<BlobRef>;
  /** Takes the file over; it may be gone afterwards. */
  adopt(file: string): Promise<BlobRef>;
  /** Leaves the file where it is. */
  copy(file: string): Promise<BlobRef>;
  /** Rejects when the blob is missing or damaged. */
  read(digest: Digest): Promise<Uint8Array>;
}

/** What the copies of a run are made of: files as they lie there, or those of a commit. */
export type BaseSource =
  { readonly kind: 'worktree' } | { readonly kind: 'commit'; readonly commit: ObjectId };

export interface CopiesPort {
  /** Resolves with a fresh copy; what an earlier try of the same attempt left is removed first. */
  create(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
    source: BaseSource,
  ): Promise<CopyPort>;
  /** Folders of its own for an attempt that changes nothing, which works in the tree all copies are made of. */
  reader(
    run: RunId,
    task: TaskId,
    attempt: number,
    signal: AbortSignal,
    source: BaseSource,
  ): Promise<CopyPort>;
  /** What an attempt that was cut off has left; `undefined` when it is not there any more. */
  reopen(run: RunId, task: TaskId, attempt: number): Promise<CopyPort | undefined>;
}

/** A workspace copy. Paths are absolute. */
export interface CopyPort {
  readonly folder: string;
  readonly scratch: string;
  readonly outputFile: string;
  readonly logFile: string;
  /** For the runner, to go on with a parked attempt. */
  readonly sessionFile: string;
  /** Lays out what the steps before have made, below `<scratch>/needs/`. */
  provide(files: readonly ProvidedFile[]): Promise<void>;
  /** Puts files into the tree, over what is there. Rejects for a place outside it. */
  layIn(files: readonly LaidFile[]): Promise<void>;
  /**
   * Looks at the tree now; asked later, tells what has changed since.
   * @param begun `keep`: what was seen is kept; `recall`: what was seen then counts, not what is there now
   */
  watchChanges(
    begun: 'forget' | 'keep' | 'recall',
    signal: AbortSignal,
  ): Promise<() => Promise<readonly CopyChange[]>>;
  /** What stood at a path, relative with `/`, when the attempt began; `undefined`: no plain file. */
  versionBefore(path: string): Promise<CopyChange['was']>;
  collect(paths: readonly string[]): Promise<CollectedFiles>;
  /** Nobody works in it for now: it waits for a later stretch of work, or for a person. */
  rest(): void;
  /** Gives it back; not to be called while anything of the attempt may still run. */
  dispose(): Promise<void>;
}

/** A path of a copy that is not as the attempt found it. */
export interface CopyChange {
  /** Relative, with `/`. */
  readonly path: string;
  readonly how: 'added' | 'changed' | 'removed';
  /** What is there now; of what was removed, what it was. */
  readonly kind: 'file' | 'link' | 'folder' | 'other';
  /** The plain file that stood there: where it lies, absolute, or as it was laid in. */
  readonly was:
    | { readonly file: string; readonly executable: boolean }
    | { readonly blob: Digest; readonly bytes: number; readonly executable: boolean }
    | undefined;
}

/** A file that lies in a copy before an attempt begins, or that does not; `path` is relative, with `/`. */
export type LaidFile =
  | {
      readonly path: string;
      readonly blob: Digest;
      readonly bytes: number;
      readonly executable: boolean;
    }
  | { readonly path: string; readonly removed: true };

/** A file an attempt finds; `path` is relative, with `/`. */
export type ProvidedFile =
  | { readonly path: string; readonly json: object }
  | { readonly path: string; readonly blob: Digest };

export interface CollectedFiles {
  readonly found: readonly {
    readonly path: string;
    readonly absolute: string;
    readonly executable: boolean;
  }[];
  /** Declared, but not there or not a plain file inside the copy. */
  readonly missing: readonly string[];
}

export interface LandingPort {
  /**
   * Writes the commit, no ref. The same request gives the same commit.
   * @param owns globs of the task: a protected path is allowed where one of them names it without a wildcard
   */
  prepare(
    request: LandingRequest,
    owns: readonly string[],
  ): Promise<Result<PreparedLanding, Failure>>;
  /** Makes branch and tag name the commit; done already is done. */
  publish(prepared: PreparedLanding): Promise<Result<void, Failure>>;
}
