import { digestOfJson, type Digest } from '../base/digest.ts';
import { taskIdOf } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { GateStep, RunPlan } from '../domain/workflow.ts';
import type { BlobPort } from './parts.ts';
import { renderText } from './render.ts';

/** What a person is asked, and the digest an answer is bound to. */
export interface ShownGate {
  readonly ask: string;
  /** Over the question and everything the steps it needs have made. */
  readonly digest: Digest;
}

export async function showGate(
  plan: RunPlan,
  state: RunState,
  gate: GateStep,
  blobs: BlobPort,
): Promise<ShownGate> {
  const rendered = await renderText(
    gate.ask,
    `${gate.id}.gate.ask`,
    { plan, state, step: gate },
    blobs,
  );
  // A question that cannot be rendered is asked as it is written: a person can still decide.
  const ask = rendered.ok ? rendered.value : gate.ask;
  const evidence = gate.needs.map((need) => {
    const task = state.tasks.get(taskIdOf(need));
    return task?.kind === 'succeeded'
      ? {
          task: need,
          output: task.output.digest,
          artifacts: task.artifacts.map(({ path, digest, executable }) => ({
            path,
            digest,
            executable,
          })),
        }
      : { task: need, gate: task?.kind === 'approved' ? task.digest : undefined };
  });
  return { ask, digest: digestOfJson({ ask, show: gate.show, evidence }) };
}
