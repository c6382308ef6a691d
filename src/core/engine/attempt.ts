import type { Artifact, BlobRef } from '../domain/event.ts';
import { internalFailure, type Failure } from '../domain/failure.ts';
import { taskIdOf, type RunId, type TaskId } from '../domain/ids.ts';
import type { ProcessIdentity } from '../domain/runner.ts';
import type { RunState } from '../domain/runState.ts';
import type { AgentStep, RunPlan } from '../domain/workflow.ts';
import type { CopyPort, DriverParts, ProvidedFile } from './parts.ts';
import { renderRecord, renderText } from './render.ts';

// One try of a task: a copy is made, what it needs is laid out, the runner works in it, what it made
// is checked and kept, the copy is thrown away. Until the outcome is in the journal none of this
// is real, so an attempt that is cut off anywhere is simply tried again.

export type AttemptOutcome =
  | {
      readonly kind: 'succeeded';
      readonly exitCode: number;
      readonly output: BlobRef;
      readonly log: BlobRef;
      readonly artifacts: readonly Artifact[];
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly log: BlobRef | undefined };

export interface AttemptInput {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly step: AgentStep;
  readonly attempt: number;
}

/** Names an attempt among all processes of the machine; every process of it carries this, followed by `:` and a nonce. */
export function attemptMarker(run: RunId, task: TaskId, attempt: number): string {
  return `${run}:${task}.${attempt}`;
}

export async function runAttempt(
  input: AttemptInput,
  parts: DriverParts,
  onProcess: (process: ProcessIdentity) => void,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { plan, state, step, attempt } = input;
  const agent = plan.agents[step.agent];
  if (agent === undefined) {
    throw new Error(`Internal error: the plan has no agent ${step.agent}`);
  }
  const runner = parts.runnerFor(agent.runner.kind);
  if (runner === undefined || agent.runner.kind !== 'command') {
    return failed({ reason: 'no-runner', agent: agent.name, kind: agent.runner.kind });
  }
  const prompt = await renderText(step.prompt, `${step.id}.prompt`, input, parts.blobs);
  if (!prompt.ok) {
    return failed(prompt.error);
  }
  const env = await renderRecord(
    { ...agent.runner.env, ...step.env },
    `${step.id}.env`,
    input,
    parts.blobs,
  );
  if (!env.ok) {
    return failed(env.error);
  }
  const task = taskIdOf(step.id);
  let copy: CopyPort;
  try {
    copy = await parts.copies.create(state.run, task, attempt, signal);
  } catch (thrown) {
    return signal.aborted
      ? failed({ reason: 'cancelled' })
      : failed({
          reason: 'workspace',
          message: thrown instanceof Error ? thrown.message : String(thrown),
        });
  }
  try {
    await copy.provide(neededFiles(input));
    // The intent must outlive us before a process can have effects (D2).
    await parts.journal.sync();
    if (signal.aborted) {
      return failed({ reason: 'cancelled' });
    }
    const result = await runner.run(
      {
        run: state.run,
        task,
        attempt,
        agent,
        prompt: prompt.value,
        env: env.value,
        folder: copy.folder,
        scratch: copy.scratch,
        outputFile: copy.outputFile,
        logFile: copy.logFile,
        timeoutMs: step.timeoutMs ?? agent.runner.timeoutMs,
        idleTimeoutMs: agent.runner.idleTimeoutMs,
      },
      { started: onProcess, printed: () => parts.onPrinted(task) },
      signal,
    );
    if (!result.ok) {
      return failed(result.error, await keepLog(copy, parts));
    }
    const collected = await copy.collect(step.produces);
    if (collected.missing.length > 0) {
      return failed(
        { reason: 'not-produced', paths: collected.missing },
        await keepLog(copy, parts),
      );
    }
    const artifacts: Artifact[] = [];
    for (const { path: file, absolute, executable } of collected.found) {
      artifacts.push({ path: file, executable, ...(await parts.blobs.adopt(absolute)) });
    }
    return {
      kind: 'succeeded',
      exitCode: result.value.exitCode,
      output: await parts.blobs.adopt(copy.outputFile),
      log: await parts.blobs.adopt(copy.logFile),
      artifacts,
    };
  } catch (thrown) {
    return failed(internalFailure(thrown));
  } finally {
    await copy.dispose().catch((thrown: unknown) => {
      parts.log.warn(`A workspace copy could not be removed, it will be later: ${String(thrown)}`);
    });
  }
}

/** `<step>/output`, `<step>/task.json` and `<step>/files/…`: what a command finds under SLUICE_NEEDS. */
function neededFiles({ plan, state, step }: AttemptInput): ProvidedFile[] {
  return step.needs.flatMap((need): ProvidedFile[] => {
    const task = state.tasks.get(taskIdOf(need));
    if (task?.kind !== 'succeeded') {
      return [];
    }
    const needed = plan.workflow.steps.find(({ id }) => id === need);
    const facts = {
      task: need,
      agent: needed?.kind === 'agent' ? needed.agent : undefined,
      exitCode: task.exitCode,
      durationMs: task.durationMs,
    };
    return [
      { path: `${need}/output`, blob: task.output.digest },
      { path: `${need}/task.json`, text: `${JSON.stringify(facts, null, 2)}\n` },
      ...task.artifacts.map(({ path, digest }) => ({
        path: `${need}/files/${path}`,
        blob: digest,
      })),
    ];
  });
}

/** What was printed before it failed; a command that never started has no log. */
async function keepLog(copy: CopyPort, { blobs }: DriverParts): Promise<BlobRef | undefined> {
  try {
    return await blobs.adopt(copy.logFile);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw thrown;
  }
}

function failed(failure: Failure, log?: BlobRef): AttemptOutcome {
  return { kind: 'failed', failure, log };
}
