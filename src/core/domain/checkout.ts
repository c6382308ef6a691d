import type { Digest } from '../base/digest.ts';
import type { ObjectId } from './ids.ts';

/**
 * What a repository looks like to its user, as digests: Sluice changes none of it. What Git ignores is not of it, nor
 * what a submodule holds.
 */
export interface CheckoutState {
  /** Full name of the ref HEAD names (`refs/heads/main`); `undefined`: detached. */
  readonly branch: string | undefined;
  /** What HEAD comes to; `undefined` on a branch without a commit. */
  readonly commit: ObjectId | undefined;
  /** Of what the index stages: paths, modes, ids, stages. Not of the file's bytes, which looking may refresh. */
  readonly index: Digest;
  /**
   * Files that are not as the index has them, by their path from the root of the work tree, with `/`: changed ones and
   * untracked ones with the digest of their content and mode, `null` for deleted ones.
   */
  readonly files: Readonly<Record<string, Digest | null>>;
}

/** One thing about a checkout that is not as it was. */
export type CheckoutChange =
  | {
      readonly what: 'branch' | 'commit';
      readonly was: string | undefined;
      readonly is: string | undefined;
    }
  | { readonly what: 'index' }
  | {
      readonly what: 'file';
      /** From the root of the work tree, with `/`. */
      readonly path: string;
      readonly how: 'added' | 'changed' | 'removed';
      /** The user saved it in an editor of this program meanwhile. */
      readonly saved: boolean;
    };

/** Changes that are told one by one. */
export const MOST_CHECKOUT_CHANGES = 50;

/** What a run does when the checkout is no longer what it was. */
export type OnCheckoutChange = 'stop' | 'tell';
