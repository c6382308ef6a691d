// Types only: what the graph page shows of a plan that has not run, and what a person changes in it. The page in the
// browser is checked against this file.

/** A todo list as it stands in its file, ready to be shown. Texts are for people; none is markup. */
export interface PlanPicture {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** In the order written; those without an id are left out. */
  readonly todos: readonly PlanTodo[];
  /** What a todo can be given to, in the order of the folder. */
  readonly agents: readonly string[];
  /** What is wrong with the list, but with none of its todos. */
  readonly problems: readonly PlanProblem[];
  /** The file has changes that its folder does not know yet. */
  readonly isUnsaved: boolean;
}

export interface PlanTodo {
  readonly id: string;
  /** Empty where there is none, as other texts here. */
  readonly title: string;
  readonly description: string;
  /** As it is written. */
  readonly role: string;
  /** The agent that the role means; `undefined`: the folder has none. */
  readonly agent: string | undefined;
  readonly dependencies: readonly string[];
  /** The todo whose failure it is for. */
  readonly parent: string | undefined;
  readonly owns: readonly string[];
  readonly never: readonly string[];
  readonly tests: readonly PlanTest[];
  readonly rules: readonly PlanRule[];
  readonly problems: readonly PlanProblem[];
}

export interface PlanTest {
  readonly cmd: string;
  /** `undefined`: what is usual. */
  readonly seconds: number | undefined;
}

export interface PlanRule {
  readonly type: string;
  readonly command: string;
}

export interface PlanProblem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** Of a todo, the part it is about; `undefined`: none, or one that is not shown. */
  readonly field: PlanField | undefined;
}

export type PlanField =
  'id' | 'title' | 'description' | 'agent' | 'dependencies' | 'owns' | 'never' | 'tests' | 'rules';

/** One thing that a person changes in a plan; the words are those of the file. */
export type PlanEdit =
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'retitle'; readonly id: string; readonly title: string }
  | { readonly kind: 'describe'; readonly id: string; readonly description: string }
  | { readonly kind: 'remove'; readonly id: string; readonly rewire: boolean }
  | {
      readonly kind: 'add';
      readonly id: string;
      readonly title: string;
      readonly agent_role: string;
      readonly dependencies: readonly string[];
      readonly after?: string;
    }
  | { readonly kind: 'dependencies'; readonly id: string; readonly list: readonly string[] }
  | { readonly kind: 'agent'; readonly id: string; readonly role: string }
  | {
      readonly kind: 'tests';
      readonly id: string;
      readonly tests: readonly { readonly cmd: string; readonly timeout_seconds?: number }[];
    }
  | {
      readonly kind: 'rules';
      readonly id: string;
      readonly rules: readonly { readonly type?: string; readonly command?: string }[];
    }
  | { readonly kind: 'owns' | 'never'; readonly id: string; readonly globs: readonly string[] };
