import type { SceneEdge, SceneGroup, SceneItem } from './scene.ts';

/** Items and bands, and where each lies. */
interface Nesting {
  readonly items: readonly SceneItem[];
  readonly groups: readonly SceneGroup[];
  readonly parentOf: ReadonlyMap<string, string>;
}

type Parents = ReadonlyMap<string, string>;

/** Of two ids, which hold no line break. */
export function linkKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** From the outermost band to the item itself. */
export function pathTo(id: string, parentOf: Parents): readonly string[] {
  const path = [id];
  for (let at = parentOf.get(id); at !== undefined; at = parentOf.get(at)) {
    path.unshift(at);
  }
  return path;
}

/** The siblings between which an edge from one item to another is drawn. */
export function lifted(
  from: readonly string[],
  to: readonly string[],
): readonly [string, string] | undefined {
  let depth = 0;
  while (depth < from.length && depth < to.length && from[depth] === to[depth]) {
    depth += 1;
  }
  const [a, b] = [from[depth], to[depth]];
  return a === undefined || b === undefined ? undefined : [a, b];
}

/**
 * One edge for all that lead from one sibling to another: whoever needs a phase or a nested workflow needs the whole
 * of it, and so it is drawn.
 */
export function liftEdges(
  items: readonly SceneItem[],
  parentOf: Parents,
  needs: ReadonlyMap<string, readonly string[]>,
  critical: ReadonlySet<string>,
): readonly SceneEdge[] {
  if (parentOf.size === 0) {
    // Without bands every edge is between siblings.
    return items.flatMap(({ id: to }) =>
      (needs.get(to) ?? []).map((from) => ({
        from,
        to,
        isCritical: critical.size > 0 && critical.has(linkKey(from, to)),
      })),
    );
  }
  const paths = new Map(items.map(({ id }) => [id, pathTo(id, parentOf)]));
  const edges = new Map<string, { from: string; to: string; isCritical: boolean }>();
  for (const { id } of items) {
    const to = paths.get(id) ?? [];
    for (const need of needs.get(id) ?? []) {
      const pair = lifted(paths.get(need) ?? [], to);
      if (pair === undefined) {
        continue;
      }
      const key = linkKey(...pair);
      const edge = edges.get(key) ?? { from: pair[0], to: pair[1], isCritical: false };
      edge.isCritical ||= critical.has(linkKey(need, id));
      edges.set(key, edge);
    }
  }
  return [...edges.values()];
}

/** Without the bands of any level where siblings need each other in a circle: what lies in them lies around them. */
export function dissolved(
  nesting: Nesting,
  needs: ReadonlyMap<string, readonly string[]>,
): Pick<Nesting, 'groups' | 'parentOf'> {
  const { items } = nesting;
  let { groups, parentOf } = nesting;
  for (;;) {
    const level = groups.length === 0 ? undefined : circularLevel(items, parentOf, needs);
    if (level === undefined) {
      return { groups, parentOf };
    }
    const gone = new Set(
      groups.filter(({ parent }) => (parent ?? '') === level).map(({ id }) => id),
    );
    if (gone.size === 0) {
      // A circle of tasks: the layout leaves an edge out.
      return { groups, parentOf };
    }
    const upwards = new Map<string, string>();
    for (const [id, parent] of parentOf) {
      const kept = gone.has(parent) ? parentOf.get(parent) : parent;
      if (!gone.has(id) && kept !== undefined) {
        upwards.set(id, kept);
      }
    }
    groups = groups.flatMap((group) =>
      gone.has(group.id) ? [] : { ...group, parent: upwards.get(group.id) },
    );
    parentOf = upwards;
  }
}

/** @returns the band, or '' for the outermost level, where siblings form a circle */
function circularLevel(
  items: readonly SceneItem[],
  parentOf: Parents,
  needs: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const edges = liftEdges(items, parentOf, needs, new Set());
  const missing = new Map<string, number>();
  const feeds = new Map<string, string[]>();
  for (const { from, to } of edges) {
    missing.set(to, (missing.get(to) ?? 0) + 1);
    missing.set(from, missing.get(from) ?? 0);
    const next = feeds.get(from);
    if (next === undefined) {
      feeds.set(from, [to]);
    } else {
      next.push(to);
    }
  }
  const open = [...missing].flatMap(([id, count]) => (count === 0 ? id : []));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    missing.delete(id);
    for (const next of feeds.get(id) ?? []) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) {
        open.push(next);
      }
    }
  }
  const [stuck] = missing.keys();
  return stuck === undefined ? undefined : (parentOf.get(stuck) ?? '');
}
