import type { RunState } from '../../../src/core/domain/runState.ts';

/** All of a state, in a form that compares by content. */
export function snapshot({ frontier, tasks, landings, held, edits, ...rest }: RunState): unknown {
  const ids = (set: Iterable<unknown>) => [...set].map(String).sort();
  return structuredClone({
    ...rest,
    tasks: [...tasks],
    landings: [...landings].sort(([a], [b]) => (a < b ? -1 : 1)),
    held: [...held].sort(([a], [b]) => (a < b ? -1 : 1)),
    edits: [...edits],
    ready: ids(frontier.ready.longestFirst()),
    delayed: [...frontier.delayed].sort(([a], [b]) => (a < b ? -1 : 1)),
    sets: [
      frontier.undecided,
      frontier.dueGates,
      frontier.doomed,
      frontier.running,
      frontier.waiting,
      frontier.unknown,
      frontier.stopping,
      frontier.landable,
    ].map(ids),
    numbers: [frontier.unfinished, frontier.failed, frontier.workLeftMs],
  });
}
