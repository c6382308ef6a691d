import type { CallFailureKind, ModelRef } from '../../domain/call.ts';
import type { RunnerOutput } from '../../domain/runner.ts';

/** A wait up to this long happens where it is, in milliseconds; for a longer one the attempt is parked. */
export const IN_PLACE_MS = 1000;

export type Parked = Extract<RunnerOutput, { readonly kind: 'parked' }>;

/** @param until milliseconds since 1970 */
export function parkedFor(
  { provider, model }: ModelRef,
  because: CallFailureKind,
  until: number,
): Parked {
  const why = { kind: 'provider', provider, model, because } as const;
  return { kind: 'parked', until: Math.ceil(until), why };
}
