import type { Artifact, BlobRef } from '../domain/event.ts';
import { internalFailure, workspaceFailure, type Failure } from '../domain/failure.ts';
import type { RunId, TaskId } from '../domain/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import { effectsOf, termsOf, type AgentStep } from '../domain/workflow.ts';
import { boundsOf, outOfBounds } from './bounds.ts';
import { layOut, provideNeeds, type AttemptInput } from './inputs.ts';
import type { CopyPort, DriverParts } from './parts.ts';
import { judge, renderRecord, renderText, type RenderContext } from './render.ts';

// One try of a task: a copy is made, what it needs is laid out, the runner works in it, what it made
// is checked and kept, the copy is thrown away. Until the outcome is in the journal none of this
// is real, so an attempt that is cut off anywhere is simply tried again, unless it has effects elsewhere.

export type AttemptOutcome =
  | ({ readonly kind: 'succeeded' } & Evidence)
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly log: BlobRef | undefined;
      /** False when nothing can have happened: no process was begun. */
      readonly hadProcess: boolean;
    };

/** What shows that an attempt did its work. */
export interface Evidence {
  readonly exitCode: number;
  readonly output: BlobRef;
  readonly log: BlobRef;
  readonly artifacts: readonly Artifact[];
  readonly inputBytes: number | undefined;
}

/** Names an attempt among all processes of the machine; every process of it carries this, followed by `:` and a nonce. */
export function attemptMarker(run: RunId, task: TaskId, attempt: number): string {
  return `${run}:${task}.${attempt}`;
}

export async function runAttempt(
  input: AttemptInput,
  parts: DriverParts,
  onProcess: (process: ProcessIdentity, steer: ((text: string) => void) | undefined) => void,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { plan, state, task, step, attempt } = input;
  const agent = plan.agents[step.agent];
  if (agent === undefined) {
    throw new Error(`Internal error: the plan has no agent ${step.agent}`);
  }
  const runner = parts.runnerFor(agent.runner.kind);
  if (runner === undefined || agent.runner.kind !== 'command') {
    return nothingDone({ reason: 'no-runner', agent: agent.name, kind: agent.runner.kind });
  }
  const texts = await renderTexts(input, agent.runner.env, parts);
  if (!texts.ok) {
    return nothingDone(texts.error);
  }
  const { prompt, env } = texts.value;
  const context: RenderContext = { plan, state, blobs: parts.blobs };
  const bounds = await boundsOf(termsOf(step, agent), step.id, task.names, context);
  if (!bounds.ok) {
    return nothingDone(bounds.error);
  }
  let copy: CopyPort;
  try {
    copy = await parts.copies.create(state.run, task.id, attempt, signal);
  } catch (thrown) {
    return nothingDone(signal.aborted ? { reason: 'cancelled' } : workspaceFailure(thrown));
  }
  const begun: { process?: ProcessIdentity } = {};
  const isExternal = effectsOf(step, agent) === 'external';
  const keep = (file: string) => (isExternal ? parts.blobs.copy(file) : parts.blobs.adopt(file));
  const failed = async (failure: Failure): Promise<AttemptOutcome> => ({
    kind: 'failed',
    failure,
    log: begun.process === undefined ? undefined : await keepLog(copy, keep),
    hadProcess: begun.process !== undefined,
  });
  try {
    const given = await provideNeeds(input, copy);
    const laid = await layOut(input, copy);
    if (!laid.ok) {
      return await failed(laid.error);
    }
    if (isExternal) {
      // The intent must outlive us before anything outside the copy can change (D2).
      await parts.journal.sync();
    }
    if (signal.aborted) {
      return await failed({ reason: 'cancelled' });
    }
    const changes = bounds.value && (await copy.watchChanges(signal));
    const result = await runner.run(
      {
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
        limits: { ...agent.runner.limits, ...step.limits },
        model: state.edits.get(task.id)?.model,
      },
      {
        started: (process, steer) => {
          begun.process = process;
          onProcess(process, steer);
        },
        printed: () => parts.onPrinted(task.id),
      },
      signal,
    );
    if (!result.ok) {
      return await failed(result.error);
    }
    // Before the checks: what these leave behind is not the agent's doing.
    const outside = bounds.value && changes && outOfBounds(await changes(), bounds.value);
    if (outside !== undefined) {
      return await failed(outside);
    }
    const checked = await runChecks(input, copy, env, parts, signal);
    if (checked !== undefined) {
      return await failed(checked);
    }
    const evidence = await collectEvidence(copy, step, parts, keep);
    return evidence.ok
      ? {
          kind: 'succeeded',
          ...evidence.value,
          exitCode: result.value.exitCode,
          inputBytes: Buffer.byteLength(prompt) + given,
        }
      : await failed(evidence.error);
  } catch (thrown) {
    return await failed(signal.aborted ? { reason: 'cancelled' } : internalFailure(thrown));
  } finally {
    // With effects elsewhere the copy outlives the attempt: until the outcome is in the journal a crash may
    // leave it to a person, who looks at what is there and may count it after all. It goes with the run.
    if (begun.process === undefined || !isExternal) {
      await copy.dispose().catch((thrown: unknown) => {
        parts.log.warn(
          `A workspace copy could not be removed, it will be later: ${String(thrown)}`,
        );
      });
    }
  }
}

/** What is in a copy whose agent has ended: the declared files, as they must be, and what it printed. */
export async function collectEvidence(
  copy: CopyPort,
  { produces }: AgentStep,
  { blobs, productProblems }: Pick<DriverParts, 'blobs' | 'productProblems'>,
  keep: (file: string) => Promise<BlobRef>,
): Promise<Result<Evidence, Failure>> {
  const { found, missing } = await copy.collect(produces.map(({ path }) => path));
  if (missing.length > 0) {
    return err({ reason: 'not-produced', paths: missing });
  }
  const artifacts: Artifact[] = [];
  for (const { path, absolute, executable } of found) {
    const ref = await keep(absolute);
    const schema = produces.find((product) => product.path === path)?.schema;
    if (schema !== undefined) {
      const problems = await productProblems(schema, await blobs.read(ref.digest));
      if (problems.length > 0) {
        return err({ reason: 'bad-product', path, problems });
      }
    }
    artifacts.push({ path, executable, ...ref });
  }
  return ok({
    exitCode: 0,
    output: await keptOrEmpty(copy.outputFile, blobs, keep),
    log: await keptOrEmpty(copy.logFile, blobs, keep),
    artifacts,
    inputBytes: undefined,
  });
}

/** The first check that is not passed, as a failure. */
async function runChecks(
  { state, task, step, attempt }: AttemptInput,
  copy: CopyPort,
  env: Readonly<Record<string, string>>,
  parts: DriverParts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  for (const { command, timeoutMs } of step.checks) {
    const { code, tail } = await parts.runCheck(
      {
        run: state.run,
        task: task.id,
        attempt,
        command,
        timeoutMs,
        folder: copy.folder,
        scratch: copy.scratch,
        env,
        logFile: copy.logFile,
      },
      signal,
    );
    if (signal.aborted) {
      return { reason: 'cancelled' };
    }
    if (code !== 0) {
      return { reason: 'check-failed', command: command.join(' '), code, tail };
    }
  }
  return undefined;
}

async function renderTexts(
  { plan, state, task, step }: AttemptInput,
  agentEnv: Readonly<Record<string, string>>,
  { blobs }: DriverParts,
): Promise<Result<{ readonly prompt: string; readonly env: Record<string, string> }, Failure>> {
  const context: RenderContext = { plan, state, blobs };
  if (task.conditions.length > 0) {
    // A condition that cannot be judged was taken for one that holds, to become this failure.
    const judged = await judge(task, context);
    if (!judged.ok) {
      return judged;
    }
  }
  const written = state.edits.get(task.id)?.prompt ?? step.prompt;
  const prompt = await renderText(written, `${step.id}.prompt`, task.names, context);
  if (!prompt.ok) {
    return prompt;
  }
  const both = { ...agentEnv, ...step.env };
  const env = await renderRecord(both, `${step.id}.env`, task.names, context);
  return env.ok ? ok({ prompt: prompt.value, env: env.value }) : env;
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

function nothingDone(failure: Failure): Extract<AttemptOutcome, { kind: 'failed' }> {
  return { kind: 'failed', failure, log: undefined, hadProcess: false };
}
