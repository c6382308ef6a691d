import { err, type Result } from '../base/result.ts';
import type { Failure } from '../domain/failure.ts';
import { collectEvidence, unignored, type Evidence } from './attempt.ts';
import type { AttemptInput } from './inputs.ts';
import type { CopyPort, DriverParts } from './parts.ts';
import { prepare } from './preparing.ts';
import { changeFailure } from './result.ts';

/**
 * What shows that an attempt did its work which nobody saw the end of: the same that it would have been asked for at
 * its end. Rejects as `prepare` and the copy's disk do.
 */
export async function evidenceLeft(
  input: Omit<AttemptInput, 'attempt' | 'continues'>,
  copy: CopyPort,
  parts: DriverParts,
): Promise<Result<Evidence, Failure>> {
  const prepared = await prepare(input, parts);
  if (!prepared.ok) {
    return prepared;
  }
  const { bounds } = prepared.value;
  const { signal } = new AbortController();
  const changes = await changesLeft(copy, bounds !== undefined, signal);
  const changed = changes && (await unignored(changes, { copy, parts }, signal));
  const wrong = changed && changeFailure(changed, bounds, input.task.owns ?? []);
  if (wrong !== undefined) {
    return err(wrong);
  }
  const { step } = input;
  const keep = (file: string) => parts.blobs.copy(file);
  return await collectEvidence({ copy, bounds, step, parts, changes: changed }, keep);
}

async function changesLeft(copy: CopyPort, isBound: boolean, signal: AbortSignal) {
  const changes = isBound ? await copy.watchChanges('recall', signal) : undefined;
  return await changes?.();
}
