import type { RunEvent } from '../domain/event.ts';
import { choiceKey, type ConflictChoice, type MergeState } from '../domain/merge.ts';
import type { RunState } from '../domain/runState.ts';
import { ImpossibleEvent } from './expectations.ts';

export type MergeEvent = Extract<
  RunEvent,
  { readonly type: 'merge-started' | 'merge-chosen' | 'merge-moved' }
>;

/** What the merge of a run's results comes to by an event. @throws ImpossibleEvent */
export function mergeAfter(
  event: MergeEvent,
  { merge, tasks }: Pick<RunState, 'merge' | 'tasks'>,
): MergeState {
  if (event.type === 'merge-started') {
    const { onto, tasks: merged, by, at } = event;
    if (merged.some((task) => tasks.get(task)?.kind !== 'succeeded')) {
      throw new ImpossibleEvent(event, 'it merges a task that made nothing');
    }
    const choices = new Map<string, ConflictChoice>();
    const intended = merge?.intended ?? [];
    return {
      onto,
      tasks: merged,
      by,
      startedAt: at,
      choices,
      place: { kind: 'merging' },
      intended,
    };
  }
  if (merge === undefined) {
    throw new ImpossibleEvent(event, 'nobody has begun to merge');
  }
  if (event.type === 'merge-chosen') {
    const isAsked =
      merge.place.kind === 'conflict' &&
      merge.place.task === event.task &&
      merge.place.conflicts.some(({ path }) => path === event.path);
    if (!isAsked) {
      throw new ImpossibleEvent(event, 'nobody asks for that choice');
    }
    const { task, path, choice } = event;
    return { ...merge, choices: new Map([...merge.choices, [choiceKey(task, path), choice]]) };
  }
  const { place } = event;
  const intended = place.kind === 'publishing' ? [...merge.intended, place.commit] : merge.intended;
  return { ...merge, place, intended };
}
