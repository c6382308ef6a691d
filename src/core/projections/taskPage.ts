import { unreachable } from '../base/exhaustive.ts';
import { redactor } from '../base/redact.ts';
import { count, formatBytes, formatDuration, oneLine, plainText } from '../base/text.ts';
import { tailOf, type Tail } from '../base/textTail.ts';
import { offText } from '../domain/cacheText.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import type { Question } from '../domain/question.ts';
import { plannedById } from '../journal/planGraph.ts';
import { accountLines, accountOf } from './ledger.ts';
import { mendingDetail, mendsDetail, trailLines } from './mendingDetail.ts';
import { testsText } from './mendingWords.ts';
import { questionsOf, questionText } from './questions.ts';
import { cacheOffOf, reasonText, reuseOf } from './reasons.ts';
import { taskRow, type TaskRow } from './taskRows.ts';

const RULE = '─'.repeat(60);
/** Characters of a log that are shown; editors get slow beyond, and the whole stays in the run. */
export const SHOWN_LOG = 2_000_000;

const hideSecrets = redactor(() => []);

/**
 * All there is to say about a task, as plain text: what it is, how it went, what it printed.
 * @param log its log so far, as bytes or as somebody who looks again and again keeps it; `undefined` when there is none
 * @param now as of `taskRows`
 */
export function taskPage(
  plan: RunPlan,
  state: RunState,
  task: TaskId,
  log: Uint8Array | Tail | undefined,
  now?: number,
): string {
  const planned = plannedById(plan).get(task);
  const at = state.tasks.get(task);
  if (planned === undefined || at === undefined) {
    return `The run ${state.run} has no task ${task}.\n`;
  }
  const row = taskRow(plan, planned, state, undefined, undefined, now);
  const lines = [
    [
      task,
      row.state,
      ...(row.durationMs === undefined ? [] : [formatDuration(row.durationMs)]),
    ].join(' · '),
    `Run: ${state.run} (${plan.workflow.name})`,
  ];
  const { step } = row;
  if (step.kind === 'gate') {
    lines.push(`Asks: ${'ask' in at ? at.ask : step.ask}`, ...mendsLines(plan, row));
    if (step.show.length > 0) {
      lines.push(`Shows: ${step.show.join(', ')}`);
    }
    lines.push(...reusedBefore(plan, state, row, now));
  } else {
    const agent = plan.agents[step.agent];
    lines.push(`Agent: ${step.agent}${agent === undefined ? '' : ` (${agent.file})`}`);
    lines.push(...mendsLines(plan, row));
    if (agent?.runner.kind === 'command') {
      lines.push(`Command: ${agent.runner.command.join(' ')}`);
    }
    lines.push(...cacheLines(plan, state, row, now));
    const account = accountOf(state, task);
    lines.push(...(account === undefined ? [] : accountLines(account)));
  }
  if (at.kind === 'succeeded') {
    lines.push(`Exit code: ${at.exitCode}`);
  }
  const tests = 'tests' in at ? testsText(at.tests) : '';
  lines.push(...(tests === '' ? [] : [`Tests: ${tests}`]));
  for (const artifact of row.artifacts) {
    lines.push(`Artifact: ${artifact.path} (${formatBytes(artifact.bytes)})`);
  }
  if (at.kind === 'succeeded') {
    lines.push(...at.removed.map((file) => `Removed: ${file.path}`));
  }
  lines.push(...landingLines(state, row));
  const news = newsOf(at, row.detail);
  if (news !== undefined) {
    lines.push(news);
  }
  for (const { asks } of questionsOf(state, task)) {
    lines.push(...questionLines(asks));
  }
  let instead: string | undefined;
  if (at.kind === 'failed') {
    const { title, fix, detail } = failureText(at.failure);
    lines.push('', title, ...(fix === undefined ? [] : [fix]));
    instead = detail;
  }
  const trail = trailLines(mendingDetail(plan, state, task));
  lines.push(...(trail.length === 0 ? [] : ['', 'Mending:', ...trail]));
  const head = shown(lines.map(plainText).join('\n'));
  const printed = log === undefined && instead !== undefined ? shown(instead) : logText(log);
  return `${head}\n${RULE}\n${printed}\n`;
}

/** Of what is short: a log is long, and hidden already. */
function shown(text: string): string {
  return hideSecrets(plainText(text));
}

/** What it is there to mend, and why. */
function mendsLines(plan: RunPlan, { task }: TaskRow): string[] {
  const mends = mendsDetail(plan, task);
  return mends === undefined
    ? []
    : [`Mends: ${mends.task} (${mends.label}), ${mends.fault}: ${oneLine(mends.why, 400)}`];
}

/** Why it ran or did not have to; why the cache was not asked. */
function cacheLines(
  plan: RunPlan,
  state: RunState,
  { task, step }: TaskRow,
  now: number | undefined,
): string[] {
  const reason = reasonText(plan, state, task, 'whole', now);
  const off = cacheOffOf(plan, step);
  return [
    ...(reason === '' ? [] : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`.split('\n')),
    ...(off === undefined ? [] : [`Cache: off, because ${offText(off)}`]),
  ];
}

/** Where its result stands, or why it stands on no branch. */
function landingLines({ landings }: RunState, { task, branch }: TaskRow): string[] {
  const landing = landings.get(task);
  switch (landing?.kind) {
    case 'undone':
      return [`Rolled back by ${landing.by.name}: it is on no branch any more`];
    case 'failed': {
      const { title, fix } = failureText(landing.failure);
      return [fix === undefined ? title : `${title}. ${fix}`];
    }
    default:
      return branch === undefined ? [] : [`Branch: ${branch}`];
  }
}

/** What a gate is asked about may have been made long before. */
function reusedBefore(
  plan: RunPlan,
  state: RunState,
  { needs }: TaskRow,
  now: number | undefined,
): string[] {
  return needs.flatMap((need) =>
    reuseOf(state, need) === undefined
      ? []
      : [`${need} ${reasonText(plan, state, need, 'line', now)}`],
  );
}

/** All that a person is to know before they answer. */
export function questionLines(asks: Question): string[] {
  return asks.kind === 'budget'
    ? ['', questionText(asks)]
    : ['', questionText(asks), `Tool: ${asks.tool}`, asks.detail, ''];
}

/** What there is to say of how it stands, beside what went wrong. */
function newsOf(at: TaskState, detail: string): string | undefined {
  switch (at.kind) {
    case 'pending':
      return detail === '' ? undefined : `Now: ${detail}`;
    case 'running':
      return detail === '' ? undefined : `Now: ${detail}`;
    case 'waiting':
      return 'Now: waits for an answer';
    case 'unknown':
      return 'Now: it was cut off, and nobody can tell what it did outside its copy. Find out; then accept it, rerun it or skip it.';
    case 'approved':
      return `Approved ${detail}`;
    case 'skipped':
      return `Skipped: ${detail}`;
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return undefined;
    default:
      return unreachable(at);
  }
}

function logText(log: Uint8Array | Tail | undefined): string {
  const tail = log instanceof Uint8Array ? tailOf(log, SHOWN_LOG) : log;
  if (tail?.kind === 'binary') {
    return `(${count(tail.bytes, 'byte')} of binary output, kept with the run)`;
  }
  if (tail === undefined || (tail.text === '' && tail.left === 0)) {
    return '(nothing printed)';
  }
  const { text, left, isCounted } = tail;
  return left === 0
    ? text
    : `(the first ${count(left, isCounted ? 'character' : 'byte')} are not shown)\n${text}`;
}
