import process from 'node:process';
import { plainText } from '../core/base/text.ts';
import type { Actor } from '../core/domain/actor.ts';
import type { TaskId } from '../core/domain/ids.ts';
import type { RunRequest } from '../core/domain/request.ts';
import type { TaskVerb } from '../core/projections/verbs.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { taskFacts } from './facts.ts';
import { follow } from './follow.ts';
import { PERMISSION_MODES } from '../core/domain/terms.ts';
import { lineOfTask } from './progress.ts';
import { CommandFailure, findRun, findTask, type ReadableRun, type Session } from './session.ts';
import { isInterrupted, verbsOf } from './standing.ts';

interface JsonOption {
  readonly json?: true;
}

type TaskRequest = Extract<RunRequest, { readonly task: TaskId }>;

/** Verbs with nothing to say beside the task. */
type PlainVerb = 'stop' | 'hold' | 'release' | 'skip' | 'accept';

/** `"tests" of code-quality-3 was not …` */
const DONE: Readonly<Record<TaskVerb, string>> = {
  stop: 'stopped',
  hold: 'held',
  release: 'released',
  rerun: 'run again',
  'rerun-without-cache': 'run again',
  skip: 'skipped',
  accept: 'accepted',
  steer: 'told',
  answer: 'answered',
  'change-model': 'given another model',
  'change-permissions': 'given other permissions',
};

export function ask(kind: PlainVerb) {
  return (session: Session, args: readonly string[], options: JsonOption): Promise<ExitCode> =>
    askTask(session, args, options, kind, (task, by) => ({ kind, task, by }));
}

/** `sluice model <run> <task> <model>` */
export function model(
  session: Session,
  args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const [, , name = ''] = args;
  return askTask(session, args, options, 'change-model', (task, by) => ({
    kind: 'choose-model',
    task,
    model: name,
    by,
  }));
}

/** `sluice permissions <run> <task> <mode>` */
export function permissions(
  session: Session,
  args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const [, , name] = args;
  const mode = PERMISSION_MODES.find((one) => one === name);
  if (mode === undefined) {
    throw new CommandFailure(
      `There is no permission mode "${name ?? ''}", only ${PERMISSION_MODES.join(', ')}.`,
    );
  }
  return askTask(session, args, options, 'change-permissions', (task, by) => ({
    kind: 'choose-permissions',
    task,
    mode,
    by,
  }));
}

export function rerun(
  session: Session,
  args: readonly string[],
  options: JsonOption & {
    readonly prompt?: string;
    readonly model?: string;
    /** False: what comes of it is made anew too. */
    readonly cache: boolean;
  },
): Promise<ExitCode> {
  const { prompt, model, cache } = options;
  return askTask(session, args, options, 'rerun', (task, by) => ({
    kind: 'rerun',
    task,
    prompt,
    model,
    withoutCache: !cache,
    by,
  }));
}

export function steer(
  session: Session,
  args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const [, , text = ''] = args;
  return askTask(session, args, options, 'steer', (task, by) => ({
    kind: 'steer',
    task,
    text,
    by,
  }));
}

/** Asks, and when nobody else drives the run, goes on with it. */
async function askTask(
  session: Session,
  [text = '', name = '']: readonly string[],
  options: JsonOption,
  verb: TaskVerb,
  requestOf: (task: TaskId, by: Actor) => TaskRequest,
): Promise<ExitCode> {
  const { sluice, terminal, now } = session;
  const entry = findRun(sluice, text);
  const { run } = entry;
  const task = findTask(entry, name);
  const request = requestOf(task, sluice.actor);
  const refuseBecause = (why: string | undefined) => {
    if (why !== undefined) {
      const message = `"${task}" of ${run} was not ${DONE[verb]}: ${why}.`;
      throw new CommandFailure(message, EXIT.failed);
    }
  };
  refuseBecause(whyNotNow(entry, task, verb));
  return follow(session, {
    json: options.json ?? false,
    begin: async () => {
      const outcome = await sluice.request(run, request);
      refuseBecause(outcome.kind === 'refused' ? outcome.why : undefined);
      return run;
    },
    elsewhere: (current) => {
      const facts = taskFacts(current).find((one) => one.task === task);
      terminal.out(
        options.json
          ? `${JSON.stringify({ run, ...facts })}\n`
          : `${lineOfTask(terminal, current, task, now())}\n`,
      );
    },
  });
}

/**
 * Why a run that nobody drives is not taken over for this: to be refused, it would be driven. Whoever
 * drives a run says it itself.
 */
function whyNotNow(entry: ReadableRun, task: TaskId, verb: TaskVerb): string | undefined {
  const { run, state, driven } = entry;
  if (driven.kind !== 'nobody' || state.phase.kind === 'finished') {
    return undefined;
  }
  if (state.phase.kind === 'cancelling') {
    return `${run} is being cancelled`;
  }
  const verbs = verbsOf(entry, task);
  if (verbs.includes(verb)) {
    return undefined;
  }
  const kind = state.tasks.get(task)?.kind ?? 'not there';
  if (kind === 'running') {
    return `nobody drives ${run}, so it does not run; "sluice resume ${run}" goes on`;
  }
  const others = verbs.length === 0 ? '' : `; what can be asked of it is ${verbs.join(', ')}`;
  return `it is ${kind}${others}`;
}

/** Runs a command in a task's workspace copy. Ends with its exit code. */
export async function exec(
  { sluice, terminal }: Session,
  [text = '', name = '', program = '', ...args]: readonly string[],
): Promise<ExitCode> {
  const entry = findRun(sluice, text);
  const { run } = entry;
  const task = findTask(entry, name);
  if (isInterrupted(entry)) {
    // To tell the journal of the command the run would be driven, and what is to run would begin.
    const message = `Nobody drives ${run}. Go on with it first: sluice resume ${run}`;
    throw new CommandFailure(message, EXIT.failed);
  }
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const { signal } = stopping;
    const ran = await sluice.runInWorkspace(run, task, [program, ...args], signal);
    if (signal.aborted) {
      return EXIT.cancelled;
    }
    if (!ran.ok) {
      const message = `Nothing was run in the workspace copy of "${task}" of ${run}: ${ran.error}`;
      throw new CommandFailure(message, EXIT.failed);
    }
    const { exitCode } = ran.value;
    // Its first line is the command.
    const { output } = ran.value;
    terminal.out(terminal.live ? plainText(output) : output);
    return exitCode ?? EXIT.failed;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
