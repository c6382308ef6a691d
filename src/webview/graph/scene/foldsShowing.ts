import { familiesOf } from './families.ts';
import { groupKey, windowWith } from './folding.ts';
import type { Folds, SceneTask } from './scene.ts';

/** The folds with everything open that a task is folded in, and its lane among those shown. */
export function foldsShowing(
  tasks: readonly SceneTask[],
  { groups, lane }: SceneTask,
  folds: Folds,
): Folds {
  const open = new Map(folds);
  groups.forEach((_, depth) => open.set(groupKey(groups.slice(0, depth + 1)), 0));
  const family = lane === undefined ? undefined : familiesOf(tasks).get(lane.step);
  if (family !== undefined && lane !== undefined) {
    open.set(family.key, windowWith(family, lane.label));
  }
  return open;
}
