import path from 'node:path';
import type { Digest } from './base/digest.ts';
import type { Log } from './base/log.ts';
import type { CheckoutState } from './domain/checkout.ts';
import type { PlannedLook } from './domain/workflow.ts';
import type { CheckoutPort } from './engine/parts.ts';
import { checkoutChanges, lookAtCheckout, type CheckoutParts } from './git/checkoutState.ts';
import type { BlobStore } from './journal/blobs.ts';
import type { Place } from './place.ts';
import type { Ports } from './ports.ts';

interface LooksParts {
  readonly checkout: CheckoutParts;
  /** Before the run began. */
  readonly planned: PlannedLook;
  /** Milliseconds since 1970: since then what the user saves is the user's own doing. */
  readonly since: number;
  readonly savedSince: Ports['savedSince'];
  readonly blobs: Pick<BlobStore, 'put' | 'read'>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The checkout before a run does anything; `undefined`: there is none, or it could not be looked. */
export async function firstLook(
  { checkout }: Pick<Place, 'checkout'>,
  log: Log,
  signal: AbortSignal,
): Promise<CheckoutState | undefined> {
  if (checkout === undefined) {
    return undefined;
  }
  const looked = await lookAtCheckout(checkout, signal);
  if (!looked.ok) {
    log.warn(
      `The checkout could not be looked at, so it is not proved to be untouched: ${looked.error.message}`,
    );
  }
  return looked.ok ? looked.value : undefined;
}

/** Looks at the user's checkout for one run; each state is kept, so that a later program can compare with it. */
export function checkoutLooks(parts: LooksParts): CheckoutPort {
  const { checkout, planned, since, savedSince, blobs, log, signal } = parts;
  const stateOf = async (digest: Digest | undefined): Promise<CheckoutState> =>
    digest === undefined
      ? planned.state
      : (JSON.parse(Buffer.from(await blobs.read(digest)).toString('utf8')) as CheckoutState);
  return {
    look: async (last) => {
      const was = await stateOf(last);
      const is = await lookAtCheckout(checkout, signal);
      if (!is.ok) {
        log.warn(`Whether the checkout is untouched could not be looked: ${is.error.message}`);
        return undefined;
      }
      const kept = await blobs.put(Buffer.from(JSON.stringify(is.value)));
      const saved = savedIn(checkout.places.workTree, savedSince?.(since) ?? new Set());
      return { state: kept.digest, ...checkoutChanges(was, is.value, saved) };
    },
  };
}

/** @param files absolute @returns those of the work tree, from its root, with `/` */
function savedIn(workTree: string, files: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    [...files].flatMap((file) => {
      const inside = path.relative(workTree, file);
      return inside.startsWith('..') || path.isAbsolute(inside)
        ? []
        : [inside.split(path.sep).join('/')];
    }),
  );
}
