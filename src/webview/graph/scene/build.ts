import { familiesOf, type Family } from './families.ts';
import { foldingOf, groupKey, type Folding } from './folding.ts';
import { partedOf, withFixes } from './fixes.ts';
import { dissolved, liftEdges, linkKey } from './lift.ts';
import type { Folds, Scene, SceneGroup, SceneItem, SceneTask } from './scene.ts';

/** The scene of a picture as its folds are. O(tasks + edges). @param all ids are unique */
export function sceneOf(all: readonly SceneTask[], folds: Folds): Scene {
  const { steps: tasks, fixes: mending } = partedOf(all);
  const families = familiesOf(tasks);
  const folding = foldingOf(tasks, families, folds);
  const itemById = new Map<string, SceneItem>();
  const itemOf = new Map<string, string>();
  const parentOf = new Map<string, string>();
  const groups = new Map<string, OpenGroup>();

  for (const task of tasks) {
    const place = placeOf(task, families, folding);
    itemOf.set(task.id, place.item);
    let parent: string | undefined;
    for (const { id, key, of, counts, label } of place.groups) {
      const group = groups.get(id) ?? { id, key, of, counts, label, parent, members: [] };
      group.members.push(task.id);
      if (!groups.has(id)) {
        groups.set(id, group);
        if (parent !== undefined) {
          parentOf.set(id, parent);
        }
      }
      parent = id;
    }
    if (parent !== undefined) {
      parentOf.set(place.item, parent);
    }
    const known = itemById.get(place.item);
    if (known?.kind === 'fold') {
      (known.members as string[]).push(task.id);
    } else {
      itemById.set(place.item, place.make());
    }
  }

  const items = [...itemById.values()];
  const { needs, feeds } = linksOf(tasks, itemOf);
  const critical = criticalLinks(tasks, itemOf);
  const whole = { items, parentOf, groups: [...groups.values()] };
  // A band that something leads out of and back into cannot be drawn as one place.
  const drawn = dissolved(whole, needs);
  const scene: Scene = {
    items,
    itemById,
    itemOf,
    groups: drawn.groups,
    parentOf: drawn.parentOf,
    edges: liftEdges(items, drawn.parentOf, needs, critical),
    fixes: [],
    needs,
    feeds,
    hasFolds: families.size > 0 || tasks.some((task) => task.groups.length > 0),
  };
  return mending.length === 0 ? scene : withFixes(scene, mending);
}

interface OpenGroup extends SceneGroup {
  readonly members: string[];
}

interface Place {
  readonly item: string;
  readonly groups: readonly Pick<SceneGroup, 'id' | 'key' | 'of' | 'counts' | 'label'>[];
  make(): SceneItem;
}

function placeOf(task: SceneTask, families: ReadonlyMap<string, Family>, folding: Folding): Place {
  const { id, lane, groups } = task;
  if (lane === undefined && groups.length === 0) {
    return { item: id, groups: [], make: () => ({ kind: 'task', id }) };
  }
  const around: Pick<SceneGroup, 'id' | 'key' | 'of' | 'counts' | 'label'>[] = [];
  for (let depth = 1; depth <= groups.length; depth += 1) {
    const key = groupKey(groups.slice(0, depth));
    const label = groups[depth - 1] ?? '';
    if (folding.isClosed(key)) {
      const item = `fold ${key}`;
      const make = (): SceneItem => fold(item, key, 'group', label, id, 0);
      return { item, groups: around, make };
    }
    around.push({ id: key, key, of: 'group', counts: 'task', label });
  }
  const family = lane === undefined ? undefined : families.get(lane.step);
  if (lane === undefined || family === undefined || family.labels.length === 1) {
    return { item: id, groups: around, make: () => ({ kind: 'task', id }) };
  }
  const window = folding.lanesOf(family);
  if (window === undefined) {
    const item = `fold ${lane.step}`;
    const make = (): SceneItem => fold(item, family.key, 'lanes', lane.step, id, 0);
    return { item, groups: around, make };
  }
  around.push({
    id: `open ${family.key}`,
    key: family.key,
    of: 'lanes',
    counts: family.steps.length === 1 ? 'lane' : 'task',
    label: family.steps.join(', '),
  });
  if (window.shown.has(lane.label)) {
    return { item: id, groups: around, make: () => ({ kind: 'task', id }) };
  }
  const item = `rest ${lane.step}`;
  const make = (): SceneItem => fold(item, family.key, 'rest', lane.step, id, window.next);
  return { item, groups: around, make };
}

function fold(
  id: string,
  key: string,
  of: 'lanes' | 'rest' | 'group',
  label: string,
  first: string,
  opensAt: number,
): SceneItem {
  return { kind: 'fold', id, key, of, label, members: [first], opensAt };
}

interface Links {
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly feeds: ReadonlyMap<string, readonly string[]>;
}

function linksOf(tasks: readonly SceneTask[], itemOf: ReadonlyMap<string, string>): Links {
  const needs = new Map<string, string[]>();
  const feeds = new Map<string, string[]>();
  for (const { id } of tasks) {
    const item = itemOf.get(id) ?? '';
    if (!needs.has(item)) {
      needs.set(item, []);
      feeds.set(item, []);
    }
  }
  // Items of one task have few needs, those of many are few: both are told apart at once.
  const known = new Map<string, Set<string>>();
  for (const task of tasks) {
    const to = itemOf.get(task.id) ?? '';
    const own = needs.get(to);
    let seen = known.get(to);
    for (const need of task.needs) {
      const from = itemOf.get(need);
      if (from === undefined || from === to || own === undefined) {
        continue;
      }
      if (seen === undefined && own.length > 8) {
        seen = new Set(own);
        known.set(to, seen);
      }
      if (!(seen?.has(from) ?? own.includes(from))) {
        own.push(from);
        seen?.add(from);
        feeds.get(from)?.push(to);
      }
    }
  }
  return { needs, feeds };
}

/** The pairs of items, as `linkKey`, that the longest way goes through one behind the other. */
function criticalLinks(
  tasks: readonly SceneTask[],
  itemOf: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const way = new Map(
    tasks.flatMap((task) => (task.isCritical ? [[task.id, new Set(task.needs)] as const] : [])),
  );
  const feeds = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const [id, needs] of way) {
    let count = 0;
    for (const need of needs) {
      if (way.has(need)) {
        count += 1;
        feeds.set(need, [...(feeds.get(need) ?? []), id]);
      }
    }
    missing.set(id, count);
  }
  // Of what one on the way needs, the last on it is the one before it: each is met behind all that it needs.
  const links = new Map<string, string>();
  const open = [...missing].flatMap(([id, count]) => (count === 0 ? id : []));
  for (const id of open) {
    for (const next of feeds.get(id) ?? []) {
      links.set(next, id);
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) {
        open.push(next);
      }
    }
  }
  return new Set(
    [...links].flatMap(([to, from]) => {
      const [a, b] = [itemOf.get(from), itemOf.get(to)];
      return a === undefined || b === undefined || a === b ? [] : linkKey(a, b);
    }),
  );
}
