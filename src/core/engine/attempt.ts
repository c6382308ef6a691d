import { readFile } from 'node:fs/promises';
import { limitsOf } from '../domain/agent.ts';
import { clearBudget } from '../domain/budget.ts';
import type { UnprovedWork } from '../domain/debugging.ts';
import type { ParkReason } from '../domain/deed.ts';
import type { Artifact, BlobRef, RemovedFile } from '../domain/event.ts';
import { internalFailure, mayBeMended, workspaceFailure, type Failure } from '../domain/failure.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Runner, RunnerEvents, RunnerRequest, Wishes } from '../domain/runner.ts';
import type { TestReport } from '../domain/testReport.ts';
import type { Trace } from '../domain/trace.ts';
import { effectsOf } from '../domain/workflow.ts';
import { whyNotWrite } from './bounds.ts';
import { checkedCommand, runChecks, type Checked } from './checking.ts';
import { bytesOfNeeds, laidFiles, layOut, provideNeeds, type AttemptInput } from './inputs.ts';
import type { CopyChange, CopyPort, DriverParts } from './parts.ts';
import { agentOf, prepare, type Prepared } from './preparing.ts';
import { layProof, proofOf, recallOutput, unprovedWork, withProved } from './proving.ts';
import { changeFailure, madeFiles } from './result.ts';
import { questionOf } from './reusing.ts';
import { sourceOf } from './source.ts';
import { Spending } from './spending.ts';

// One try of a task: a copy is made, what it needs is laid out, the runner works in it, what it made
// is checked and kept, the copy is thrown away. Until the outcome is in the journal none of this
// is real, so an attempt that is cut off anywhere is simply tried again, unless it has effects elsewhere.

export type AttemptOutcome = AttemptEnd & {
  /** Removes the copy; not to be called before the outcome is in the journal for good. */
  readonly tidy?: () => Promise<void>;
};

type AttemptEnd =
  | ({ readonly kind: 'succeeded' } & Evidence)
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
      /** False when nothing can have happened: neither a process nor a call was begun. */
      readonly hasBegun: boolean;
      /** Only where its failures are mended. */
      readonly made?: UnprovedWork | undefined;
      readonly again?: readonly (number | null)[];
      readonly tests?: readonly TestReport[];
    }
  /** It goes on later in its copy; as the event `task-parked` has it. */
  | { readonly kind: 'parked'; readonly until: number | undefined; readonly why: ParkReason };

/** What an attempt tells the run while it is made, and asks of it. */
export interface AttemptLink extends Omit<RunnerEvents, 'printed'> {
  readonly wishes: () => Wishes;
  /** Milliseconds the attempt may still take; `undefined`: as its limits say. */
  readonly timeLeft: () => number | undefined;
}

/** What shows that an attempt did its work. */
export interface Evidence {
  readonly exitCode: number;
  readonly output: BlobRef;
  readonly log: BlobRef;
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
  readonly inputBytes: number | undefined;
  /** Left out: its checks ran none. */
  readonly tests?: readonly TestReport[] | undefined;
}

/** Names an attempt among all processes of the machine; every process of it carries this, followed by `:` and a nonce. */
export function attemptMarker(run: RunId, task: TaskId, attempt: number): string {
  return `${run}:${task}.${attempt}`;
}

export async function runAttempt(
  input: AttemptInput,
  parts: DriverParts,
  link: AttemptLink,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { step, continues } = input;
  const agent = agentOf(input);
  const runner = parts.runnerFor(agent.runner.kind);
  if (runner === undefined) {
    return nothingDone({ reason: 'no-runner', agent: agent.name, kind: agent.runner.kind });
  }
  const prepared = await prepare(input, parts);
  if (!prepared.ok) {
    return nothingDone(prepared.error);
  }
  const copy = await copyFor(input, prepared.value, parts, signal);
  if (!copy.ok) {
    return nothingDone(copy.error);
  }
  const work: Work = {
    input,
    parts,
    link,
    runner,
    ...prepared.value,
    copy: copy.value,
    spending: new Spending(input, parts.clock),
    isExternal: effectsOf(step, agent) === 'external',
    // What went before a park has begun.
    hasBegun: continues,
  };
  const outcome = await workOn(work, signal);
  // With effects elsewhere the copy outlives the attempt: until the outcome is in the journal a crash may
  // leave it to a person, who looks at what is there and may count it after all. It goes with the run.
  const staysWithRun = work.isExternal && work.hasBegun;
  if (outcome.kind === 'parked' || staysWithRun) {
    copy.value.rest();
    return outcome;
  }
  const tidy = () =>
    copy.value.dispose().catch((thrown: unknown) => {
      parts.log.warn(`A workspace copy could not be removed, it will be later: ${String(thrown)}`, {
        task: work.input.task.id,
      });
    });
  if (runner.canPark) {
    // What was paid for stands in it: after a crash before the outcome is kept, the attempt goes on from there.
    return { ...outcome, tidy };
  }
  await tidy();
  return outcome;
}

/** An attempt with all it works with. */
interface Work extends Prepared {
  readonly input: AttemptInput;
  readonly parts: DriverParts;
  readonly link: AttemptLink;
  readonly runner: Runner;
  readonly copy: CopyPort;
  readonly spending: Spending;
  readonly isExternal: boolean;
  /** Something may have happened: a process or a call was begun. */
  hasBegun: boolean;
}

async function copyFor(
  input: AttemptInput,
  prepared: Prepared,
  parts: DriverParts,
  signal: AbortSignal,
): Promise<Result<CopyPort, Failure>> {
  const { plan, state, task, attempt, continues } = input;
  const { copies } = parts;
  try {
    if (!continues) {
      const source = sourceOf(plan);
      return ok(
        (await onlyAnswers(input, prepared, parts))
          ? await copies.reader(state.run, task.id, attempt, signal, source)
          : await copies.create(state.run, task.id, attempt, signal, source),
      );
    }
    const left = await copies.reopen(state.run, task.id, attempt);
    // Whoever cleaned up the cache took it: the attempt is made again.
    return left === undefined ? err({ reason: 'interrupted' }) : ok(left);
  } catch (thrown) {
    return err(signal.aborted ? { reason: 'cancelled' } : workspaceFailure(thrown));
  }
}

/** It changes nothing, nothing is to be seen there but the tree itself, and nobody looks at what it left. */
async function onlyAnswers(
  { state, task, step }: AttemptInput,
  { agent, terms }: Prepared,
  parts: DriverParts,
): Promise<boolean> {
  const mode = state.permissions.get(task.id) ?? terms.permissions;
  const laid = await laidFiles({ state, task }, parts);
  return (
    step.debug === undefined &&
    step.produces.length === 0 &&
    step.checks.length === 0 &&
    laid.ok &&
    laid.value.length === 0 &&
    parts.onlyReads(agent, mode)
  );
}

async function workOn(work: Work, signal: AbortSignal): Promise<AttemptEnd> {
  const { input, parts, link, runner, bounds, copy, isExternal, agent } = work;
  const { step, continues } = input;
  const proof = proofOf(input);
  // Until the outcome is in the journal, whoever goes on after a crash may work in the copy as it was.
  const outlives = isExternal || runner.canPark;
  const keep = (file: string) => (outlives ? parts.blobs.copy(file) : parts.blobs.adopt(file));
  let changes: (() => Promise<readonly CopyChange[]>) | undefined;
  const failed = async (failure: Failure, checked?: Checked): Promise<AttemptEnd> => {
    const isMended = step.debug !== undefined && mayBeMended(failure);
    const hasWork = isMended && proof === undefined && agent.runner.kind !== 'command';
    const made = hasWork && (await unprovedWork({ ...work, ...input }, await changes?.()));
    return {
      kind: 'failed',
      failure,
      log: work.hasBegun ? await keepLog(copy, keep) : undefined,
      hasBegun: work.hasBegun,
      ...(made && { made }),
      ...(checked && { again: checked.again, tests: checked.tests }),
    };
  };
  try {
    if (!continues) {
      await provideNeeds(input, copy);
      const laid = await layOut(input, copy, parts);
      if (!laid.ok) {
        return await failed(laid.error);
      }
    }
    const carried = proof && (await layProof(proof, input, copy, parts));
    if (carried?.ok === false) {
      return await failed(carried.error);
    }
    const spent = await clearBudget(link.wishes, link);
    if (spent !== undefined) {
      return await failed({ reason: 'budget-spent', ...spent });
    }
    if (isExternal) {
      // The intent must outlive us before anything outside the copy can change (D2).
      await parts.journal.sync();
    }
    if (signal.aborted) {
      return await failed({ reason: 'cancelled' });
    }
    // What outlives its program may be looked at without it.
    const seen = continues ? 'recall' : outlives ? 'keep' : 'forget';
    const isRun = proof === undefined || agent.runner.kind === 'command';
    const look = isRun ? bounds && (await copy.watchChanges(seen, signal)) : undefined;
    changes = look && (async () => unignored(await look(), work, signal));
    const result = isRun
      ? await runner.run(requestOf(work), eventsOf(work), signal)
      : await recallOutput(proof, copy, parts);
    work.hasBegun ||= !isRun;
    const judged = await checkedCommand(work, result.ok ? undefined : result.error, signal);
    if (!result.ok) {
      return await failed(result.error, judged);
    }
    if (result.value.kind === 'parked') {
      return result.value;
    }
    // Before the checks: what these leave behind is not the agent's doing.
    const changed = await changes?.();
    changes &&= () => Promise.resolve(changed ?? []);
    const wrong = changed && changeFailure(changed, bounds, input.task.owns ?? []);
    if (wrong !== undefined) {
      return await failed(wrong);
    }
    const unfit = await outputFailure(work);
    if (unfit !== undefined) {
      return await failed(unfit);
    }
    const checked = await runChecks(work, proof?.doubted, signal);
    const tests = [...judged.tests, ...checked.tests];
    if (checked.failure !== undefined) {
      return await failed(checked.failure, { ...checked, tests });
    }
    const evidence = await collectEvidence({ ...work, step, changes: changed }, keep);
    if (!evidence.ok) {
      return await failed(evidence.error, { ...checked, tests });
    }
    const made = {
      ...evidence.value,
      ...(carried && withProved(evidence.value, carried.value)),
      exitCode: result.value.exitCode,
      inputBytes: Buffer.byteLength(work.prompt) + bytesOfNeeds(input),
    };
    await keepResult(work, made, result.value.trace);
    return { kind: 'succeeded', ...made, ...(tests.length > 0 && { tests }) };
  } catch (thrown) {
    return await failed(signal.aborted ? { reason: 'cancelled' } : internalFailure(thrown));
  }
}

/** What Git ignores becomes no part of any commit: build folders and logs are nobody's to own. */
export async function unignored(
  changes: readonly CopyChange[],
  { copy, parts }: Pick<Work, 'copy' | 'parts'>,
  signal: AbortSignal,
): Promise<readonly CopyChange[]> {
  const paths = changes.map(({ path }) => path);
  const ignored = await parts.ignoredAmong(paths, copy.folder, signal);
  return changes.filter(({ path }) => !ignored.has(path));
}

/**
 * Others may reuse it from here on. Before the outcome stands in the journal: a task that waits for this one is asked
 * about again as soon as it does.
 */
async function keepResult(work: Work, made: Evidence, trace: Trace | undefined): Promise<void> {
  const { input, parts, spending } = work;
  const question = await questionOf(input, work, parts);
  if (question !== undefined) {
    await parts.cache
      .keep(question, { ...made, spent: spending.total }, trace)
      .catch((thrown: unknown) => {
        parts.log.warn(`The result could not be kept: ${String(thrown)}`, { task: input.task.id });
      });
  }
}

function requestOf(work: Work): RunnerRequest {
  const { input, parts, link, agent, prompt, env, terms, bounds, copy } = work;
  const { plan, state, task, step, attempt, continues } = input;
  const limits = { ...limitsOf(agent), ...step.limits };
  const left = link.timeLeft();
  const outputSchema = step.outputSchema ?? agent.outputSchema;
  return {
    run: state.run,
    task: task.id,
    attempt,
    agent,
    prompt,
    env,
    folder: copy.folder,
    scratch: copy.scratch,
    outputFile: copy.outputFile,
    logFile: copy.logFile,
    sessionFile: copy.sessionFile,
    limits:
      left === undefined ? limits : { ...limits, timeoutMs: Math.min(limits.timeoutMs, left) },
    terms,
    outputSchema,
    schemaProblems: (schema, text) => parts.productProblems(schema, Buffer.from(text)),
    agents: plan.agents,
    whyNotWrite: (path) => whyNotWrite(path, bounds),
    named: task.owns ?? [],
    continues,
    counted: state.ledger.counted(task.id),
    useCache: plan.useCache === true && !state.fresh.has(task.id),
    wishes: link.wishes,
  };
}

function eventsOf(work: Work): RunnerEvents {
  const { link, parts, input } = work;
  return {
    started: (process, steer) => {
      work.hasBegun = true;
      link.started(process, steer);
    },
    did: (deed) => {
      work.hasBegun = true;
      work.spending.did(deed);
      link.did(deed);
    },
    ask: (key, question) => link.ask(key, question),
    printed: () => parts.onPrinted(input.task.id),
  };
}

/** What keeps the output from being what the step or its agent says it is. */
async function outputFailure({ input, agent, copy, parts }: Work): Promise<Failure | undefined> {
  const schema = input.step.outputSchema ?? agent.outputSchema;
  if (schema === undefined) {
    return undefined;
  }
  const problems = await parts.productProblems(schema, await readFile(copy.outputFile));
  return problems.length === 0 ? undefined : { reason: 'bad-output', problems };
}

/** What is in a copy whose agent has ended: the files that count, and what it printed. */
export async function collectEvidence(
  work: Pick<Work, 'copy' | 'bounds'> &
    Pick<AttemptInput, 'step'> & {
      readonly parts: Pick<DriverParts, 'blobs' | 'productProblems'>;
      readonly changes: readonly CopyChange[] | undefined;
    },
  keep: (file: string) => Promise<BlobRef>,
): Promise<Result<Evidence, Failure>> {
  const { copy, parts } = work;
  const made = await madeFiles({ ...work, keep });
  return made.ok
    ? ok({
        exitCode: 0,
        output: await keptOrEmpty(copy.outputFile, parts.blobs, keep),
        log: await keptOrEmpty(copy.logFile, parts.blobs, keep),
        ...made.value,
        inputBytes: undefined,
      })
    : made;
}

/** What was printed before it failed; a command that never started has no log. */
export async function keepLog(
  copy: CopyPort,
  keep: (file: string) => Promise<BlobRef>,
): Promise<BlobRef | undefined> {
  try {
    return await keep(copy.logFile);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw thrown;
  }
}

async function keptOrEmpty(
  file: string,
  blobs: DriverParts['blobs'],
  keep: (file: string) => Promise<BlobRef>,
): Promise<BlobRef> {
  try {
    return await keep(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return await blobs.put(new Uint8Array());
    }
    throw thrown;
  }
}

function nothingDone(failure: Failure): Extract<AttemptEnd, { kind: 'failed' }> {
  return { kind: 'failed', failure, log: undefined, hasBegun: false };
}
