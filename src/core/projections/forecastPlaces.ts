import type { TaskId } from '../domain/ids.ts';
import type { ConflictKind, MergeSide } from '../domain/merge.ts';
import type { BaseStanding, ForecastTask, RunConflict } from './forecast.ts';

/** Sides that are told to be in the way of one path. */
const MOST_TOLD = 16;

/** Something that is to be at a path. */
interface Placed {
  readonly path: string;
  readonly side: MergeSide;
  readonly ancestors: ReadonlySet<TaskId>;
  /** What it is for whatever would have to be below it. */
  readonly isLink: boolean;
}

/**
 * Paths at which there is no room for both: a file of the one is a folder of the other, or their names differ in
 * capitals or Unicode form alone, which is one file on many machines. Each is told with the first
 * `MOST_TOLD` that it gets in the way of.
 */
export function crowdedPlaces(
  tasks: readonly ForecastTask[],
  base: ReadonlyMap<string, BaseStanding> | undefined,
): readonly RunConflict[] {
  const all = [...placedByBase(base), ...tasks.flatMap(placedByTask)];
  const byKey = new Map<string, Placed[]>();
  for (const placed of all) {
    const key = folded(placed.path);
    const others = byKey.get(key);
    if (others === undefined) {
      byKey.set(key, [placed]);
    } else {
      others.push(placed);
    }
  }
  const orders = new Map(all.map(({ side }, index) => [sideKey(side), index]));
  return all.flatMap((placed) => {
    const conflicts: RunConflict[] = [];
    const tell = (others: readonly Placed[], kindOf: (other: Placed) => ConflictKind) => {
      for (const other of others.slice(0, MOST_TOLD)) {
        conflicts.push(between(other, placed, kindOf(other), orders));
      }
    };
    const key = folded(placed.path);
    const doubles = byKey.get(key) ?? [];
    if (doubles.length > 1) {
      tell(
        doubles
          .slice(0, doubles.indexOf(placed))
          .filter((other) => other.path !== placed.path && areApart(other, placed)),
        () => 'added',
      );
    }
    for (let slash = key.indexOf('/'); slash !== -1; slash = key.indexOf('/', slash + 1)) {
      const above = byKey.get(key.slice(0, slash)) ?? [];
      tell(
        above.filter((other) => areApart(other, placed)),
        ({ isLink }) => (isLink ? 'kind' : 'folder'),
      );
    }
    return conflicts;
  });
}

function placedByBase(base: ReadonlyMap<string, BaseStanding> | undefined): readonly Placed[] {
  return [...(base ?? [])].flatMap(([path, is]) => {
    const kind = is !== undefined && 'kind' in is ? is.kind : 'file';
    return is === undefined || kind === 'folder'
      ? []
      : [
          {
            path,
            side: { by: 'base' } as const,
            ancestors: new Set<TaskId>(),
            isLink: kind !== 'file',
          },
        ];
  });
}

function placedByTask({ task, changes, ancestors }: ForecastTask): readonly Placed[] {
  const side = { by: 'task', task } as const;
  return changes.flatMap(({ path, is }) =>
    is === undefined ? [] : [{ path, side, ancestors, isLink: false }],
  );
}

/** Neither is the other, nor made from what the other made. */
function areApart(one: Placed, other: Placed): boolean {
  if (one.side.by === 'base' || other.side.by === 'base') {
    return one.side.by !== other.side.by;
  }
  return (
    one.side.task !== other.side.task &&
    !one.ancestors.has(other.side.task) &&
    !other.ancestors.has(one.side.task)
  );
}

function between(
  one: Placed,
  other: Placed,
  kind: ConflictKind,
  orders: ReadonlyMap<string, number>,
): RunConflict {
  const place = ({ side }: Placed) => orders.get(sideKey(side)) ?? 0;
  const [first, second] = place(one) <= place(other) ? [one, other] : [other, one];
  return {
    path: second.path,
    kind,
    between: [first.side, second.side],
    ...(first.path === second.path ? {} : { beside: first.path }),
  };
}

function sideKey(side: MergeSide): string {
  return side.by === 'base' ? '' : side.task;
}

/** One form for the spellings that file systems take for one path. */
function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
