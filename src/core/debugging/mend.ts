import type { Fault, FaultKind, Fix } from '../domain/debugging.ts';
import type { AgentName, TaskId } from '../domain/ids.ts';
import type { MendDecision, MendQuestion } from '../domain/mendQuestion.ts';
import { classifyFault, type FaultFinding } from './classify/classify.ts';
import { fixPrompt } from './fixPrompt.ts';
import { agentFor, fixId, nextStep, type NextStep } from './policy.ts';
import { escalation } from './trail.ts';

/** What becomes of a task that failed: a fix, a question to a person, or nothing more. */
export function mend(question: MendQuestion): MendDecision {
  const fault = question.mending.faults.at(-1);
  if (fault === undefined) {
    throw new Error(`Internal error: ${question.task.id} has not failed`);
  }
  const finding = findingOf(fault, question.log);
  const next = nextStep(question);
  if (next.kind === 'give-up') {
    return { kind: 'give-up', failure: fault.failure };
  }
  const agent = next.kind === 'fix' ? agentFor(finding.kind, question) : undefined;
  return agent === undefined || next.kind === 'ask'
    ? { kind: 'open', fix: gate(question, finding, next.kind === 'ask' ? next.why : 'nobody') }
    : { kind: 'open', fix: fix(question, finding, agent, next) };
}

/** What a failure is, by what stands in the journal of it. */
export function findingOf({ failure, tests, again }: Fault, log: string): FaultFinding {
  return classifyFault({ failure, log, tests, again: again.map((code) => code ?? undefined) });
}

function fix(
  question: MendQuestion,
  finding: FaultFinding,
  agent: AgentName,
  { parent, depth }: Extract<NextStep, { kind: 'fix' }>,
): Fix {
  const id = fixId(parent, false, question.plan);
  const text = fixPrompt(question, finding, parent);
  return { ...fields(question, id, finding), parent, depth, agent, text };
}

function gate(
  question: MendQuestion,
  finding: FaultFinding,
  why: Parameters<typeof escalation>[2],
): Fix {
  const { task, plan } = question;
  const id = fixId(task.id, true, plan);
  const text = escalation(question, finding, why);
  return { ...fields(question, id, finding), parent: task.id, depth: 1, agent: undefined, text };
}

function fields(
  { task }: MendQuestion,
  id: TaskId,
  { kind, why }: FaultFinding,
): { id: TaskId; of: TaskId; fault: FaultKind; why: string } {
  return { id, of: task.id, fault: kind, why };
}
