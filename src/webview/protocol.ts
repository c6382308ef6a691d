import type { GraphPicture } from '../core/projections/graphPicture.ts';

/** What the extension tells the graph page: always the whole picture. */
export interface GraphHostMessage {
  readonly type: 'picture';
  readonly picture: GraphPicture;
}

/** What the graph page tells the extension; parsed there before use. */
export type GraphPageMessage =
  /** The page is loaded and wants its first picture. */
  | { readonly type: 'ready' }
  /** Show the output of a task (or, before a run, the step in its file). */
  | { readonly type: 'open'; readonly task: string }
  /** A person pauses the run, or lets it go on. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** A person answers a gate; the extension asks the engine, the page changes only by the next picture. */
  | {
      readonly type: 'answer';
      readonly task: string;
      readonly decision: 'approved' | 'rejected';
    }
  /** A person wants to answer what the task's agent asks; the extension shows it all. */
  | { readonly type: 'reply'; readonly task: string };
