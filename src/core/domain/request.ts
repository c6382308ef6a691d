import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { Decision } from './event.ts';
import type { TaskId } from './ids.ts';

/** What a person asks of a run, whoever drives it: from a view, from the terminal, from another window. */
export type RunRequest =
  | {
      readonly kind: 'answer';
      readonly task: TaskId;
      /** Of what the person was shown; an answer to anything else is refused. */
      readonly digest: Digest;
      readonly decision: Decision;
      readonly by: Actor;
      readonly note: string | undefined;
    }
  | { readonly kind: 'cancel'; readonly by: Actor };

/** What became of a request; `accepted` only once it stands in the journal for good. */
export type RequestOutcome =
  { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly why: string };
