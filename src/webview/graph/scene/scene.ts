// What of a picture is laid out: which tasks have a card of their own, which are folded, and what lies in which band.
// It depends on ids, edges, groups and folds only, never on states.

/** What people open and close, by its key: -1 it is closed; else open, and the first lane shown. */
export type Folds = ReadonlyMap<string, number>;

export const CLOSED = -1;

export type SceneItem = TaskItem | FoldItem;

export interface TaskItem {
  readonly kind: 'task';
  /** Of the task. */
  readonly id: string;
}

/** One card for many tasks. */
export interface FoldItem {
  readonly kind: 'fold';
  /** No task has it. */
  readonly id: string;
  /** What opens it. */
  readonly key: string;
  /** `rest`: lanes that an open step has no room for now. */
  readonly of: 'lanes' | 'rest' | 'group';
  readonly label: string;
  readonly members: readonly string[];
  /** To be kept under `key` to open it. */
  readonly opensAt: number;
}

/** A band around items and other bands. */
export interface SceneGroup {
  readonly id: string;
  /** What closes it. */
  readonly key: string;
  readonly of: 'lanes' | 'group';
  /** What its members are: the lanes of one step, or tasks. */
  readonly counts: 'lane' | 'task';
  readonly label: string;
  readonly parent: string | undefined;
  /** All tasks in it, also those that are folded. */
  readonly members: readonly string[];
}

/** Between siblings: items and bands that lie in the same band. */
export interface SceneEdge {
  readonly from: string;
  readonly to: string;
  readonly isCritical: boolean;
}

/** A fix beside what it mends. */
export interface SceneFix {
  /** Its item. */
  readonly item: string;
  /** The item of what it goes on from: the task that failed, or a fix of it. */
  readonly parent: string;
  /** The item of the task that failed, beside which it is laid out. */
  readonly task: string;
  /** 1 right below the task. */
  readonly depth: number;
}

export interface Scene {
  /** In the order of their first task. */
  readonly items: readonly SceneItem[];
  readonly itemById: ReadonlyMap<string, SceneItem>;
  /** The item a task is shown by. */
  readonly itemOf: ReadonlyMap<string, string>;
  /** The outer one first. */
  readonly groups: readonly SceneGroup[];
  /** The band that an item or a band lies in directly. */
  readonly parentOf: ReadonlyMap<string, string>;
  readonly edges: readonly SceneEdge[];
  /** Those whose task has a card of its own, behind what each goes on from. */
  readonly fixes: readonly SceneFix[];
  /** By item: the items it needs, and those that need it, wherever they lie. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly feeds: ReadonlyMap<string, readonly string[]>;
  /** Some task has a band or lanes, open or not. */
  readonly hasFolds: boolean;
}

/** What the shape of a scene depends on, of a task. */
export interface SceneTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly groups: readonly string[];
  readonly lane: { readonly step: string; readonly label: string } | undefined;
  /** Set for a fix; `parent` is `undefined` where what it goes on from is not here. */
  readonly mends?:
    | { readonly task: string; readonly parent: string | undefined; readonly depth: number }
    | undefined;
  readonly isCritical: boolean;
}
