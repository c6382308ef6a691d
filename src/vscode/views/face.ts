import type { CommandTarget } from '../contributions.ts';
import type { CommandId } from '../ids.ts';
import type { Sign } from './signs.ts';

/** What a row of the tree shows, without anything of VS Code's: the same object means that nothing of it has changed. */
export interface Face {
  /** No other row of the view has it. */
  readonly id: string;
  readonly label: string;
  /** Beside the label; what matters most comes first, for the side bar is narrow. */
  readonly description: string;
  readonly sign: Sign;
  /** The words that `when` clauses go by. */
  readonly context: string;
  /** What a screen reader says; without times that count, or it would be said anew each second. */
  readonly said: string;
  readonly folds: Folding;
  readonly target: CommandTarget | undefined;
  /** What a click does. */
  readonly command: { readonly id: CommandId; readonly title: string } | undefined;
  /** Of a file: its icon is the one of its kind. */
  readonly path?: string | undefined;
  /** Asked for when somebody points at the row. */
  tooltip(): readonly (string | undefined)[];
}

/** Whether there are rows below it, and how it stands when it is first seen. */
export type Folding = 'none' | 'open' | 'closed';

/** Makes a row of what it shows. */
export type MakeRow<R> = (face: Face, children?: () => readonly R[]) => R;
