import {
  MOST_CHANGES,
  type Change,
  type Earlier,
  type Fingerprint,
  type KeyPart,
  type KeyPartName,
  type MissReason,
  type Same,
  type TracedRead,
} from '../../domain/cache.ts';
import type { TreeFile } from '../../domain/trace.ts';
import type { Note } from './keptShapes.ts';
import { howOf } from './traces.ts';

// Why a task runs, and what of its question is as before.

/** An answer to the same question that does not stand. */
export interface Fallen {
  readonly from: Earlier;
  readonly traced: readonly TracedRead[];
  /** One or more. */
  readonly changes: readonly Change[];
}

/** What is known of a question that nothing answers. */
export interface Unanswered {
  readonly fingerprint: Fingerprint;
  /** As of `spokenParts`. */
  readonly spoken: readonly KeyPart[];
  readonly inputs: InputsThenAndNow | undefined;
  /** Of the last question of the task. */
  readonly note: Note | undefined;
  /** Answers to the same question that do not stand, the newest first. */
  readonly fallen: readonly Fallen[];
  /** The newest that has stood its time. */
  readonly expired: { readonly from: Earlier; readonly ttlMs: number } | undefined;
  readonly wasDamaged: boolean;
}

export interface InputsThenAndNow {
  readonly globs: readonly string[] | undefined;
  readonly now: readonly TreeFile[];
  /** Paths with what tells their contents apart; `undefined`: not known any more. */
  readonly then: readonly (readonly [path: string, mark: string])[] | undefined;
}

/** Tells the contents of a file apart where nothing depends on it but a sentence. */
export function markOf({ digest }: TreeFile): string {
  return digest.slice(0, 16);
}

export function whyUnanswered({
  fingerprint,
  spoken,
  inputs,
  note,
  fallen,
  expired,
  wasDamaged,
}: Unanswered): MissReason {
  const nearest = nearestOf(fallen);
  const again = note?.key === fingerprint.key ? note : undefined;
  if (again?.unfit !== undefined && again.from.at >= (nearest?.from.at ?? 0)) {
    return { kind: 'unfit', than: again.from, why: again.unfit };
  }
  if (again !== undefined && wasDamaged && !fallen.some(({ from }) => isOf(from, again.from))) {
    return { kind: 'damaged', than: again.from };
  }
  if (nearest !== undefined) {
    const same = sameOf(fingerprint.parts, inputs?.now, nearest.traced, nearest.changes);
    return changedSince(nearest.from, nearest.changes, same);
  }
  if (expired !== undefined) {
    return { kind: 'expired', than: expired.from, ttlMs: expired.ttlMs };
  }
  if (again !== undefined) {
    return { kind: 'gone', than: again.from };
  }
  return note === undefined
    ? { kind: 'first' }
    : changedSinceNote(note, fingerprint, spoken, inputs);
}

/** The one that tells most: with the fewest changes, of these the newest. */
function nearestOf(fallen: readonly Fallen[]): Fallen | undefined {
  return fallen.reduce<Fallen | undefined>(
    (nearest, one) =>
      nearest === undefined || one.changes.length < nearest.changes.length ? one : nearest,
    undefined,
  );
}

function isOf(one: Earlier, other: Earlier): boolean {
  return one.run === other.run && one.task === other.task;
}

function changedSince(
  than: Earlier,
  changes: readonly Change[],
  same: readonly Same[],
): MissReason {
  return {
    kind: 'changed',
    than,
    changes: changes.slice(0, MOST_CHANGES),
    more: Math.max(0, changes.length - MOST_CHANGES),
    same,
  };
}

function changedSinceNote(
  note: Note,
  { parts }: Fingerprint,
  spoken: readonly KeyPart[],
  inputs: InputsThenAndNow | undefined,
): MissReason {
  const { changes: all, unchanged } = partChanges(note.parts, parts);
  const changes = whyPrompt(
    all.filter(({ what }) => what !== 'inputs' || inputs === undefined),
    partChanges(note.spoken, spoken).changes,
  ).sort((one, other) => rankOf(one) - rankOf(other));
  const haveFilesChanged = inputs !== undefined && !unchanged.some(({ what }) => what === 'inputs');
  const files = haveFilesChanged ? fileChanges(inputs) : undefined;
  changes.push(...(files?.changes ?? []));
  const same = sameOf(unchanged, haveFilesChanged ? undefined : inputs?.now, [], []);
  return changedSince(
    note.from,
    changes,
    files === undefined || files.unchanged === 0
      ? same
      : [...same, { what: 'files', count: files.unchanged }],
  );
}

function partChanges(
  then: readonly KeyPart[],
  parts: readonly KeyPart[],
): { readonly changes: readonly Change[]; readonly unchanged: readonly KeyPart[] } {
  const before = byIdentity(then);
  const now = byIdentity(parts);
  const changes: Change[] = [];
  const unchanged: KeyPart[] = [];
  for (const [identity, part] of now) {
    const how = howOf(before.get(identity)?.digest, part.digest);
    if (how === undefined) {
      unchanged.push(part);
    } else {
      changes.push({ what: part.what, name: part.name, how });
    }
  }
  for (const [identity, { what, name }] of before) {
    if (!now.has(identity)) {
      changes.push({ what, name, how: 'removed' });
    }
  }
  return { changes, unchanged };
}

/**
 * A prompt that is written as before and comes out otherwise holds what tasks before it gave: people are told which.
 * @param spoken what of the prompt as written, and of those tasks, has changed
 */
function whyPrompt(changes: readonly Change[], spoken: readonly Change[]): Change[] {
  const isWrittenAnew = spoken.some(({ what }) => what === 'prompt');
  if (isWrittenAnew || spoken.length === 0 || !changes.some(({ what }) => what === 'prompt')) {
    return [...changes];
  }
  const others = changes.filter(({ what }) => what !== 'prompt');
  const told = new Set(others.flatMap(({ what, name }) => (what === 'need' ? [name] : [])));
  return [...others, ...spoken.filter(({ name }) => !told.has(name))];
}

/** In the order of causes. */
function rankOf({ what }: Change): number {
  return ['agent', 'step', 'model', 'tools', 'need', 'prompt', 'environment', 'inputs'].indexOf(
    what,
  );
}

/** By what and which; of several of one name, by their order. */
function byIdentity(parts: readonly KeyPart[]): Map<string, KeyPart> {
  const found = new Map<string, KeyPart>();
  for (const part of parts) {
    let identity = JSON.stringify([part.what, part.name ?? null]);
    while (found.has(identity)) {
      identity += '+';
    }
    found.set(identity, part);
  }
  return found;
}

/** Which files are not as they were; where the list of then is gone, only that some are not. */
function fileChanges({ globs, now, then }: InputsThenAndNow): {
  readonly changes: readonly Change[];
  readonly unchanged: number;
} {
  if (then === undefined) {
    const name = globs?.join(', ');
    return { changes: [{ what: 'inputs', name, how: 'changed' }], unchanged: 0 };
  }
  const before = new Map(then);
  const after = new Map(now.map((file) => [file.path, markOf(file)]));
  const paths = [...new Set([...after.keys(), ...before.keys()])].sort();
  const changes = paths.flatMap((path): Change[] => {
    const how = howOf(before.get(path), after.get(path));
    return how === undefined ? [] : [{ what: 'file', name: path, how }];
  });
  return { changes, unchanged: paths.length - changes.length };
}

/**
 * Parts of one kind are told as one, with their number. Files are those that were read and those that count as inputs.
 * @param changes of what was read
 */
export function sameOf(
  parts: readonly KeyPart[],
  inputs: readonly TreeFile[] | undefined,
  traced: readonly TracedRead[],
  changes: readonly Change[],
): readonly Same[] {
  const counts = new Map<KeyPartName, number>();
  for (const { what } of parts) {
    // Of inputs people want the number of files.
    if (what !== 'inputs') {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  }
  const changed = changes.filter(({ what }) => what === 'file').length;
  const read = traced.filter(({ kind }) => kind === 'file').length;
  // Of a trace with too many changes nobody has counted what stayed the same.
  const unchanged = changes.length > MOST_CHANGES ? 0 : read - changed;
  const files = (inputs?.length ?? 0) + unchanged;
  const same: Same[] = [...counts].map(([what, count]) => ({ what, count }));
  return files === 0 ? same : [...same, { what: 'files', count: files }];
}
