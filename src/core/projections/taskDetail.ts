import { formatDuration, oneLine, plainText } from '../base/text.ts';
import { moneyText } from '../domain/amounts.ts';
import { offText } from '../domain/cacheText.ts';
import { failureText } from '../domain/failureText.ts';
import type { AgentName, TaskId } from '../domain/ids.ts';
import type { FileChange } from '../domain/merge.ts';
import type { RunState } from '../domain/runState.ts';
import type { PlannedTask, RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import { costText } from './amounts.ts';
import { attemptsIn, toolsIn, type Deed } from './attempts.ts';
import type {
  DetailFact,
  DetailFile,
  DetailGate,
  DetailOutput,
  TaskDetail,
} from './detailPicture.ts';
import type { GraphNodeState } from './graphPicture.ts';
import { accountOf, changeText, modelText } from './ledger.ts';
import { mendingDetail, mendsDetail } from './mendingDetail.ts';
import { testsText } from './mendingWords.ts';
import { questionsOf, questionText } from './questions.ts';
import { cacheOffOf, reasonText } from './reasons.ts';
import { taskRow, type Driven, type TaskRow } from './taskRows.ts';

/** What a task is told from. */
export interface DetailSource {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly driven: Driven;
  readonly task: TaskId;
  /** As the agent got it, or as it is written; `undefined`: not known. */
  readonly prompt: string | undefined;
  /** `undefined`: nothing yet. */
  readonly output: ReadOutput | undefined;
  /** Of the task, in order. */
  readonly deeds: readonly Deed[];
  /** What it did to files; none where it is not done. */
  readonly changes: readonly FileChange[];
  /** Where it is a gate that waits. */
  readonly gate: DetailGate | undefined;
  /** What a person can ask of it now, as words of the face's own. */
  readonly verbs: (row: TaskRow) => readonly string[];
  /** As of `taskRows`. */
  readonly now: number | undefined;
}

/** The end of what a task has printed, or what it answered. */
export interface ReadOutput {
  readonly text: string;
  /** Characters, or bytes where nobody has read them, before it that are not here. */
  readonly before: number;
}

/** Characters of an output that are shown beside the graph; the whole has a document of its own. */
export const MOST_OUTPUT = 40_000;

/** All there is to say about a task of a run, beside the graph; `undefined`: there is no such task. */
export function taskDetail(source: DetailSource): TaskDetail | undefined {
  const { plan, state, driven, task, deeds, now } = source;
  const planned = plannedById(plan).get(task);
  if (planned === undefined) {
    return undefined;
  }
  const row = taskRow(plan, planned, state, driven, undefined, now);
  const isRunning = row.state === 'running' && driven.kind !== 'nobody';
  return {
    task,
    kind: row.step.kind,
    state: shownState(row, driven),
    subtitle: subtitleOf(plan, state, row),
    facts: factsOf(source, planned, row),
    prompt: row.step.kind === 'agent' ? shownPrompt(source.prompt) : undefined,
    output: outputOf(source, row, isRunning),
    problem: problemOf(state, row),
    tools: toolsIn(deeds, isRunning),
    files: source.changes.map(fileOf),
    ...fixParts(plan, state, task),
    attempts: attemptsIn(deeds),
    gate: source.gate,
    wanted: (state.wanted.get(task) ?? []).map(
      ({ by, note }) => `${oneLine(by.name, 60)}: ${plainText(note)}`,
    ),
    verbs: source.verbs(row),
  };
}

/** Left out where it has nothing to do with mending. */
function fixParts(
  plan: RunPlan,
  state: RunState,
  task: TaskId,
): Pick<TaskDetail, 'mends' | 'mending'> {
  const mends = mendsDetail(plan, task);
  const mending = mendingDetail(plan, state, task);
  return {
    ...(mends === undefined ? {} : { mends }),
    ...(mending.length === 0 ? {} : { mending }),
  };
}

/** As the card in the graph has it. */
function shownState({ asks, state }: TaskRow, driven: Driven): GraphNodeState {
  if (asks !== undefined) {
    return 'asking';
  }
  return state === 'running' && driven.kind === 'nobody' ? 'pending' : state;
}

function subtitleOf(plan: RunPlan, state: RunState, { task, step, mends }: TaskRow): string {
  if (step.kind === 'gate') {
    return mends === undefined ? 'Gate' : `Gate · asks about ${mends.of}`;
  }
  const model = accountOf(state, task)?.models.at(-1);
  const asked = model?.served ?? model?.requested ?? askedFirst(plan, state, task, step.agent);
  return [step.agent, ...(asked === undefined ? [] : [oneLine(asked, 80)])].join(' · ');
}

/** The model that would be asked; `undefined`: it is no model's task, or the user's own choice. */
function askedFirst(
  plan: RunPlan,
  state: RunState,
  task: TaskId,
  agent: AgentName,
): string | undefined {
  const runner = plan.agents[agent]?.runner;
  const edited = state.edits.get(task)?.model;
  return edited ?? (runner !== undefined && 'models' in runner ? runner.models[0] : undefined);
}

function factsOf(
  { plan, state, task, now, driven }: DetailSource,
  planned: PlannedTask,
  row: TaskRow,
): DetailFact[] {
  const { step } = row;
  const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
  const at = state.tasks.get(task);
  const isCutOff = at?.kind === 'running' && driven.kind === 'nobody';
  const account = accountOf(state, task);
  const held = state.held.get(task);
  const off = cacheOffOf(plan, step);
  const reason = reasonText(plan, state, task, 'whole', now);
  const landing = state.landings.get(task);
  const answer = state.answers.get(task);
  const [question] = questionsOf(state, task);
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['Asks', question === undefined ? undefined : questionText(question.asks)],
    ['Now', nowText(row, isCutOff)],
    ['Held by', held === undefined ? undefined : oneLine(held.name)],
    ['Agent', agent === undefined ? undefined : `${agent.name} (${agent.file})`],
    [
      'Command',
      agent?.runner.kind === 'command' ? oneLine(agent.runner.command.join(' '), 300) : undefined,
    ],
    ['Model', account?.models.map(modelText).join('; ')],
    [
      'Changed model',
      account?.changes
        .map(({ from, to, why }) => `from ${from} to ${to}, ${changeText(why)}`)
        .join('; '),
    ],
    ['Took', row.durationMs === undefined ? undefined : formatDuration(row.durationMs)],
    [
      'Expected to take',
      row.state === 'pending' && step.kind === 'agent'
        ? formatDuration(planned.estimateMs)
        : undefined,
    ],
    ['Tokens', account === undefined ? undefined : tokensOf(account.spent)],
    ['Cost', account === undefined ? undefined : costText(account.spent)],
    ['Saved', savedOf(row)],
    ['Tests', at !== undefined && 'tests' in at ? testsText(at.tests) : undefined],
    [
      'Exit code',
      at?.kind === 'succeeded' && row.reused === undefined ? `${at.exitCode}` : undefined,
    ],
    [row.reused === undefined ? 'Why it ran' : 'Why nothing had to run', sentence(reason)],
    ['Cache', off === undefined ? undefined : `off, because ${offText(off)}`],
    ['Answered', answer === undefined ? undefined : answerText(answer)],
    ['Branch', row.branch],
    [
      'Rolled back',
      landing?.kind === 'undone' ? `by ${oneLine(landing.by.name)}: it is on no branch` : undefined,
    ],
    ['Needs', row.needs.join(', ')],
    ['Part of', row.groups.join(' › ')],
  ];
  return pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name, value }],
  );
}

/** How it stands where that is not told by what follows. */
function nowText({ state, asks, detail }: TaskRow, isCutOff: boolean): string | undefined {
  if (asks !== undefined) {
    return undefined;
  }
  if (isCutOff) {
    return 'cut off: nobody drives the run';
  }
  return state === 'pending' || state === 'running' || state === 'skipped' ? detail : undefined;
}

function tokensOf({
  inputTokens,
  outputTokens,
  isEstimate,
  retries,
}: {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly isEstimate: boolean;
  readonly retries: number;
}): string {
  const total = inputTokens + outputTokens;
  if (total === 0) {
    return '';
  }
  const number = (n: number) => n.toLocaleString('en');
  const counted = `${isEstimate ? '~' : ''}${number(total)} (${number(inputTokens)} in, ${number(outputTokens)} out)`;
  return retries === 0
    ? counted
    : `${counted}, ${retries === 1 ? '1 retry' : `${retries} retries`}`;
}

function savedOf({ reused }: TaskRow): string | undefined {
  if (reused === undefined) {
    return undefined;
  }
  const { ms, usd } = reused.saved;
  return [...(ms > 0 ? [formatDuration(ms)] : []), ...(usd > 0 ? [moneyText(usd)] : [])].join(', ');
}

function answerText({
  decision,
  by,
  note,
  choice,
}: {
  readonly decision: string;
  readonly by: { readonly name: string };
  readonly note: string | undefined;
  readonly choice: string | undefined;
}): string {
  const words = decision === 'changes-requested' ? 'changes requested' : decision;
  return [
    `${words} by ${oneLine(by.name, 60)}`,
    ...(choice === undefined ? [] : [`: ${oneLine(choice)}`]),
    ...(note === undefined ? [] : [` (${oneLine(note)})`]),
  ].join('');
}

function sentence(text: string): string {
  return plainText(`${text.charAt(0).toUpperCase()}${text.slice(1)}`);
}

function shownPrompt(prompt: string | undefined): string | undefined {
  const text = prompt === undefined ? '' : plainText(prompt).trim();
  return text === '' ? undefined : text;
}

function outputOf(
  { plan, output }: DetailSource,
  { step }: TaskRow,
  isLive: boolean,
): DetailOutput | undefined {
  if (output === undefined || step.kind === 'gate') {
    return undefined;
  }
  const whole = plainText(output.text);
  const text = whole.slice(-MOST_OUTPUT);
  const runner = plan.agents[step.agent]?.runner.kind;
  return {
    text,
    before: output.before + whole.length - text.length,
    // A command prints for a terminal; who is asked in words answers in Markdown.
    isMarkdown: runner !== undefined && runner !== 'command',
    isLive,
  };
}

function problemOf(
  { tasks, landings }: RunState,
  { task, fix }: TaskRow,
): TaskDetail['problem'] | undefined {
  const at = tasks.get(task);
  const landing = landings.get(task);
  if (at?.kind === 'failed') {
    return { title: plainText(failureText(at.failure).title), fix };
  }
  if (at?.kind === 'unknown') {
    return { title: 'It was cut off, and nobody can tell what it did outside its copy', fix };
  }
  if (at?.kind === 'pending' && at.retry !== undefined) {
    const { title, fix: toDo } = failureText(at.retry.failure);
    return { title: `Its last attempt failed: ${plainText(title)}`, fix: toDo };
  }
  return landing?.kind === 'failed'
    ? { title: plainText(failureText(landing.failure).title), fix }
    : undefined;
}

function fileOf({ path, was, is }: FileChange): DetailFile {
  return {
    path,
    change: is === undefined ? 'removed' : was === undefined ? 'added' : 'changed',
    bytes: (is ?? was)?.bytes ?? 0,
  };
}
