import type { Actor } from '../domain/actor.ts';
import type { RunEvent, TaskEdit } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import {
  hasEnded,
  type GateAnswer,
  type GateEvidence,
  type RunState,
  type TaskState,
  type WantedChange,
} from '../domain/runState.ts';
import { ImpossibleEvent } from './expectations.ts';
import { editedAgain } from './planChange.ts';

type Answered = Extract<RunEvent, { readonly type: 'gate-answered' }>;
type Doubted = Extract<RunEvent, { readonly type: 'gate-doubted' }>;
type Waiting = Extract<TaskState, { readonly kind: 'waiting' }>;

/** What people have decided about tasks: answers at gates, what they want changed, edits and holds. */
export class PeopleFold {
  readonly held = new Map<TaskId, Actor>();
  readonly edits = new Map<TaskId, TaskEdit>();
  readonly #answers = new Map<TaskId, GateAnswer>();
  readonly #wanted = new Map<TaskId, readonly WantedChange[]>();

  /** Parts of the run's state, which change as events are applied. */
  get facts(): Pick<RunState, 'answers' | 'wanted' | 'held' | 'edits'> {
    const { held, edits } = this;
    return { answers: this.#answers, wanted: this.#wanted, held, edits };
  }

  /** @param task as it is @throws ImpossibleEvent */
  hold(event: Extract<RunEvent, { readonly type: 'task-held' }>, task: TaskState): void {
    if (hasEnded(task) || this.held.has(event.task)) {
      throw new ImpossibleEvent(event, 'it has ended, or is held already');
    }
    this.held.set(event.task, event.by);
  }

  /** @throws ImpossibleEvent */
  release(event: Extract<RunEvent, { readonly type: 'task-released' }>): void {
    if (!this.held.delete(event.task)) {
      throw new ImpossibleEvent(event, 'it is not held');
    }
  }

  edited(edit: TaskEdit): void {
    this.edits.set(edit.task, editedAgain(edit, this.edits.get(edit.task)));
  }

  choseModel(task: TaskId, model: string): void {
    this.edits.set(task, { task, prompt: this.edits.get(task)?.prompt, model });
  }

  /** @param evidence what the tasks right before it had come to @throws ImpossibleEvent */
  answered(event: Answered, gate: Waiting, evidence: readonly GateEvidence[]): void {
    const { task, decision, by, note, changes } = event;
    if (event.digest !== gate.digest) {
      throw new ImpossibleEvent(event, 'the answer is for something else than was shown');
    }
    if ((decision === 'changes-requested') !== (changes !== undefined)) {
      throw new ImpossibleEvent(event, 'only who requests changes says who makes them');
    }
    if (changes !== undefined && (note === undefined || !changes.reset.includes(task))) {
      throw new ImpossibleEvent(event, 'it says nothing of what is to change, or leaves the gate');
    }
    if (event.choice !== undefined && decision !== 'approved') {
      throw new ImpossibleEvent(event, 'only an approval chooses');
    }
    this.#answers.set(task, {
      ...{ decision, by, at: event.at, note, choice: event.choice, digest: event.digest },
      ...{ ask: gate.ask, evidence, seal: event.seal, isDoubted: false },
    });
    for (const one of changes?.redo ?? []) {
      const made = evidence.find((shown) => shown.task === one);
      const change = { gate: task, made, note: note ?? '', by, at: event.at };
      this.#wanted.set(one, [...(this.#wanted.get(one) ?? []), change]);
    }
  }

  /** @throws ImpossibleEvent */
  doubted(event: Doubted): void {
    const answer = this.#answers.get(event.task);
    if (answer === undefined || !event.reset.includes(event.task)) {
      throw new ImpossibleEvent(event, 'nobody has answered it, or it is to stay answered');
    }
    this.#answers.set(event.task, { ...answer, isDoubted: true });
  }

  /** It is asked as if it had never been. */
  forget(gate: TaskId): void {
    this.#answers.delete(gate);
  }
}
