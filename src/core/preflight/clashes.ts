import { globCovers, globFault, globsOverlap, parseGlob, type Glob } from '../base/glob.ts';
import type { TaskId } from '../domain/ids.ts';
import type { Clash } from './report.ts';

/** A task whose step says which paths are its own. */
export interface Owner {
  readonly task: TaskId;
  readonly step: string;
  /** The step's place among the steps. */
  readonly index: number;
  /** Globs that can be read. */
  readonly owns: readonly string[];
  readonly never: readonly string[];
}

export interface Clashes {
  readonly list: readonly Clash[];
  /** Pairs that were found beyond `MOST`. */
  readonly more: number;
  /** Too many to be compared: there may be further ones. */
  readonly isCut: boolean;
}

/** Pairs of steps that are named; people read the first. */
const MOST = 100;
/** Pairs of globs that are looked at: some tenths of a second. */
const MOST_LOOKS = 1_000_000;

interface Owned {
  readonly owner: Owner;
  readonly glob: Glob;
}

/** Globs by what stands before their first wildcard. */
interface Folder {
  readonly owned: Owned[];
  readonly folders: Map<string, Folder>;
}

/**
 * Pairs of steps with tasks that may change the same path at the same time. Globs are compared only where what
 * stands before the first wildcard of the one begins that of the other: no others can share a path.
 */
export function clashesOf(
  owners: readonly Owner[],
  areApart: (one: TaskId, other: TaskId) => boolean,
): Clashes {
  const root: Folder = { owned: [], folders: new Map() };
  const overlap = remembered();
  const seen = new Set<string>();
  const list: Clash[] = [];
  let more = 0;
  let looks = 0;
  const meet = (first: Owned, second: Owned) => {
    const [one, other] = first.owner.index < second.owner.index ? [first, second] : [second, first];
    const pair = `${one.owner.index} ${other.owner.index}`;
    looks += 1;
    if (
      looks > MOST_LOOKS ||
      one.owner.index === other.owner.index ||
      seen.has(pair) ||
      areApart(one.owner.task, other.owner.task) ||
      keepsOut(one.owner, other.glob) ||
      keepsOut(other.owner, one.glob) ||
      !overlap(one.glob, other.glob)
    ) {
      return;
    }
    seen.add(pair);
    if (list.length < MOST) {
      list.push({
        steps: [one.owner.step, other.owner.step],
        globs: [one.glob.text, other.glob.text],
      });
    } else {
      more += 1;
    }
  };

  // Shorter ones first: each then meets all that stand on its way down, and none twice.
  const all = owners
    .flatMap((owner) =>
      owner.owns
        .filter((text) => globFault(text) === undefined)
        .map((text) => ({ owner, glob: parseGlob(text), names: plainNames(text) })),
    )
    .toSorted((a, b) => a.names.length - b.names.length);
  for (const one of all) {
    let at = root;
    const meetAll = (folder: Folder) => {
      for (const other of looks > MOST_LOOKS ? [] : folder.owned) {
        meet(one, other);
      }
    };
    meetAll(at);
    for (const name of one.names) {
      const next = at.folders.get(name) ?? { owned: [], folders: new Map<string, Folder>() };
      at.folders.set(name, next);
      at = next;
      meetAll(at);
    }
    at.owned.push(one);
  }
  return { list, more, isCut: looks > MOST_LOOKS };
}

/** True where the owner must not change anything that the glob can match. */
function keepsOut({ never }: Owner, { text }: Glob): boolean {
  const folder = plainNames(text).join('/');
  return (
    folder !== '' &&
    never.some((glob) => globFault(glob) === undefined && globCovers(parseGlob(glob), folder))
  );
}

function plainNames(text: string): string[] {
  const names = text.split('/').filter((name) => name !== '');
  const wild = names.findIndex((name) => /[*?[\]{}]/.test(name));
  return wild === -1 ? names : names.slice(0, wild);
}

/** Many steps own the same few globs. */
function remembered(): typeof globsOverlap {
  const known = new Map<string, boolean>();
  return (a, b) => {
    if (a.text === b.text) {
      return true;
    }
    const key = JSON.stringify([a.text, b.text]);
    const overlap = known.get(key) ?? globsOverlap(a, b);
    known.set(key, overlap);
    return overlap;
  };
}
