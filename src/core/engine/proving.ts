import { writeFile } from 'node:fs/promises';
import { ok, type Result } from '../base/result.ts';
import type { Mending, UnprovedWork } from '../domain/debugging.ts';
import type { BlobRef } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { TaskId } from '../domain/ids.ts';
import { protectedPath } from '../domain/protectedPaths.ts';
import type { RunnerOutput } from '../domain/runner.ts';
import { chainOf } from '../journal/fixedPlan.ts';
import { isOwned, type Bounds } from './bounds.ts';
import { laidFile, madeBy, type AttemptInput, type Laid } from './inputs.ts';
import type { CopyChange, CopyPort, DriverParts } from './parts.ts';
import { madeFiles, type MadeFiles } from './result.ts';

// A task that was mended is proved: what it made and what its fixes changed lies in a fresh copy, and its checks judge
// that. Its agent is not asked again, unless it is a command, which is a check itself.

export interface Proof {
  readonly mending: Mending;
  /** The fixes whose work is proved, the first of them first. */
  readonly chain: readonly TaskId[];
  /** The check that failed by chance, as one line. */
  readonly doubted: string | undefined;
}

/** What an attempt is to prove; `undefined`: it is one like any other. */
export function proofOf({
  plan,
  state,
  task,
}: Pick<AttemptInput, 'plan' | 'state' | 'task'>): Proof | undefined {
  const mending = state.mending.get(task.id);
  const last = mending?.fixes.at(-1);
  const fixes = plan.fixes ?? [];
  const fix = fixes.find(({ id }) => id === last?.fix);
  if (mending === undefined || last === undefined || fix === undefined) {
    return undefined;
  }
  const failure = mending.faults[last.fault]?.failure;
  const isByChance = fix.fault === 'flaky_test' && failure?.reason === 'check-failed';
  return {
    mending,
    chain: [...chainOf(fix, fixes), fix.id],
    doubted: isByChance ? failure.command : undefined,
  };
}

/** Puts what is proved into the copy. */
export async function layProof(
  { chain }: Proof,
  input: Pick<AttemptInput, 'state' | 'task'>,
  copy: CopyPort,
  parts: Pick<DriverParts, 'mergeFiles'>,
): Promise<Result<ReadonlyMap<string, Laid>, Failure>> {
  const made = await madeBy([input.task.id, ...chain], input, parts);
  if (made.ok && made.value.size > 0) {
    await copy.layIn([...made.value].map(laidFile));
  }
  return made;
}

/** What the agent said stands; it is not asked again. */
export async function recallOutput(
  { mending: { made } }: Proof,
  copy: CopyPort,
  { blobs }: Pick<DriverParts, 'blobs'>,
): Promise<Result<RunnerOutput, Failure>> {
  await writeFile(copy.outputFile, made === undefined ? '' : await blobs.read(made.output.digest));
  return ok({ kind: 'done', exitCode: 0 });
}

/** The result of a task that was mended: what was carried into the proof, and what the proof itself made. */
export function withProved(made: MadeFiles, carried: ReadonlyMap<string, Laid>): MadeFiles {
  const artifacts = new Map(made.artifacts.map((file) => [file.path, file]));
  const removed = new Map(made.removed.map((file) => [file.path, file]));
  for (const [path, { is, was }] of carried) {
    const later = artifacts.get(path);
    if (later !== undefined) {
      const { was: _was, ...file } = later;
      artifacts.set(path, { ...file, ...(was && { was }) });
    } else if (removed.has(path) || is === undefined) {
      removed.delete(path);
      if (was !== undefined) {
        removed.set(path, { path, was });
      }
    } else {
      const { digest, bytes, executable } = is;
      artifacts.set(path, { path, digest, bytes, executable, ...(was && { was }) });
    }
  }
  return { artifacts: [...artifacts.values()], removed: [...removed.values()] };
}

interface Failed extends Pick<AttemptInput, 'step' | 'task'> {
  readonly copy: CopyPort;
  readonly bounds: Bounds | undefined;
  readonly parts: Pick<DriverParts, 'blobs' | 'productProblems'>;
}

/**
 * What an attempt that failed has made, as far as it may be gone on from.
 * @param changes what is not as the attempt found it; `undefined`: nobody looked
 */
export async function unprovedWork(
  { step, task, copy, bounds, parts }: Failed,
  changes: readonly CopyChange[] | undefined,
): Promise<UnprovedWork | undefined> {
  const keep = (file: string) => parts.blobs.copy(file);
  const own = (changes ?? []).filter(
    ({ path, kind, how }) =>
      (kind === 'file' || how === 'removed') &&
      bounds !== undefined &&
      isOwned(path, bounds) &&
      protectedPath(path, task.owns ?? []) === undefined,
  );
  const declared = await copy.collect(step.produces.map(({ path }) => path));
  const produces = declared.found.map(({ path }) => ({ path, schema: undefined }));
  const made = await madeFiles({
    ...{ copy, bounds, parts, keep, changes: own },
    step: { ...step, produces },
  });
  if (!made.ok) {
    return undefined;
  }
  const output = await keptOrNothing(copy.outputFile, keep, parts);
  return { output, ...made.value };
}

async function keptOrNothing(
  file: string,
  keep: (file: string) => Promise<BlobRef>,
  { blobs }: Pick<DriverParts, 'blobs'>,
): Promise<BlobRef> {
  try {
    return await keep(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return await blobs.put(new Uint8Array());
    }
    throw thrown;
  }
}
