import { digestOfJson, type Digest } from '../base/digest.ts';
import type { GateStep, PlannedTask } from '../domain/workflow.ts';
import { renderText, type RenderContext } from './render.ts';

/** What a person is asked, and the digest an answer is bound to. */
export interface ShownGate {
  readonly ask: string;
  /** Over the question and everything the steps it needs have made. */
  readonly digest: Digest;
}

export async function showGate(
  task: PlannedTask,
  gate: GateStep,
  context: RenderContext,
): Promise<ShownGate> {
  const rendered = await renderText(gate.ask, `${gate.id}.gate.ask`, task.names, context);
  // A question that cannot be rendered is asked as it is written: a person can still decide.
  const ask = rendered.ok ? rendered.value : gate.ask;
  const evidence = task.needs.map((need) => {
    const needed = context.state.tasks.get(need);
    return needed?.kind === 'succeeded'
      ? {
          task: need,
          output: needed.output.digest,
          artifacts: needed.artifacts.map(({ path, digest, executable }) => ({
            path,
            digest,
            executable,
          })),
        }
      : {
          task: need,
          gate: needed?.kind === 'approved' ? needed.digest : needed?.kind,
          ...(needed?.kind === 'approved' &&
            needed.choice !== undefined && { choice: needed.choice }),
        };
  });
  const { show, choices, takesText } = gate;
  return { ask, digest: digestOfJson({ ask, show, choices, takesText, evidence }) };
}
