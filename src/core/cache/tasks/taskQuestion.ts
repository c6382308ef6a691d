import type { Digest } from '../../base/digest.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Failure } from '../../domain/failure.ts';
import type { AgentName, RunId, TaskId } from '../../domain/ids.ts';
import type { TaskState } from '../../domain/runState.ts';
import type { CacheRule, PermissionMode } from '../../domain/terms.ts';
import type { TreeFile } from '../../domain/trace.ts';
import type { AgentStep } from '../../domain/workflow.ts';

/** A task as the cache is asked for it: ready to start, with everything rendered. */
export interface TaskQuestion {
  readonly run: RunId;
  readonly task: TaskId;
  /** Its name. */
  readonly workflow: string;
  readonly step: AgentStep;
  readonly agent: Agent;
  /** Agents it can ask while it works. */
  readonly asTools: readonly Agent[];
  /** Rendered globs, the step's over the agent's. */
  readonly bounds: {
    /** `undefined`: any path. */
    readonly owns: readonly string[] | undefined;
    readonly never: readonly string[];
  };
  /** As they hold: what a person chose goes before the step's and the agent's. */
  readonly permissions: PermissionMode | undefined;
  /** Rendered. */
  readonly prompt: string;
  /** What made the prompt what it is; it decides nothing, and explains. */
  readonly spoken: {
    /** As it is written, with `${{ … }}` in it. */
    readonly written: string;
    /** Tasks whose outputs may stand in it. */
    readonly needs: readonly NeedShown[];
  };
  /** Rendered: the agent's and over them the step's. */
  readonly env: Readonly<Record<string, string>>;
  /** What counts of the machine, by names for people: `platform`, `LANG`, `program`. */
  readonly host: Readonly<Record<string, string>>;
  /** The model that is asked first, as `provider/model`; `undefined`: none, or nobody can tell yet. */
  readonly model: string | undefined;
  /** Of all tools it may use, with their descriptions and schemas. */
  readonly tools: Digest | undefined;
  /** What is laid before it of the tasks it needs; empty for agents that see these only through their prompt. */
  readonly needs: readonly NeedShown[];
  /** `undefined`: its looks are followed, so that nobody has to say before which files count. */
  readonly inputs: InputFiles | undefined;
  readonly rule: CacheRule;
  readonly namespace: string;
  /** How long its answer stands, in milliseconds. */
  readonly ttlMs: number;
  /** The same for an answer that has looked at the web, if that is less. */
  readonly webTtlMs: number;
  /** A person wants it anew. */
  readonly fresh: boolean;
  /** It waited for another task that was asked the same. */
  readonly waitedFor: boolean;
}

/** What a task finds of one that it needs. */
export interface NeedShown {
  readonly task: TaskId;
  readonly agent: AgentName;
  readonly state: TaskState['kind'];
  readonly failure?: Failure | undefined;
  readonly exitCode?: number | undefined;
  readonly output?: Digest | undefined;
  readonly artifacts?:
    | readonly {
        readonly path: string;
        readonly digest: Digest;
        readonly executable: boolean;
      }[]
    | undefined;
  /** Paths; left out: none. */
  readonly removed?: readonly string[] | undefined;
}

export interface InputFiles {
  /** As the rule has them; `undefined`: all files. */
  readonly globs: readonly string[] | undefined;
  /** By path, in their order. */
  readonly files: readonly TreeFile[];
}
