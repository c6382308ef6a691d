import { err, ok, type Result } from '../base/result.ts';
import { protectedPath } from '../domain/protectedPaths.ts';
import type { Artifact, BlobRef, FileVersion, RemovedFile } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import type { AgentStep } from '../domain/workflow.ts';
import { isOwned, outOfBounds, type Bounds } from './bounds.ts';
import type { CopyChange, CopyPort, DriverParts } from './parts.ts';

/** What a task did to the files of its copy, as far as it counts. */
export interface MadeFiles {
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
}

interface ResultParts {
  readonly copy: CopyPort;
  readonly step: AgentStep;
  /** `undefined`: it may change anything, and what it declared alone is its result. */
  readonly bounds: Bounds | undefined;
  /** What Git does not ignore; `undefined`: nobody looked. */
  readonly changes: readonly CopyChange[] | undefined;
  readonly parts: Pick<DriverParts, 'blobs' | 'productProblems'>;
  readonly keep: (file: string) => Promise<BlobRef>;
}

/**
 * What of the changes must not be, as a failure: paths that are not the task's, and what is no plain file.
 * @param owns as they were planned: what an agent printed grants nothing that is protected
 */
export function changeFailure(
  changes: readonly CopyChange[],
  bounds: Bounds | undefined,
  owns: readonly string[],
): Failure | undefined {
  if (bounds === undefined) {
    return undefined;
  }
  const outside = outOfBounds(
    changes.map(({ path }) => path),
    bounds,
  );
  if (outside !== undefined || bounds.owns === undefined) {
    return outside;
  }
  for (const { path } of changes) {
    const name = protectedPath(path, owns);
    if (name !== undefined) {
      const message = `"${path}" is protected (${name}): no task may change it unless owns names it`;
      return { reason: 'landing', message };
    }
  }
  const odd = changes.find(({ kind, how }) => kind !== 'file' && how !== 'removed');
  return odd === undefined
    ? undefined
    : {
        reason: 'landing',
        message: `"${odd.path}" is ${KINDS[odd.kind]}, and only plain files become results`,
      };
}

const KINDS = { file: 'a file', link: 'a link', folder: 'a folder', other: 'no file' } as const;

/** The declared files, as they must be, and all that was changed of what is the task's own. */
export async function madeFiles(work: ResultParts): Promise<Result<MadeFiles, Failure>> {
  const { copy, step, bounds, changes = [] } = work;
  const owned =
    bounds?.owns === undefined ? [] : changes.filter(({ path }) => isOwned(path, bounds));
  const declared = step.produces.map(({ path }) => path);
  const changed = owned.flatMap(({ path, how }) => (how === 'removed' ? [] : [path]));
  const { found, missing } = await copy.collect([...new Set([...declared, ...changed])]);
  if (missing.length > 0) {
    return err({ reason: 'not-produced', paths: missing });
  }
  const before = new Map(changes.map(({ path, was }) => [path, was]));
  const artifacts: Artifact[] = [];
  for (const { path, absolute, executable } of found) {
    const was = await versionOf(before.get(path) ?? (await copy.versionBefore(path)), work);
    const ref = await work.keep(absolute);
    const unfit = await productFailure(path, ref, work);
    if (unfit !== undefined) {
      return err(unfit);
    }
    artifacts.push({ path, executable, ...ref, ...(was && { was }) });
  }
  const removed: RemovedFile[] = [];
  for (const { path, how, was } of owned) {
    const version = how === 'removed' ? await versionOf(was, work) : undefined;
    if (version !== undefined) {
      removed.push({ path, was: version });
    }
  }
  return ok({ artifacts, removed });
}

async function productFailure(
  path: string,
  ref: BlobRef,
  { step, parts }: ResultParts,
): Promise<Failure | undefined> {
  const schema = step.produces.find((product) => product.path === path)?.schema;
  if (schema === undefined) {
    return undefined;
  }
  const problems = await parts.productProblems(schema, await parts.blobs.read(ref.digest));
  return problems.length > 0 ? { reason: 'bad-product', path, problems } : undefined;
}

async function versionOf(
  was: CopyChange['was'],
  { parts }: ResultParts,
): Promise<FileVersion | undefined> {
  if (was === undefined) {
    return undefined;
  }
  const { executable } = was;
  return 'file' in was
    ? { ...(await parts.blobs.copy(was.file)), executable }
    : { digest: was.blob, bytes: was.bytes, executable };
}
