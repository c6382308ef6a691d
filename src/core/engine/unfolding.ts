import type { Digest } from '../base/digest.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { Desk } from './desk.ts';
import type { Message } from './effects.ts';
import { outputOf } from './render.ts';

// Tasks that stand for lanes nobody knows yet become those lanes: all whose sources have succeeded at once,
// together with those that were told before.

/** What came of it, and from which outputs it was told. */
export interface Unfolding {
  readonly sources: ReadonlyMap<TaskId, Digest>;
  readonly plan: Result<Digest, string>;
}

export async function unfold(task: TaskId, { plan, state, parts }: Desk): Promise<Message> {
  const sources = sourcesOf(plan, state);
  const texts = await textsOf(sources, state, parts.blobs);
  const unfolding = { sources, plan: texts.ok ? await parts.unfold(texts.value) : texts };
  return { kind: 'unfolded', task, unfolding };
}

/** Nothing where the run has moved on meanwhile: then it is told anew. */
export function unfoldingEvents({ sources, plan }: Unfolding, desk: Desk): readonly EventBody[] {
  const now = sourcesOf(desk.plan, desk.state);
  const isSame =
    now.size === sources.size && [...now].every(([id, digest]) => sources.get(id) === digest);
  if (!isSame) {
    return [];
  }
  if (plan.ok) {
    return [{ type: 'plan-changed', plan: plan.value }];
  }
  return unfoldable(desk.state).map((task) => ({
    type: 'lanes-refused',
    task,
    failure: {
      reason: 'expression',
      where: `${desk.task(task).step.id}.matrix`,
      message: plan.error,
    },
  }));
}

/** Tasks that stand for lanes which can be told now. */
function unfoldable({ frontier, tasks }: RunState): TaskId[] {
  return [...frontier.folded].flatMap(([id, sources]) =>
    sources.every((source) => tasks.get(source)?.kind === 'succeeded') ? [id] : [],
  );
}

/** The outputs that lanes are told from, by the tasks that printed them. */
function sourcesOf(plan: RunPlan, state: RunState): ReadonlyMap<TaskId, Digest> {
  const ids = [
    ...(plan.unfolded?.by ?? []),
    ...unfoldable(state).flatMap((id) => state.frontier.folded.get(id) ?? []),
  ];
  return new Map(
    ids.flatMap((id) => {
      const task = state.tasks.get(id);
      return task?.kind === 'succeeded' ? [[id, task.output.digest] as const] : [];
    }),
  );
}

async function textsOf(
  sources: ReadonlyMap<TaskId, Digest>,
  { tasks }: RunState,
  blobs: Desk['parts']['blobs'],
): Promise<Result<ReadonlyMap<TaskId, string>, string>> {
  const texts = new Map<TaskId, string>();
  for (const id of sources.keys()) {
    const text = await outputOf(id, tasks.get(id), blobs);
    if (!text.ok) {
      return err(text.error);
    }
    texts.set(id, text.value);
  }
  return ok(texts);
}
