import { unreachable } from '../base/exhaustive.ts';
import { count, oneLine } from '../base/text.ts';
import type { Actor } from '../domain/actor.ts';
import type { Fix } from '../domain/debugging.ts';
import type { ParkReason } from '../domain/deed.ts';
import type { RunEvent } from '../domain/event.ts';
import type { Failure } from '../domain/failure.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import { faultText, fixText } from './mendingWords.ts';
import { asksText } from './questions.ts';

/** What happened, as one line: `lint started`, `review approved by ada`. */
export function eventText(event: RunEvent): string {
  const about = 'task' in event ? oneLine(event.task, 80) : '';
  switch (event.type) {
    case 'run-created':
      return `the run was started by ${nameOf(event.by)}`;
    case 'plan-changed':
      return 'the plan changed: lanes became known';
    case 'lanes-refused':
      return `${about} has no lanes: ${titleOf(event)}`;
    case 'run-claimed':
      return `${nameOf(event.by)} drives the run (process ${event.pid})`;
    case 'cache-missed':
      return `${about} is to run: the cache has no answer`;
    case 'task-reused':
      return `${about} was reused: nothing ran`;
    case 'task-started':
      return `${about} started${again(event.attempt)}`;
    case 'task-process':
      return `${about} has a process`;
    case 'task-parked':
      return `${about} waits: ${parkText(event.why)}`;
    case 'task-continued':
      return `${about} goes on`;
    case 'call-started':
      return `${about} asks ${oneLine(event.model, 60)}`;
    case 'call-ended':
      return `${about} ${event.failure === undefined ? 'got an answer' : 'got no answer'} from its model`;
    case 'model-changed':
      return `${about} changes from ${oneLine(event.from, 60)} to ${oneLine(event.to, 60)}`;
    case 'tool-called':
      return `${about} uses ${oneLine(event.tool, 60)}`;
    case 'tool-ended':
      return `${about}: a tool ${TOOL_ENDS[event.outcome]}`;
    case 'breaker-moved':
      return `calls of ${oneLine(event.model, 60)} are ${event.state === 'closed' ? 'made again' : 'held back'}`;
    case 'question-opened':
      return `${about} asks: ${asksText(event.asks)}`;
    case 'question-answered':
      return `a question was answered by ${nameOf(event.by)}`;
    case 'model-chosen':
      return `${about} is to use ${oneLine(event.model, 60)}, chosen by ${nameOf(event.by)}`;
    case 'permissions-chosen':
      return `${about} got other permissions from ${nameOf(event.by)}`;
    case 'budget-noticed':
      return 'four fifths of a budget are spent';
    case 'task-succeeded':
      return `${about} succeeded`;
    case 'task-failed':
      return `${about} failed: ${titleOf(event)}`;
    case 'task-faulted':
      return `${about} failed and is to be mended: ${titleOf(event)}`;
    case 'fix-opened':
      return openedText(event.fix);
    case 'task-given-up':
      return `${about} was given up: ${titleOf(event)}`;
    case 'task-retried':
      return `${about} failed and is tried again: ${titleOf(event)}`;
    case 'task-interrupted':
      return `${about} was cut off and is made again`;
    case 'task-unknown':
      return `${about} was cut off: did it happen?`;
    case 'condition-judged':
      return event.met ? `${about} is wanted` : `${about} is not wanted`;
    case 'task-skipped':
      return `${about} was skipped${event.by === undefined ? '' : ` by ${nameOf(event.by)}`}`;
    case 'task-cancelled':
      return `${about} was cancelled`;
    case 'task-stop-requested':
      return `${nameOf(event.by)} stops ${about}`;
    case 'task-held':
      return `${about} is held by ${nameOf(event.by)}`;
    case 'task-released':
      return `${about} was released by ${nameOf(event.by)}`;
    case 'task-steered':
      return `${nameOf(event.by)} said something to ${about}`;
    case 'tasks-reset':
      return `${namesOf(event.tasks)} to run again, asked by ${nameOf(event.by)}`;
    case 'command-ran':
      return `${nameOf(event.by)} ran a command in the copy of ${about}`;
    case 'gate-opened':
      return `${about} waits for an answer`;
    case 'gate-answered':
      return event.decision === 'changes-requested'
        ? `changes were requested at ${about} by ${nameOf(event.by)}`
        : `${about} ${event.decision} by ${nameOf(event.by)}${event.stands ? ' before' : ''}`;
    case 'gate-doubted':
      return `${about} is asked again: its approval does not count`;
    case 'landing-started':
      return `the result of ${about} goes to its branch`;
    case 'landing-done':
      return `the result of ${about} is on its branch`;
    case 'landing-failed':
      return `the result of ${about} did not reach its branch: ${titleOf(event)}`;
    case 'landing-undone':
      return `the result of ${about} was taken back by ${nameOf(event.by)}`;
    case 'checkout-looked':
      return event.changes.length === 0 ? 'the checkout is untouched' : 'the checkout has changed';
    case 'merge-started':
      return `${nameOf(event.by)} merges the results`;
    case 'merge-chosen':
      return `${nameOf(event.by)} chose a version of ${oneLine(event.path, 80)}`;
    case 'merge-moved':
      return `the merge: ${event.place.kind}`;
    case 'cancel-requested':
      return `${nameOf(event.by)} cancels the run`;
    case 'run-paused':
      return event.because === 'checkout'
        ? 'the run is paused: the checkout changed'
        : `the run was paused by ${nameOf(event.by)}`;
    case 'run-resumed':
      return `the run was resumed by ${nameOf(event.by)}`;
    case 'run-finished':
      return `the run has ${event.status === 'cancelled' ? 'been cancelled' : event.status === 'degraded' ? 'ended degraded' : event.status}`;
    default:
      return unreachable(event);
  }
}

/** Why an attempt waits, as the end of a sentence. */
export function parkText(why: ParkReason): string {
  switch (why.kind) {
    case 'provider':
      return `${oneLine(why.provider, 60)} takes no call (${why.because})`;
    case 'stopped':
      return 'it was stopped in the middle';
    case 'cut-off':
      return 'the program that drove it died';
    default:
      return unreachable(why);
  }
}

function openedText({ id, of, fault, agent }: Fix): string {
  const [name, mended] = [oneLine(id, 80), oneLine(of, 80)];
  return agent === undefined
    ? `${name} is to ask a person about ${mended}: ${faultText(fault)}`
    : `${name} was opened to mend ${mended}: ${fixText({ fault, agent })}`;
}

const TOOL_ENDS = {
  done: 'has done its work',
  failed: 'failed',
  refused: 'was refused',
  lost: 'was cut off',
} as const;

function nameOf({ name }: Actor): string {
  return oneLine(name, 60);
}

function titleOf({ failure }: { readonly failure: Failure }): string {
  return oneLine(failureText(failure).title);
}

function again(attempt: number): string {
  return attempt > 1 ? ` (attempt ${attempt})` : '';
}

function namesOf(tasks: readonly TaskId[]): string {
  const [only] = tasks;
  return tasks.length === 1 && only !== undefined
    ? `${oneLine(only, 80)} is`
    : `${count(tasks.length, 'task')} are`;
}
