import type { Artifact, BlobRef, RemovedFile } from './event.ts';
import type { Failure } from './failure.ts';
import type { AgentName, TaskId } from './ids.ts';
import type { TestReport } from './testReport.ts';

// A task that failed can be mended: another task, a *fix*, works on what it made, and then it is proved again. What
// Forge calls a branch todo is a fix; its id says so (`<task>_branch_01`). It has nothing to do with Git branches.

/** What a failure is, by the names Forge has for it. `test_failure`: no rule says more. */
export const FAULT_KINDS = [
  'test_failure',
  'spec_mismatch',
  'timeout',
  'implementation_bug',
  'missing_dependency',
  'flaky_test',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How a step's failures are mended. */
export interface DebugRule {
  /** Fixes in all before a person is asked, 1 to 10. */
  readonly attempts: number;
  /** How deep a fix of a fix may go, 1 or more. */
  readonly depth: number;
  /** Who mends what; a kind that is not named goes to the agent of its usual role, where the plan has one. */
  readonly routing: Readonly<Partial<Record<FaultKind, AgentName>>>;
}

export const DEFAULT_DEBUG_RULE: DebugRule = { attempts: 3, depth: 2, routing: {} };
export const MAX_DEBUG_ATTEMPTS = 10;
export const MAX_BRANCH_DEPTH = 5;

/** The role that mends a kind of failure where a rule names no agent. */
export const USUAL_ROLES: Readonly<Record<FaultKind, string>> = {
  missing_dependency: 'coder',
  spec_mismatch: 'architect',
  implementation_bug: 'coder',
  timeout: 'tester',
  flaky_test: 'tester',
  test_failure: 'debugger',
};

/** Who is asked where the agent of the usual role has not mended it, or is not there. */
export const OTHER_ROLES: readonly string[] = ['debugger', 'coder'];

/** A name as roles are compared: case, `_` and `-` make no difference. */
export function roleName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** True for an agent that may be asked to mend what no rule names an agent for. */
export function isMender(name: AgentName): boolean {
  return MENDERS.has(roleName(name));
}

const MENDERS: ReadonlySet<string> = new Set([...Object.values(USUAL_ROLES), ...OTHER_ROLES]);

/** A fix as a plan has it. */
export interface Fix {
  readonly id: TaskId;
  /** The task whose failure it is for. */
  readonly of: TaskId;
  /** That task, or the fix whose work it goes on from. */
  readonly parent: TaskId;
  /** 1: its parent is the task itself. */
  readonly depth: number;
  readonly fault: FaultKind;
  /** What shows that, a sentence. */
  readonly why: string;
  /** Who mends it; `undefined`: a person is asked what is to be done, at a gate. */
  readonly agent: AgentName | undefined;
  /** The prompt, or the question at the gate. Nothing in it is an expression. */
  readonly text: string;
}

/** What an attempt left whose task is to be mended. */
export interface UnprovedWork {
  readonly output: BlobRef;
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
}

/** One failure of a task that may be mended. */
export interface Fault {
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly failure: Failure;
  readonly log: BlobRef | undefined;
  /** Of the check that failed, run again at once in the same copy: its exit codes, `null` where it gave none. */
  readonly again: readonly (number | null)[];
  readonly tests: readonly TestReport[];
}

/** How the mending of a task stands. */
export interface Mending {
  /** What its agent made before the first failure; `undefined`: nothing that could be gone on from. */
  readonly made: UnprovedWork | undefined;
  /** Oldest first; at least one. */
  readonly faults: readonly Fault[];
  /** In the order they were opened; each stands in the plan. */
  readonly fixes: readonly OpenedFix[];
}

export interface OpenedFix {
  readonly fix: TaskId;
  /** Index of the fault it is for. */
  readonly fault: number;
}
