import type { TaskId } from '../domain/ids.ts';
import type { Graph } from '../graph/graph.ts';

const BITS = 32;

/** Which steps wait for each other in all their tasks. */
export interface Apart {
  /** True where one of the tasks needs the other, directly or not. */
  areApart(one: TaskId, other: TaskId): boolean;
  /** Of each step those none of whose tasks ever run beside one of its own: in ascending order, as ranges with both ends. */
  readonly ranges: readonly (readonly (readonly [number, number])[])[];
}

/**
 * Looks at every pair of tasks, 32 at a time: tasks times needs / 32.
 * @param steps the tasks of each step; every task of the graph is in one of them
 */
export function apartOf(graph: Graph<TaskId>, steps: readonly (readonly TaskId[])[]): Apart {
  const tasks = steps.flat();
  const places = new Map(tasks.map((id, place) => [id, place]));
  const placesOf = (ids: readonly TaskId[]) => ids.map((id) => places.get(id) ?? 0);
  const words = Math.ceil(tasks.length / BITS);
  const related = closure(words, graph.forwards, places, (id) => placesOf(graph.needs(id)));
  const behind = closure(words, graph.forwards.toReversed(), places, (id) =>
    placesOf(graph.dependents(id)),
  );
  for (let at = 0; at < related.length; at += 1) {
    related[at] = (related[at] ?? 0) | (behind[at] ?? 0);
  }

  const firsts: number[] = [];
  let count = 0;
  for (const step of steps) {
    firsts.push(count);
    count += step.length;
  }
  const apart = steps.map((step, index) => {
    // Tasks that some task of the step may run beside.
    const beside = new Uint32Array(words);
    const from = firsts[index] ?? 0;
    for (let task = from; task < from + step.length; task += 1) {
      for (let word = 0; word < words; word += 1) {
        beside[word] = (beside[word] ?? 0) | ~(related[task * words + word] ?? 0);
      }
    }
    const line = new Uint8Array(steps.length);
    for (let other = 0; other < steps.length; other += 1) {
      const start = firsts[other] ?? 0;
      const end = firsts[other + 1] ?? count;
      line[other] = other === index || hasBit(beside, start, end) ? 0 : 1;
    }
    return line;
  });
  return {
    areApart: (one, other) => {
      const at = places.get(other) ?? 0;
      const word = related[(places.get(one) ?? 0) * words + Math.floor(at / BITS)] ?? 0;
      return ((word >>> (at % BITS)) & 1) === 1;
    },
    ranges: apart.map(rangesIn),
  };
}

/** For each task a row of bits: the tasks it needs, directly or not. @param order each behind what it needs */
function closure(
  words: number,
  order: readonly TaskId[],
  places: ReadonlyMap<TaskId, number>,
  needsOf: (id: TaskId) => readonly number[],
): Uint32Array {
  const bits = new Uint32Array(order.length * words);
  for (const id of order) {
    const row = (places.get(id) ?? 0) * words;
    for (const need of needsOf(id)) {
      for (let word = 0; word < words; word += 1) {
        bits[row + word] = (bits[row + word] ?? 0) | (bits[need * words + word] ?? 0);
      }
      const at = row + Math.floor(need / BITS);
      bits[at] = (bits[at] ?? 0) | (1 << (need % BITS));
    }
  }
  return bits;
}

function hasBit(bits: Uint32Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if ((((bits[Math.floor(at / BITS)] ?? 0) >>> (at % BITS)) & 1) === 1) {
      return true;
    }
  }
  return false;
}

function rangesIn(line: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let from = line.indexOf(1); from !== -1;) {
    const next = line.indexOf(0, from);
    const to = next === -1 ? line.length : next;
    ranges.push([from, to - 1]);
    from = line.indexOf(1, to);
  }
  return ranges;
}
