import type { Digest } from '../base/digest.ts';
import type { JsonValue } from './workflow.ts';

// What an attempt has looked at of its workspace copy and of the world, told by its tools. A result stands for another
// run only while every look would show the same again (verifying traces).

/** A look of a tool. Paths are relative to the workspace copy, with `/`; `''` is the copy itself. */
export type Read =
  /** The bytes of a file, or that there is none. */
  | { readonly kind: 'file'; readonly path: string }
  /** A question about many files at once, that can be asked again of another tree. */
  | {
      readonly kind: 'asked';
      readonly tool: 'list' | 'search';
      /** As the tool takes it. */
      readonly input: JsonValue;
      /** The folder or file it was about. */
      readonly within: string;
      /** Of what was found: the same for the same find in any copy. */
      readonly found: Digest;
    }
  /** Nobody can tell what of the tree: a program was run. */
  | { readonly kind: 'tree' }
  /** The world outside, which changes unseen. */
  | {
      readonly kind: 'web';
      /** Since when the answer was kept that it was given, in milliseconds since 1970; left out: it was asked now. */
      readonly since?: number | undefined;
    };

/** What a runner tells of how an attempt came to its result. */
export interface Trace {
  /** Each once, in the order of the first. What the attempt had itself written is not among them. */
  readonly reads: readonly Read[];
  /** Models that answered: as they were asked for, and as the response names them (`undefined`: it does not). */
  readonly models: readonly { readonly asked: string; readonly served: string | undefined }[];
  /** The same of agents that it asked as tools; left out: none answered. */
  readonly helpers?: Trace['models'];
  /** Why the result must not stand for another one; `undefined`: it may. */
  readonly unfit: Unfit | undefined;
}

export type Unfit =
  /** It used a tool that may have changed something outside. */
  | { readonly kind: 'acted'; readonly tool: string }
  /** A person spoke to it, or did not let it use a tool. */
  | { readonly kind: 'person' }
  /** Another model took over in the middle. */
  | { readonly kind: 'models' };

/** The files an attempt begins with: the run's tree, with what the tasks before have made. */
export interface TreeView {
  /** Of a file's bytes and its execute bit, or of where a link leads; `undefined`: nothing is there. */
  digest(path: string): Promise<Digest | undefined>;
  /** Every file in a folder and below, or the file itself, by path; in their order. */
  within(path: string): Promise<readonly TreeFile[]>;
  /** Every file that one of the globs means, by path; in their order. */
  like(globs: readonly string[]): Promise<readonly TreeFile[]>;
  /** `found` of the question asked of this tree; `undefined`: it cannot be. */
  askAgain(read: Extract<Read, { kind: 'asked' }>): Promise<Digest | undefined>;
}

export interface TreeFile {
  readonly path: string;
  readonly digest: Digest;
}
