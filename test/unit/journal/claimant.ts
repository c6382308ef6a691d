import { nodeDisk } from '../../../src/core/base/disk.ts';
import { claimRun, type Claim } from '../../../src/core/journal/claim.ts';

// A program of its own that claims runs: claim.test.ts starts it and sends it what to do.

export type Order =
  /** `at`: milliseconds since 1970, the same for all who race. */
  { readonly kind: 'claim'; readonly folder: string; readonly at: number } | { kind: 'release' };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'owner'; readonly epoch: number }
  | { readonly kind: 'refused'; readonly holder: number }
  | { readonly kind: 'released' };

let claim: Claim | undefined;

process.on('message', (order: Order) => {
  if (order.kind === 'release') {
    claim?.release();
    answer({ kind: 'released' });
    return;
  }
  while (Date.now() < order.at) {
    // All look at the same moment, as closely as one machine can.
  }
  const claimed = claimRun(nodeDisk, order.folder);
  claim = claimed.ok ? claimed.value : undefined;
  answer(
    claimed.ok
      ? { kind: 'owner', epoch: claimed.value.epoch }
      : { kind: 'refused', holder: claimed.error.pid },
  );
});
process.on('disconnect', () => process.exit());
answer({ kind: 'ready' });

function answer(message: Answer): void {
  process.send?.(message);
}
