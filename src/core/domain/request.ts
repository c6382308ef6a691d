import type { Digest } from '../base/digest.ts';
import type { Actor } from './actor.ts';
import type { Decision, EventBody, Seal } from './event.ts';
import type { TaskId } from './ids.ts';
import type { QuestionId, Reply } from './question.ts';
import type { PermissionMode } from './terms.ts';

/** What a person asks of a run, whoever drives it: from a view, from the terminal, from another window. */
export type RunRequest =
  | {
      readonly kind: 'answer';
      readonly task: TaskId;
      /** Of what the person was shown; an answer to anything else is refused. */
      readonly digest: Digest;
      readonly decision: Decision;
      readonly by: Actor;
      /** What is to be changed, where changes are requested; it must say something then. */
      readonly note: string | undefined;
      /** The answer to a gate that asks for one. Left out: none. */
      readonly choice?: string | undefined;
      /** Who is told of the note where changes are requested; left out: those whose work the gate asks about. */
      readonly redo?: readonly TaskId[] | undefined;
      /** Left out: the program that asks has no key. */
      readonly seal?: Seal | undefined;
    }
  /** Answers what an agent asks in the middle of its work. */
  | {
      readonly kind: 'reply';
      readonly question: QuestionId;
      /** Of what the person was shown; an answer to anything else is refused. */
      readonly digest: Digest;
      readonly reply: Reply;
      readonly by: Actor;
    }
  /** Goes on with another model: a running agent from its next turn, any other when it starts. */
  | {
      readonly kind: 'choose-model';
      readonly task: TaskId;
      readonly model: string;
      readonly by: Actor;
    }
  | {
      readonly kind: 'choose-permissions';
      readonly task: TaskId;
      readonly mode: PermissionMode;
      readonly by: Actor;
    }
  | { readonly kind: 'cancel'; readonly by: Actor }
  /** Nothing new starts; what runs finishes or is interrupted, to be made again later. */
  | { readonly kind: 'pause'; readonly running: 'finish' | 'interrupt'; readonly by: Actor }
  /** Ends a pause. */
  | { readonly kind: 'unpause'; readonly by: Actor }
  /** Ends one task now; what needs it is skipped. */
  | { readonly kind: 'stop'; readonly task: TaskId; readonly by: Actor }
  /** Pauses one task. */
  | { readonly kind: 'hold'; readonly task: TaskId; readonly by: Actor }
  | { readonly kind: 'release'; readonly task: TaskId; readonly by: Actor }
  /** Makes one task again, and whatever had come of it; also in a finished run. */
  | {
      readonly kind: 'rerun';
      readonly task: TaskId;
      readonly prompt: string | undefined;
      readonly model: string | undefined;
      /** The cache answers the task itself in no case; with this, nothing that comes of it either. */
      readonly withoutCache: boolean;
      readonly by: Actor;
    }
  /** Goes on without a task. */
  | { readonly kind: 'skip'; readonly task: TaskId; readonly by: Actor }
  /** Says that an attempt which was cut off has done its work: what its copy holds counts. */
  | { readonly kind: 'accept'; readonly task: TaskId; readonly by: Actor }
  /** Says something to a running agent. */
  | { readonly kind: 'steer'; readonly task: TaskId; readonly text: string; readonly by: Actor }
  /** Takes a task's result back; its refs are removed by whoever asks this, afterwards. */
  | { readonly kind: 'undo'; readonly task: TaskId; readonly by: Actor }
  /** Tells how far the merge of the results is. */
  | { readonly kind: 'merge'; readonly event: MergeEvent; readonly by: Actor }
  /** Tells of a command that a person ran in a task's workspace copy. */
  | {
      readonly kind: 'command';
      readonly task: TaskId;
      readonly command: readonly string[];
      readonly exitCode: number | undefined;
      readonly by: Actor;
    };

export type MergeEvent = Extract<
  EventBody,
  { readonly type: 'merge-started' | 'merge-chosen' | 'merge-moved' }
>;

/** What became of a request; `accepted` only once it stands in the journal for good. */
export type RequestOutcome =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** Asked once more it may be accepted: something else was under way. */
      readonly passes?: true;
    };
