import type { TaskDetail } from '../core/projections/detailPicture.ts';
import type { GraphNode, GraphPicture } from '../core/projections/graphPicture.ts';
import type { PlanEdit, PlanPicture } from '../core/projections/planPicture.ts';
import type { TimelinePicture } from '../core/projections/timelinePicture.ts';

/** What the extension tells the graph page. */
export type GraphHostMessage =
  /** The whole picture: the first one, and whenever steps or edges are others. */
  | { readonly type: 'picture'; readonly number: number; readonly picture: GraphPicture }
  /** The picture shown, but for this; nodes that are not here stay as they are. */
  | {
      readonly type: 'changes';
      /** One more than that of the picture or change before; the page asks anew with `ready` where it does not fit. */
      readonly number: number;
      readonly run: GraphPicture['run'];
      readonly moment: GraphPicture['moment'];
      readonly nodes: readonly GraphNode[];
    }
  /** Of the task the page has selected; `undefined`: there is no such task. */
  | { readonly type: 'detail'; readonly task: string; readonly detail: TaskDetail | undefined }
  /** Sent while the page shows it. */
  | { readonly type: 'timeline'; readonly timeline: TimelinePicture | undefined }
  /** A command asks the page for itself. */
  | { readonly type: 'export'; readonly format: GraphExport }
  /** A command wants this task shown: selected, and in sight. */
  | { readonly type: 'reveal'; readonly task: string }
  /** The todo list that is drawn, as its file has it; `undefined`: what is drawn is none. */
  | { readonly type: 'plan'; readonly plan: PlanPicture | undefined }
  /** What became of a change of the plan; the plan as it is now was sent before. */
  | {
      readonly type: 'plan-answer';
      readonly number: number;
      /** A sentence for the person; `undefined`: it is done. */
      readonly refused: string | undefined;
    };

export type GraphExport = 'svg' | 'mermaid';

/** What can be asked of a plan as a whole. `open`: its file. */
export type PlanVerb = 'preflight' | 'run' | 'open';

/** What the graph page tells the extension; parsed there before use. */
export type GraphPageMessage =
  /** The page is loaded, or has lost count, and wants a whole picture. */
  | { readonly type: 'ready' }
  /** Show the output of a task (or, before a run, the step in its file). */
  | { readonly type: 'open'; readonly task: string }
  /** The panel beside the graph shows this task from now on; `undefined`: none. */
  | { readonly type: 'select'; readonly task: string | undefined }
  /** The time line is open or closed. */
  | { readonly type: 'timeline'; readonly isOpen: boolean }
  /** Show the run after so many events; `undefined`: as it is. */
  | { readonly type: 'moment'; readonly seq: number | undefined }
  /** Something that the picture or the detail offers for a task, by the word it has there. */
  | { readonly type: 'verb'; readonly task: string; readonly verb: string }
  /** The same for the run. */
  | { readonly type: 'run-verb'; readonly verb: string }
  /** Show a file that a task made, or what it changed there. */
  | {
      readonly type: 'file';
      readonly task: string;
      readonly path: string;
      readonly show: 'file' | 'changes';
    }
  /** A person answers a gate; the extension asks the engine, the page changes only by what comes back. */
  | {
      readonly type: 'answer';
      readonly task: string;
      readonly decision: 'approved' | 'rejected' | 'changes-requested';
      /** Left out: the extension asks for what it needs. */
      readonly note?: string;
      readonly choice?: string;
      /** Of what the person was shown; an answer to anything else does not count. Left out: the page does not show it. */
      readonly digest?: string;
    }
  /** A person wants to answer what the task's agent asks; the extension shows it all. */
  | { readonly type: 'reply'; readonly task: string }
  /** A person changes the plan; the extension changes its file, and the page changes by what comes back. */
  | { readonly type: 'plan-edit'; readonly number: number; readonly edit: PlanEdit }
  /** The change of this number, the last one, is taken back. */
  | { readonly type: 'plan-undo'; readonly number: number }
  | { readonly type: 'plan-verb'; readonly verb: PlanVerb }
  /** What was asked for by `export`. */
  | { readonly type: 'exported'; readonly format: GraphExport; readonly text: string };
