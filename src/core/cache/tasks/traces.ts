import type { Digest } from '../../base/digest.ts';
import { unreachable } from '../../base/exhaustive.ts';
import { MOST_CHANGES, type Change, type TracedRead } from '../../domain/cache.ts';
import type { Read, TreeFile, TreeView } from '../../domain/trace.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { digestOfFilesInSlices } from './fileLists.ts';

// Verifying traces: a result stands while every look that led to it would show the same again. First what a look was
// about is compared; only where that differs is the look itself made again.

/** Looks compared at a time. */
const BATCH = 256;
/** Bytes of a trace as JSON: several answers to one question are kept together. */
const LONGEST_TRACE = 384 * 1024;

type Asked = Extract<Read, { kind: 'asked' }>;

/** What the looks of an attempt showed, told by the tree it began with. */
export async function traceReads(reads: readonly Read[], view: TreeView): Promise<TracedRead[]> {
  const looks = rememberingLooks(view);
  const traced: TracedRead[] = [];
  for (let start = 0; start < reads.length; start += BATCH) {
    const batch = reads.slice(start, start + BATCH);
    traced.push(...(await Promise.all(batch.map((read) => trace(read, looks)))));
  }
  return traced;
}

/** The trace, or, where it is too long to be kept, one that stands only while no file at all has changed. */
export async function boundedTrace(
  traced: readonly TracedRead[],
  view: TreeView,
): Promise<readonly TracedRead[]> {
  return Buffer.byteLength(JSON.stringify(traced)) <= LONGEST_TRACE
    ? traced
    : [
        { kind: 'tree', digest: await scopeOf(view, '') },
        ...traced.filter(({ kind }) => kind === 'web'),
      ];
}

async function trace(read: Read, view: TreeView): Promise<TracedRead> {
  switch (read.kind) {
    case 'file':
      return { kind: 'file', path: read.path, digest: (await view.digest(read.path)) ?? null };
    case 'asked':
      return { ...read, scope: await scopeOf(view, read.within) };
    case 'tree':
      return { kind: 'tree', digest: await scopeOf(view, '') };
    case 'web':
      return read;
    default:
      return unreachable(read);
  }
}

/**
 * What the looks would show otherwise in this tree; none: the result stands. At most `MOST_CHANGES` and one more: what
 * comes after is not looked at.
 */
export async function whatChanged(
  traced: readonly TracedRead[],
  view: TreeView,
): Promise<Change[]> {
  const looks = rememberingLooks(view);
  const changes: Change[] = [];
  for (let start = 0; start < traced.length && changes.length <= MOST_CHANGES; start += BATCH) {
    const batch = traced.slice(start, start + BATCH);
    for (const change of await Promise.all(batch.map((read) => changeOf(read, looks)))) {
      if (change !== undefined) {
        changes.push(change);
      }
    }
  }
  return changes.slice(0, MOST_CHANGES + 1);
}

async function changeOf(read: TracedRead, view: TreeView): Promise<Change | undefined> {
  switch (read.kind) {
    case 'file': {
      const how = howOf(read.digest ?? undefined, await view.digest(read.path));
      return how && { what: 'file', name: read.path, how };
    }
    case 'asked': {
      if ((await scopeOf(view, read.within)) === read.scope) {
        return undefined;
      }
      const { kind, tool, input, within, found } = read;
      const again = await view.askAgain({ kind, tool, input, within, found });
      return again === found
        ? undefined
        : { what: tool, name: wordsOf(input) ?? (within || undefined), how: 'changed' };
    }
    case 'tree':
      return (await scopeOf(view, '')) === read.digest
        ? undefined
        : { what: 'tree', name: undefined, how: 'changed' };
    case 'web':
      return undefined;
    default:
      return unreachable(read);
  }
}

/** How what is there now differs from what was there; `undefined`: it does not. */
export function howOf(
  before: string | undefined,
  now: string | undefined,
): Change['how'] | undefined {
  return before === now
    ? undefined
    : before === undefined
      ? 'added'
      : now === undefined
        ? 'removed'
        : 'changed';
}

/** What was searched for, or the files that were listed. */
function wordsOf(input: JsonValue): string | undefined {
  const fields = Object.entries(typeof input === 'object' && input !== null ? input : {});
  const words = ['pattern', 'glob', 'path'].flatMap((name) =>
    fields.filter(([field, value]) => field === name && typeof value === 'string'),
  );
  return words[0]?.[1] as string | undefined;
}

async function scopeOf(view: TreeView, within: string): Promise<Digest> {
  return await digestOfFilesInSlices(await view.within(within));
}

/** The same view; what takes long is asked of it once, however many looks were like it. */
export function rememberingLooks(view: TreeView): TreeView {
  if (remembering.has(view)) {
    return view;
  }
  const folders = new Map<string, Promise<readonly TreeFile[]>>();
  const answers = new Map<string, Promise<Digest | undefined>>();
  const looks: TreeView = {
    digest: (path) => view.digest(path),
    like: (globs) => view.like(globs),
    within: (path) => kept(folders, path, () => view.within(path)),
    askAgain: (read) => kept(answers, nameOf(read), () => view.askAgain(read)),
  };
  remembering.add(looks);
  return looks;
}

const remembering = new WeakSet<TreeView>();

function nameOf({ tool, input, within }: Asked): string {
  return JSON.stringify([tool, input, within]);
}

function kept<T>(known: Map<string, Promise<T>>, name: string, ask: () => Promise<T>): Promise<T> {
  const earlier = known.get(name);
  if (earlier !== undefined) {
    return earlier;
  }
  const answer = ask();
  known.set(name, answer);
  return answer;
}
