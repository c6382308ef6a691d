import { CHANGES_MODEL } from '../domain/agent.ts';
import { parseTemplate } from '../domain/expression.ts';
import type { EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import { repliesTo } from '../domain/question.ts';
import type { RunRequest } from '../domain/request.ts';
import { hasEnded, type RunState, type TaskState } from '../domain/runState.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import { MAY_BE_SKIPPED } from '../journal/skipping.ts';
import { onAnswer } from './gateAnswers.ts';
import { record, refuse, type Circumstances, type Verdict } from './verdict.ts';
import { foldsUp, takenAlong } from './takenAlong.ts';

/** What may be asked of a run that is over. */
const AFTER_THE_END: ReadonlySet<RunRequest['kind']> = new Set([
  'rerun',
  'command',
  'undo',
  'merge',
]);

/** What becomes of what a person asks, by how the run stands. Pure. A refusal continues "…, because". */
export function verdictOn(request: RunRequest, circumstances: Circumstances): Verdict {
  const { state } = circumstances;
  const { phase } = state;
  if (phase.kind === 'finished' && !AFTER_THE_END.has(request.kind)) {
    return refuse('the run has finished');
  }
  switch (request.kind) {
    case 'merge':
      return onMerge(request, state);
    case 'answer':
      return onAnswer(request, circumstances);
    case 'reply':
      return onReply(request, state);
    case 'cancel':
      return phase.kind === 'cancelling'
        ? record()
        : record({ type: 'cancel-requested', by: request.by });
    case 'pause':
      if (phase.kind === 'cancelling') {
        return refuse('the run is being cancelled');
      }
      return phase.kind === 'paused' && phase.running === request.running
        ? record()
        : record({ type: 'run-paused', running: request.running, by: request.by });
    case 'unpause':
      return phase.kind === 'paused'
        ? record({ type: 'run-resumed', by: request.by })
        : refuse('the run is not paused');
    default:
      return onTask(request, circumstances);
  }
}

type TaskRequest = Exclude<
  RunRequest,
  { readonly kind: 'answer' | 'reply' | 'cancel' | 'pause' | 'unpause' | 'merge' }
>;

function onTask(request: TaskRequest, circumstances: Circumstances): Verdict {
  const { state, planned } = circumstances;
  const { task: id, by } = request;
  const task = state.tasks.get(id);
  const step = planned.get(id)?.step;
  if (task === undefined || step === undefined) {
    return refuse(`the run has no task "${id}"`);
  }
  if (state.phase.kind === 'cancelling' && request.kind !== 'command') {
    return refuse('the run is being cancelled');
  }
  switch (request.kind) {
    case 'stop':
      return task.kind === 'running'
        ? record({ type: 'task-stop-requested', task: id, by })
        : refuse(`"${id}" is not running, it is ${task.kind}`);
    case 'hold':
      if (hasEnded(task) || task.kind === 'waiting' || task.kind === 'unknown') {
        return refuse(`"${id}" is ${task.kind}; only what is to run or runs can be held`);
      }
      return state.held.has(id) ? record() : record({ type: 'task-held', task: id, by });
    case 'release':
      return state.held.has(id)
        ? record({ type: 'task-released', task: id, by })
        : refuse(`"${id}" is not held`);
    case 'skip':
      return MAY_BE_SKIPPED.has(task.kind)
        ? onSkip(id, task, circumstances, by)
        : refuse(`"${id}" is ${task.kind}; stop it first`);
    case 'rerun':
      return onRerun(request, step.kind === 'gate', task, circumstances);
    case 'undo':
      return state.landings.get(id)?.kind === 'done'
        ? record({ type: 'landing-undone', task: id, by })
        : refuse(`"${id}" has no result on a branch`);
    case 'accept':
      return task.kind === 'unknown'
        ? { kind: 'look', task: id, attempt: task.attempt }
        : refuse(`"${id}" is ${task.kind}; only what nobody knows the outcome of can be accepted`);
    case 'steer':
      return task.kind === 'running'
        ? { kind: 'tell', task: id, attempt: task.attempt, text: request.text }
        : refuse(`"${id}" is not running, it is ${task.kind}`);
    case 'choose-model':
      return onChooseModel(request, step, task, circumstances);
    case 'choose-permissions': {
      const agent = step.kind === 'agent' ? circumstances.plan.agents[step.agent] : undefined;
      if (hasEnded(task) || agent === undefined || agent.runner.kind === 'command') {
        return refuse(`"${id}" is ${task.kind}, or no model works on it`);
      }
      return record({ type: 'permissions-chosen', task: id, mode: request.mode, by });
    }
    case 'command': {
      const { command, exitCode } = request;
      return record({ type: 'command-ran', task: id, command, exitCode, by });
    }
  }
}

/** Whoever merges tells of it step by step; by now another one may do so. */
function onMerge(
  { event }: Extract<RunRequest, { kind: 'merge' }>,
  { merge, tasks, landings }: RunState,
): Verdict {
  if (event.type === 'merge-started') {
    const gone = event.tasks.find(
      (task) => tasks.get(task)?.kind !== 'succeeded' || landings.get(task)?.kind !== 'done',
    );
    return gone === undefined ? record(event) : refuse(`"${gone}" has no result on a branch`);
  }
  if (merge === undefined) {
    return refuse('nobody merges its results');
  }
  const { place } = merge;
  const isChoice =
    event.type === 'merge-moved' ||
    (place.kind === 'conflict' &&
      place.task === event.task &&
      place.conflicts.some(({ path }) => path === event.path));
  return isChoice ? record(event) : refuse('that choice is not asked for any more');
}

function onReply(
  { question: id, digest, reply, by }: Extract<RunRequest, { kind: 'reply' }>,
  { questions, phase }: RunState,
): Verdict {
  const question = questions.get(id);
  if (question === undefined || phase.kind === 'cancelling') {
    return refuse('nobody asks that any more');
  }
  if (question.digest !== digest) {
    return refuse('what was shown has changed since; look again');
  }
  const { asks } = question;
  if (!repliesTo(asks).includes(reply.kind)) {
    return refuse(`that is no answer to a question about ${NOUN[asks.kind]}`);
  }
  const isTooLittle =
    asks.kind === 'budget' &&
    (reply.kind === 'raise' || reply.kind === 'cheaper') &&
    reply.to <= asks.spent;
  return isTooLittle
    ? refuse('as much is spent already; raise it further')
    : record({ type: 'question-answered', question: id, digest, reply, by });
}

const NOUN = { permission: 'a permission', budget: 'a budget' } as const;

/** A running agent changes over where its runner can; what has ended is asked for again with another model. */
function onChooseModel(
  { task: id, model, by }: Extract<RunRequest, { kind: 'choose-model' }>,
  step: PlannedTask['step'],
  task: TaskState,
  { plan }: Circumstances,
): Verdict {
  const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
  if (agent === undefined || agent.runner.kind === 'command') {
    return refuse(`"${id}" has no model`);
  }
  if (hasEnded(task) || task.kind === 'unknown') {
    return refuse(`"${id}" is ${task.kind}; rerun it with another model`);
  }
  return task.kind === 'running' && !CHANGES_MODEL.has(agent.runner.kind)
    ? refuse(`"${agent.name}" cannot change its model while it works`)
    : record({ type: 'model-chosen', task: id, model, by });
}

/** What was skipped because of it may run again now. */
function onSkip(
  task: TaskId,
  state: TaskState,
  circumstances: Circumstances,
  by: RunRequest['by'],
): Verdict {
  const skip: EventBody = { type: 'task-skipped', task, because: [], by };
  const behind = hasEnded(state)
    ? takenAlong([task], circumstances.graph, circumstances.state.tasks, isSkipped)
    : [];
  return behind.length === 0
    ? record(skip)
    : record(skip, { type: 'tasks-reset', tasks: behind, fresh: [], by, edit: undefined });
}

function onRerun(
  { task: id, prompt, model, withoutCache, by }: Extract<RunRequest, { kind: 'rerun' }>,
  isGate: boolean,
  task: TaskState,
  circumstances: Circumstances,
): Verdict {
  const { state, plan, planned, graph } = circumstances;
  if (task.kind === 'pending' || task.kind === 'running' || task.kind === 'waiting') {
    return refuse(`"${id}" is ${task.kind}; it has no outcome yet`);
  }
  const edited = prompt !== undefined || model !== undefined;
  if (edited && isGate) {
    return refuse(`"${id}" is a gate; it has neither a prompt nor a model`);
  }
  const step = planned.get(id)?.step;
  const agent = step?.kind === 'agent' ? plan.agents[step.agent] : undefined;
  if (model !== undefined && agent?.runner.kind === 'command') {
    return refuse(`"${agent.name}" is a command; it has no model`);
  }
  const template = prompt === undefined ? undefined : parseTemplate(prompt);
  if (template?.ok === false) {
    return refuse(`the prompt cannot be read: ${template.error.message}`);
  }
  const behind = takenAlong([id], graph, state.tasks, isBegun);
  const running = behind.find((other) => state.tasks.get(other)?.kind === 'running');
  if (running !== undefined) {
    return refuse(`"${running}", which works on what it made, is running; stop it first`);
  }
  // Whoever asks again for the same wants another answer to it; with another prompt, an answer to that.
  const reset: EventBody = {
    type: 'tasks-reset',
    tasks: [id, ...behind],
    fresh: withoutCache ? [id, ...behind] : edited ? [] : [id],
    by,
    edit: edited ? { task: id, prompt, model } : undefined,
  };
  return record(reset, ...foldsUp(plan, [id, ...behind]));
}

function isSkipped({ kind }: TaskState): boolean {
  return kind === 'skipped';
}

function isBegun({ kind }: TaskState): boolean {
  return kind !== 'pending';
}
