import type { FileVersion } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { ConflictKind, FileChange, ForecastConflict, MergeSide } from '../domain/merge.ts';
import type { BaseStanding } from './forecast.ts';
import type { PathMerges } from './forecastMerges.ts';

/** Tasks of which each is compared with each other. */
export const MOST_PAIRED = 16;

/** What a task did to the path. */
export interface Touch {
  readonly task: TaskId;
  readonly ancestors: ReadonlySet<TaskId>;
  readonly change: FileChange;
}

export interface PathForecast {
  readonly conflicts: readonly ForecastConflict[];
  /** Sides that do not simply build on each other. */
  readonly sides: number;
  /** False: there was too much to merge, and there may be other conflicts. */
  readonly isWhole: boolean;
}

/**
 * @param touches in the order they would be merged
 * @param base what the base has there now; `undefined`: what it had
 */
export async function conflictsAtPath(
  path: string,
  touches: readonly Touch[],
  base: { readonly is: BaseStanding } | undefined,
  merge: PathMerges,
): Promise<PathForecast> {
  const lines = linesOf(touches);
  const conflicts: ForecastConflict[] = [];
  const tell = (kind: ConflictKind, one: MergeSide, other: MergeSide) => {
    conflicts.push({ path, kind, between: [one, other] });
  };
  const ends = lines.filter((line) => lines.every(({ before }) => before !== line)).length;
  const sides = ends + (base === undefined ? 0 : 1);
  const withBase = base === undefined || (await againstBase(lines, base.is, merge, tell));
  const withOthers =
    withBase &&
    (touches.length <= MOST_PAIRED
      ? await inPairs(lines, merge, tell)
      : await inARow(lines, merge, tell));
  return { conflicts, sides, isWhole: withOthers };
}

type Tell = (kind: ConflictKind, one: MergeSide, other: MergeSide) => void;

/** A touch, and the one it began with: what that made is what this one changed. */
interface Line {
  readonly touch: Touch;
  readonly before: Line | undefined;
}

function linesOf(touches: readonly Touch[]): readonly Line[] {
  const lines: Line[] = [];
  for (const touch of touches) {
    const before = lines.findLast(
      (earlier) =>
        touch.ancestors.has(earlier.touch.task) &&
        isSame(earlier.touch.change.is, touch.change.was),
    );
    lines.push({ touch, before });
  }
  return lines;
}

/** All it builds on, itself first. */
function* wayBack(line: Line): Generator<Line> {
  for (let at: Line | undefined = line; at !== undefined; at = at.before) {
    yield at;
  }
}

/** What stood there when the first of its line began. */
function originOf(line: Line): FileVersion | undefined {
  return [...wayBack(line)].at(-1)?.touch.change.was;
}

function sideOf({ touch }: Line): MergeSide {
  return { by: 'task', task: touch.task };
}

/** @returns false when there was too much to merge */
async function againstBase(
  lines: readonly Line[],
  base: BaseStanding,
  merge: PathMerges,
  tell: Tell,
): Promise<boolean> {
  for (const line of lines) {
    const { is } = line.touch.change;
    if (base !== undefined && 'kind' in base) {
      if (base.kind === 'folder' ? is !== undefined : true) {
        tell(base.kind === 'folder' ? 'folder' : 'kind', { by: 'base' }, sideOf(line));
      }
      continue;
    }
    const merged = await merge(originOf(line), base, is);
    if (merged === undefined) {
      return false;
    }
    if (merged.kind === 'conflict') {
      tell(merged.conflict, { by: 'base' }, sideOf(line));
    }
  }
  return true;
}

async function inPairs(lines: readonly Line[], merge: PathMerges, tell: Tell): Promise<boolean> {
  for (const [at, line] of lines.entries()) {
    const own = new Set(wayBack(line));
    for (const earlier of lines.slice(0, at)) {
      if (own.has(earlier)) {
        continue;
      }
      const shared = [...wayBack(earlier)].find((each) => own.has(each));
      const was = shared === undefined ? originOf(line) : shared.touch.change.is;
      const merged = await merge(was, earlier.touch.change.is, line.touch.change.is);
      if (merged === undefined) {
        return false;
      }
      if (merged.kind === 'conflict') {
        tell(merged.conflict, sideOf(earlier), sideOf(line));
      }
    }
  }
  return true;
}

/** Each over what came of those before it; who first stood in the way of one that does not fit is sought by halving. */
async function inARow(lines: readonly Line[], merge: PathMerges, tell: Tell): Promise<boolean> {
  const [first] = lines;
  if (first === undefined) {
    return true;
  }
  /** What there was after each that fitted. */
  const fitted: { readonly line: Line; readonly is: FileVersion | undefined }[] = [];
  let ours = originOf(first);
  for (const line of lines) {
    const { was, is } = line.touch.change;
    const merged = await merge(was, ours, is);
    if (merged === undefined) {
      return false;
    }
    if (merged.kind === 'clean') {
      ours = merged.version;
      fitted.push({ line, is: ours });
      continue;
    }
    let [fits, fails] = [-1, fitted.length - 1];
    let kind = merged.conflict;
    while (fails - fits > 1) {
      const middle = (fits + fails) >> 1;
      const tried = await merge(was, fitted[middle]?.is, is);
      if (tried === undefined) {
        return false;
      }
      if (tried.kind === 'clean') {
        fits = middle;
      } else {
        fails = middle;
        kind = tried.conflict;
      }
    }
    const other = fitted[fails];
    if (other !== undefined) {
      tell(kind, sideOf(other.line), sideOf(line));
    }
  }
  return true;
}

function isSame(one: FileVersion | undefined, other: FileVersion | undefined): boolean {
  return one?.digest === other?.digest && one?.executable === other?.executable;
}
