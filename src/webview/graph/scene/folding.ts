import type { Family } from './families.ts';
import { CLOSED, type Folds, type SceneTask } from './scene.ts';

/** Lanes of a step that are shown one by one in a graph that is not large. */
const FEW_LANES = 4;
/** A graph of more tasks is large: every step with lanes is folded. */
const LARGE = 60;
/** Items that are laid out, as far as folding can bring that about. */
export const MOST_ITEMS = 300;
/** Cards of lanes that one family may open to; the rest is counted, and reached in turns. */
const MOST_LANE_CARDS = 200;

/** What is closed and what is open. A person's word counts; else the size of the graph decides. */
export interface Folding {
  /** The window of lanes that is shown; `undefined`: the family is closed. */
  lanesOf(family: Family): LaneWindow | undefined;
  isClosed(groupKey: string): boolean;
}

export interface LaneWindow {
  readonly shown: ReadonlySet<string>;
  /** Where the next window begins. */
  readonly next: number;
}

export function groupKey(path: readonly string[]): string {
  return `group:${JSON.stringify(path)}`;
}

export function foldingOf(
  tasks: readonly SceneTask[],
  families: ReadonlyMap<string, Family>,
  folds: Folds,
): Folding {
  const isLarge = tasks.length > LARGE;
  const windows = new Map<string, LaneWindow | undefined>();
  for (const family of families.values()) {
    const count = family.labels.length;
    const wanted = folds.get(family.key);
    const isClosed = wanted === undefined ? isLarge || count > FEW_LANES : wanted === CLOSED;
    // One lane alone is no card less when it is folded.
    windows.set(
      family.key,
      count > 1 && isClosed ? undefined : windowOf(family, wanted === undefined ? 0 : wanted),
    );
  }
  const lanesOf = (family: Family): LaneWindow | undefined => windows.get(family.key);
  const closed = closedGroups(tasks, families, lanesOf, folds);
  return { lanesOf, isClosed: (key) => closed.has(key) };
}

function windowOf(family: Family, from: number): LaneWindow {
  const room = Math.max(1, Math.floor(MOST_LANE_CARDS / family.steps.length));
  const { labels } = family;
  const first = from < labels.length && from > 0 ? from : 0;
  const shown = new Set(labels.slice(first, first + room));
  const end = first + room;
  return { shown, next: end < labels.length ? end : 0 };
}

/** Where the window begins that shows a lane. */
export function windowWith(family: Family, label: string): number {
  const room = Math.max(1, Math.floor(MOST_LANE_CARDS / family.steps.length));
  return Math.floor(Math.max(0, family.labels.indexOf(label)) / room) * room;
}

/** Those a person closed, and while there are too many items, the largest outermost ones nobody opened. */
function closedGroups(
  tasks: readonly SceneTask[],
  families: ReadonlyMap<string, Family>,
  lanesOf: (family: Family) => LaneWindow | undefined,
  folds: Folds,
): ReadonlySet<string> {
  const closed = new Set([...folds].flatMap(([key, from]) => (from === CLOSED ? key : [])));
  const items = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const { id, lane, groups } of tasks) {
    const family = lane === undefined ? undefined : families.get(lane.step);
    const window = family === undefined ? undefined : lanesOf(family);
    const isShown = lane === undefined || window?.shown.has(lane.label) === true;
    const item = isShown ? id : `fold:${lane.step}`;
    all.add(item);
    const [outermost] = groups;
    if (outermost !== undefined) {
      const key = groupKey([outermost]);
      items.set(key, (items.get(key) ?? new Set()).add(item));
    }
  }
  let count = all.size;
  for (const [key, members] of items) {
    count -= closed.has(key) ? members.size - 1 : 0;
  }
  const candidates = [...items]
    .filter(([key, members]) => !folds.has(key) && members.size > 1)
    .sort(([, a], [, b]) => b.size - a.size);
  for (const [key, members] of candidates) {
    if (count <= MOST_ITEMS) {
      break;
    }
    closed.add(key);
    count -= members.size - 1;
  }
  return closed;
}
