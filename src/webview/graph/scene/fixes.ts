import type { Scene, SceneFix, SceneGroup, SceneItem, SceneTask } from './scene.ts';

// Fixes stand beside what they mend, whatever that is folded in: they are no steps, and shape nothing but its card's place.

type Mending = SceneTask & { readonly mends: NonNullable<SceneTask['mends']> };

/** What is laid out, and what stands beside it. A fix without the task it mends is laid out as any task. */
export function partedOf(tasks: readonly SceneTask[]): {
  readonly steps: readonly SceneTask[];
  /** Each behind what it goes on from. */
  readonly fixes: readonly Mending[];
} {
  if (tasks.every(({ mends }) => mends === undefined)) {
    return { steps: tasks, fixes: [] };
  }
  const steps = new Map<string, SceneTask>();
  const fixes = new Map<string, Mending>();
  for (const task of tasks) {
    const { id, mends } = task;
    const parent = mends?.parent ?? '';
    const isBeside = steps.has(mends?.task ?? '') && (parent === mends?.task || fixes.has(parent));
    if (mends !== undefined && isBeside) {
      fixes.set(id, { ...task, mends });
    } else {
      steps.set(id, task);
    }
  }
  return { steps: [...steps.values()], fixes: [...fixes.values()] };
}

/** The scene with fixes: each an item of its own beside its task, or where that is folded, a part of the fold. */
export function withFixes(scene: Scene, mending: readonly Mending[]): Scene {
  const itemOf = new Map(scene.itemOf);
  const itemById = new Map(scene.itemById);
  const parentOf = new Map(scene.parentOf);
  const needs = new Map(scene.needs);
  const feeds = new Map(scene.feeds);
  const fixes: SceneFix[] = [];
  const beside = new Map<string, SceneItem[]>();
  const folded = new Map<string, string[]>();
  const within = new Map<string, string[]>();
  for (const { id, mends } of mending) {
    const task = itemOf.get(mends.task) ?? '';
    const band = parentOf.get(task);
    for (let at = band; at !== undefined; at = parentOf.get(at)) {
      push(within, at, id);
    }
    if (itemById.get(task)?.kind === 'fold') {
      itemOf.set(id, task);
      push(folded, task, id);
      continue;
    }
    const parent = mends.parent ?? mends.task;
    const item: SceneItem = { kind: 'task', id };
    itemOf.set(id, id);
    itemById.set(id, item);
    if (band !== undefined) {
      parentOf.set(id, band);
    }
    push(beside, task, item);
    needs.set(id, [parent]);
    feeds.set(id, []);
    fixes.push({ item: id, parent, task, depth: mends.depth });
  }
  const items = scene.items.flatMap((item) => {
    const more = folded.get(item.id);
    const known: SceneItem =
      more === undefined || item.kind === 'task'
        ? item
        : { ...item, members: [...item.members, ...more] };
    itemById.set(item.id, known);
    return [known, ...(beside.get(item.id) ?? [])];
  });
  const groups = scene.groups.map((group): SceneGroup => {
    const more = within.get(group.id);
    return more === undefined ? group : { ...group, members: [...group.members, ...more] };
  });
  return { ...scene, items, itemById, itemOf, groups, parentOf, fixes, needs, feeds };
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [item]);
  } else {
    list.push(item);
  }
}
