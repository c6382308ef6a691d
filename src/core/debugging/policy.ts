import {
  DEFAULT_DEBUG_RULE,
  OTHER_ROLES,
  roleName,
  USUAL_ROLES,
  type DebugRule,
  type Fault,
  type FaultKind,
  type Fix,
} from '../domain/debugging.ts';
import { isStepId, type AgentName, type TaskId } from '../domain/ids.ts';
import type { MendQuestion } from '../domain/mendQuestion.ts';
import type { RunPlan } from '../domain/workflow.ts';

// What is tried next for a task that failed, by what was tried before. Pure, and no more than a table of cases:
//
// P1  Each fix counts as an attempt; once as many as the rule allows are spent, a person is asked.
// P2  A fix that did its work, and still left the task red, is gone on from by a deeper one; at the rule's depth a
//     person is asked.
// P3  A fix that made it worse is left out: the next one begins where it began. So does the one after a fix that failed.
// P4  A person who says "once more" begins a new round: attempts and depth count from there.
// P5  Who did not mend a kind of failure is not asked for it again in that round, where there is somebody else.

export type NextStep =
  | {
      readonly kind: 'fix';
      /** The task, or the fix whose work is gone on from. */
      readonly parent: TaskId;
      readonly depth: number;
    }
  | { readonly kind: 'ask'; readonly why: 'attempts' | 'depth' | 'stopped' }
  /** A person said so. */
  | { readonly kind: 'give-up' };

type Mended = Pick<MendQuestion, 'task' | 'plan' | 'tasks' | 'mending'>;

/** What comes next for the task. */
export function nextStep(question: Mended): NextStep {
  const { task, tasks } = question;
  const rule = ruleOf(question);
  const fixes = fixesSoFar(question);
  const last = fixes.at(-1);
  if (last === undefined) {
    return { kind: 'fix', parent: task.id, depth: 1 };
  }
  const ended = tasks.get(last.id)?.kind;
  if (last.agent === undefined) {
    return ended === 'approved' ? { kind: 'fix', parent: task.id, depth: 1 } : { kind: 'give-up' };
  }
  if (ended === 'cancelled') {
    return { kind: 'ask', why: 'stopped' };
  }
  if (roundOf(fixes).length >= rule.attempts) {
    return { kind: 'ask', why: 'attempts' };
  }
  if (ended !== 'succeeded' || madeWorse(question)) {
    return { kind: 'fix', parent: last.parent, depth: last.depth };
  }
  return last.depth < rule.depth
    ? { kind: 'fix', parent: last.id, depth: last.depth + 1 }
    : { kind: 'ask', why: 'depth' };
}

/** The fixes of a task as the plan has them, in the order they were opened. */
export function fixesSoFar({
  plan,
  mending,
}: Pick<MendQuestion, 'plan' | 'mending'>): readonly Fix[] {
  return mending.fixes.flatMap(({ fix }) => plan.fixes?.find(({ id }) => id === fix) ?? []);
}

/** Those since a person was asked last. */
export function roundOf(fixes: readonly Fix[]): readonly Fix[] {
  return fixes.slice(fixes.findLastIndex(({ agent }) => agent === undefined) + 1);
}

/** True where the last fix left more that fails than there was before it. */
export function madeWorse({ task, mending }: Pick<MendQuestion, 'task' | 'mending'>): boolean {
  const { faults, fixes } = mending;
  const last = fixes.at(-1);
  const [before, now] = [faults[last?.fault ?? -1], faults.at(-1)];
  if (before === undefined || now === undefined || before === now) {
    return false;
  }
  const [failedBefore, failedNow] = [failedTests(before), failedTests(now)];
  if (failedBefore !== undefined && failedNow !== undefined && failedBefore !== failedNow) {
    return failedNow > failedBefore;
  }
  const [checkBefore, checkNow] = [checkOf(before), checkOf(now)].map((command) =>
    task.step.kind === 'agent'
      ? task.step.checks.findIndex((check) => check.command.join(' ') === command)
      : -1,
  );
  return checkBefore !== undefined && checkNow !== undefined && checkNow !== -1
    ? checkNow < checkBefore
    : false;
}

function failedTests({ tests }: Fault): number | undefined {
  return tests.length === 0 ? undefined : tests.reduce((sum, { failed }) => sum + failed, 0);
}

function checkOf({ failure }: Fault): string | undefined {
  return failure.reason === 'check-failed' ? failure.command : undefined;
}

export function ruleOf({ task: { step } }: Pick<MendQuestion, 'task'>): DebugRule {
  return step.kind === 'agent' ? (step.debug ?? DEFAULT_DEBUG_RULE) : DEFAULT_DEBUG_RULE;
}

/**
 * Who mends a kind of failure: whom the rule names, else the agent of its usual role, else the debugger, the coder, or
 * whoever worked on the task. `undefined`: nobody of the plan can.
 */
export function agentFor(kind: FaultKind, question: Mended): AgentName | undefined {
  const { task, plan } = question;
  const own = task.step.kind === 'agent' ? task.step.agent : undefined;
  const wanted = [
    ruleOf(question).routing[kind],
    agentOfRole(USUAL_ROLES[kind], plan),
    ...OTHER_ROLES.map((role) => agentOfRole(role, plan)),
    own,
  ];
  const able = wanted.flatMap((name) => (name !== undefined && canMend(name, plan) ? [name] : []));
  const tried = new Set(
    roundOf(fixesSoFar(question)).flatMap(({ agent, fault }) =>
      fault === kind ? (agent ?? []) : [],
    ),
  );
  return able.find((name) => !tried.has(name)) ?? able[0];
}

function agentOfRole(role: string, { agents }: RunPlan): AgentName | undefined {
  return Object.values(agents).find(({ name }) => roleName(name) === role)?.name;
}

/** A command does the same whatever it is told. */
function canMend(name: AgentName, { agents }: RunPlan): boolean {
  const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
  return agent !== undefined && agent.runner.kind !== 'command';
}

const MAX_ID = 81;

/** `<parent>_branch_01` and on, as Forge calls them; of a person's turn `<task>_branch_gate`. */
export function fixId(parent: TaskId, isGate: boolean, plan: RunPlan): TaskId {
  const taken = new Set(plan.tasks.map(({ id }) => id.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const suffix = isGate
      ? `_branch_gate${number === 1 ? '' : `_${twoDigits(number)}`}`
      : `_branch_${twoDigits(number)}`;
    const id = parent.slice(0, MAX_ID - suffix.length).replace(/[.-]+$/, '') + suffix;
    if (isStepId(id) && !taken.has(id.toLowerCase())) {
      return id as string as TaskId;
    }
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
