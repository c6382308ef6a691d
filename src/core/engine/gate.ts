import { digestOfJson, type Digest } from '../base/digest.ts';
import { evidenceBefore } from '../domain/gateEvidence.ts';
import type { TaskId } from '../domain/ids.ts';
import type { GateStep, PlannedTask } from '../domain/workflow.ts';
import { renderText, type RenderContext } from './render.ts';

/** What a person is asked, and the digest an answer is bound to. */
export interface ShownGate {
  readonly ask: string;
  /** Over the question, all that the steps it needs have made, and the files of those further upstream. */
  readonly digest: Digest;
}

/** @param needs of each task of the run */
export async function showGate(
  task: PlannedTask,
  gate: GateStep,
  context: RenderContext,
  needs: (task: TaskId) => readonly TaskId[],
): Promise<ShownGate> {
  const rendered = await renderText(gate.ask, `${gate.id}.gate.ask`, task.names, context);
  // A question that cannot be rendered is asked as it is written: a person can still decide.
  const ask = rendered.ok ? rendered.value : gate.ask;
  const { state } = context;
  const evidence = evidenceBefore(task.id, needs, state.tasks).map((made) => ({
    task: made.task,
    output: made.output,
    artifacts: made.artifacts.map(({ path, digest, executable }) => ({ path, digest, executable })),
    removed: made.removed.map(({ path }) => path),
  }));
  // How what made nothing ended: a gate before this one by what was answered there.
  const ends = task.needs.map((need) => {
    const needed = state.tasks.get(need);
    return needed?.kind === 'approved'
      ? { gate: needed.digest, choice: needed.choice }
      : { end: needed?.kind };
  });
  const { show, choices, takesText } = gate;
  return { ask, digest: digestOfJson({ ask, show, choices, takesText, evidence, ends }) };
}
