/** What one key had from an event on. */
interface Version<V> {
  readonly seq: number;
  /** Its place among the keys, in the order they came in; -1: it was taken away. */
  readonly place: number;
  readonly value: V | undefined;
}

/** Everything a map has been: any moment of it costs what was ever in it, whichever was asked for before. */
export class Versions<K, V> {
  readonly #keys = new Map<K, Version<V>[]>();
  #places = 0;

  /** @param seq not below that of an earlier call @param anew it was taken away in between, and stands last now */
  set(seq: number, key: K, value: V, anew = false): void {
    const versions = this.#versionsOf(key);
    const last = versions.at(-1);
    const stays = last !== undefined && last.place >= 0 && !anew;
    if (!stays || last.value !== value) {
      this.#put(versions, { seq, place: stays ? last.place : this.#places++, value });
    }
  }

  delete(seq: number, key: K): void {
    const versions = this.#keys.get(key);
    if (versions !== undefined && (versions.at(-1)?.place ?? -1) >= 0) {
      this.#put(versions, { seq, place: -1, value: undefined });
    }
  }

  /** What the key has now; `undefined`: it is not there. */
  latest(key: K): V | undefined {
    return this.#keys.get(key)?.at(-1)?.value;
  }

  /** The keys there are now. */
  *present(): Iterable<K> {
    for (const [key, versions] of this.#keys) {
      if ((versions.at(-1)?.place ?? -1) >= 0) {
        yield key;
      }
    }
  }

  /** The map as it was after that event, in the order of its keys then. */
  at(seq: number): Map<K, V> {
    const map = new Map<K, V>();
    let last = -1;
    for (const [key, versions] of this.#keys) {
      const version = versionAt(versions, seq);
      if (version !== undefined && version.place >= 0) {
        if (version.place < last) {
          return this.#sortedAt(seq);
        }
        last = version.place;
        map.set(key, version.value as V);
      }
    }
    return map;
  }

  /** Some key was taken away and came back: it stands behind keys that came in after it. */
  #sortedAt(seq: number): Map<K, V> {
    const found: [K, Version<V>][] = [];
    for (const [key, versions] of this.#keys) {
      const version = versionAt(versions, seq);
      if (version !== undefined && version.place >= 0) {
        found.push([key, version]);
      }
    }
    found.sort(([, a], [, b]) => a.place - b.place);
    return new Map(found.map(([key, { value }]) => [key, value as V]));
  }

  #put(versions: Version<V>[], next: Version<V>): void {
    if (versions.at(-1)?.seq === next.seq) {
      versions[versions.length - 1] = next;
    } else {
      versions.push(next);
    }
  }

  #versionsOf(key: K): Version<V>[] {
    let versions = this.#keys.get(key);
    if (versions === undefined) {
      versions = [];
      this.#keys.set(key, versions);
    }
    return versions;
  }
}

/** The last version from an event not after `seq`. */
function versionAt<V>(versions: readonly Version<V>[], seq: number): Version<V> | undefined {
  const last = versions.at(-1);
  if (last === undefined || last.seq <= seq) {
    return last;
  }
  let low = 0;
  let high = versions.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle]?.seq ?? 0) <= seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return versions[low - 1];
}

/** A map, a set, or what is written to as a set is. */
export interface Watchable<K> {
  has(key: K): boolean;
}

/** Keys that changed since they were last taken; true: the key is not where it was in the order. */
type Touched<K> = Map<K, boolean>;

/**
 * Notes each key that changes in a map or set that somebody else writes to. What is watched must be written to by
 * nobody but the program that watches it: its own methods are put in the place of those of its class.
 */
export function watch<K>(target: Watchable<K>): Touched<K> {
  const touched: Touched<K> = new Map();
  const note = (key: K, moves: boolean): void => {
    const moved = moves || touched.get(key) === true;
    if (moves) {
      touched.delete(key);
    }
    touched.set(key, moved);
  };
  const methods = target as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['set', 'add', 'delete'] as const) {
    const own = methods[name];
    if (own !== undefined) {
      methods[name] = (...args: unknown[]) => {
        const key = args[0] as K;
        const isThere = target.has(key);
        if (name !== 'delete' || isThere) {
          note(key, isThere === (name === 'delete'));
        }
        return own.apply(target, args);
      };
    }
  }
  const { clear } = methods;
  if (clear !== undefined) {
    methods['clear'] = () => {
      for (const key of (target as unknown as Map<K, unknown>).keys()) {
        note(key, true);
      }
      return clear.apply(target);
    };
  }
  return touched;
}
