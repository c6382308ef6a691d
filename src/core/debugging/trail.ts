import { count, oneLine } from '../base/text.ts';
import type { Fix } from '../domain/debugging.ts';
import { failureText } from '../domain/failureText.ts';
import type { MendQuestion } from '../domain/mendQuestion.ts';
import type { TaskState } from '../domain/runState.ts';
import type { FaultFinding } from './classify/classify.ts';
import { fixesSoFar, roundOf, ruleOf } from './policy.ts';

// What was tried for a task, as Markdown for people and agents.

const MOST_SAID = 400;

type Tried = Pick<MendQuestion, 'task' | 'plan' | 'tasks' | 'mending' | 'outputs'>;

/** One line for each failure and each fix, in the order of time. */
export function trail(question: Tried): string {
  const { mending } = question;
  const fixes = fixesSoFar(question);
  return mending.faults
    .flatMap((fault, index) => [
      `- Attempt ${fault.attempt} failed: ${oneLine(failureText(fault.failure).title)}${testsLine(fault.tests)}`,
      ...fixes
        .filter(({ id }) => mending.fixes.some((one) => one.fix === id && one.fault === index))
        .map((fix) => `- ${fixLine(fix, question)}`),
    ])
    .join('\n');
}

/** What a person is asked once nobody else is: the first line says it all, the rest is what was tried. */
export function escalation(
  question: MendQuestion,
  { kind, why }: FaultFinding,
  because: 'attempts' | 'depth' | 'stopped' | 'nobody',
): string {
  const { task, mending } = question;
  const tried = roundOf(fixesSoFar(question)).filter(({ agent }) => agent !== undefined).length;
  const fault = mending.faults.at(-1);
  return [
    `"${task.id}" still fails after ${count(tried, 'fix', 'fixes')}. Try again?`,
    `Approve to have it tried again: your note is told to whoever does. Reject to leave it failed.`,
    `${reasonText(because, question)} ${fault === undefined ? '' : `${failureText(fault.failure).title}.`} Taken for ${kind}: ${why}`,
    `What was tried:\n\n${trail(question)}`,
  ].join('\n\n');
}

function reasonText(because: Parameters<typeof escalation>[2], question: MendQuestion): string {
  const { attempts, depth } = ruleOf(question);
  switch (because) {
    case 'attempts':
      return `All ${count(attempts, 'attempt')} to mend it are spent.`;
    case 'depth':
      return `Fixes of fixes go ${depth} deep, and that is reached.`;
    case 'stopped':
      return 'Somebody stopped the last fix.';
    case 'nobody':
      return 'No agent of this workflow can mend it.';
  }
}

function fixLine({ id, agent, fault }: Fix, { tasks, outputs }: Tried): string {
  const task = tasks.get(id);
  if (agent === undefined) {
    return `\`${id}\`: a person was asked${endOfGate(task)}`;
  }
  const said = oneLine(outputs.get(id) ?? '', MOST_SAID);
  return `\`${id}\` (${agent}, ${fault})${endOf(task)}${said === '' ? '' : `: ${said}`}`;
}

function endOf(task: TaskState | undefined): string {
  switch (task?.kind) {
    case 'succeeded':
      return ' did its work';
    case 'failed':
      return ` failed: ${oneLine(failureText(task.failure).title)}`;
    case 'cancelled':
      return ' was stopped';
    case 'skipped':
      return ' was skipped';
    default:
      return '';
  }
}

function endOfGate(task: TaskState | undefined): string {
  return task?.kind === 'approved'
    ? ` and said to try again${task.note === undefined ? '' : `: ${oneLine(task.note, MOST_SAID)}`}`
    : '';
}

function testsLine(tests: Parameters<typeof sumOf>[0]): string {
  const failed = sumOf(tests);
  return failed === 0 ? '' : ` (${count(failed, 'test')} failed)`;
}

function sumOf(tests: readonly { readonly failed: number }[]): number {
  return tests.reduce((sum, { failed }) => sum + failed, 0);
}
