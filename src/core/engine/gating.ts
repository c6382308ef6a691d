import type { Actor } from '../domain/actor.ts';
import type { SealedAnswer } from '../domain/approvals.ts';
import type { Seal } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunRequest } from '../domain/request.ts';
import type { GateAnswer } from '../domain/runState.ts';
import { asksForAnswer } from '../domain/workflow.ts';
import type { Graph } from '../graph/graph.ts';
import type { Desk } from './desk.ts';
import type { DriveOptions, Message } from './effects.ts';
import { showGate } from './gate.ts';
import { foldsUp, takenAlong } from './takenAlong.ts';

/** Opens gates, gives the answers that stand or were given beforehand, and doubts those nobody gave. */
export class Gating {
  readonly #desk: Desk;
  readonly #options: DriveOptions;
  #hasDoubted = false;

  constructor(desk: Desk, options: DriveOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** False when it is being opened already. */
  open(id: TaskId): boolean {
    return this.#desk.effects.begin(id, async () => {
      const { context } = this.#desk;
      const { planned } = this.#desk;
      const needs = (task: TaskId) => planned.get(task)?.needs ?? [];
      const shown = await showGate(this.#desk.task(id), this.#desk.gateStep(id), context, needs);
      return { kind: 'gate-shown', task: id, shown };
    });
  }

  shown({ task, shown }: Extract<Message, { kind: 'gate-shown' }>): void {
    if (!this.#desk.state.frontier.dueGates.has(task)) {
      return;
    }
    const { digest, ask } = shown;
    this.#desk.append({ type: 'gate-opened', task, digest, ask });
    const before = this.#desk.state.answers.get(task);
    if (
      before?.decision === 'approved' &&
      before.digest === digest &&
      this.#isGiven(task, before)
    ) {
      const { by, note, choice, seal } = before;
      this.#approve({ task, digest, by, note, choice }, seal, true);
    } else if (this.#mayApprove(task)) {
      const answer = { task, digest, by: this.#options.by, note: 'approved on the command line' };
      this.#approve(answer, this.#sealOf({ ...answer, decision: 'approved' }), false);
    }
  }

  /** Beforehand nobody knows what fixes will have tried: who approved that would have it tried for ever. */
  #mayApprove(task: TaskId): boolean {
    const isAboutFixes = this.#desk.task(task).fix !== undefined;
    return (
      !isAboutFixes && !asksForAnswer(this.#desk.gateStep(task)) && this.#options.approveGate(task)
    );
  }

  /** What keeps an answer from counting, as what follows "…, because"; else the answer with this program's seal. */
  received(request: Extract<RunRequest, { kind: 'answer' }>): typeof request | string {
    const { approvals } = this.#desk.parts;
    const { run } = this.#desk.state;
    if (approvals === undefined) {
      return request;
    }
    switch (approvals.check({ run, ...request }, request.seal)) {
      case 'good':
        return { ...request, seal: this.#sealOf(request) };
      case 'forged':
        return 'its seal is not over this answer: somebody has changed it on its way';
      case 'unsealed':
        return 'nobody who holds your key gave it';
    }
  }

  /**
   * Approvals in the journal of a run that is taken over which no program of this user gave: their gates are asked
   * again, and what came of them is done again. Once in a drive; of a run that was over as soon as it goes on.
   */
  doubt(rules: { readonly graph: Graph<TaskId> }): void {
    const { approvals, log } = this.#desk.parts;
    const { run, answers, phase } = this.#desk.state;
    if (this.#hasDoubted || approvals === undefined) {
      return;
    }
    if (phase.kind !== 'active' && phase.kind !== 'paused') {
      return;
    }
    this.#hasDoubted = true;
    for (const [task, { seal, ...answer }] of [...answers]) {
      const verdict = approvals.check({ run, task, ...answer }, seal);
      // Another doubt may have taken it along.
      if (verdict !== 'good' && this.#desk.state.tasks.get(task)?.kind === 'approved') {
        log.warn(`The approval of ${task} in ${run} is ${verdict}: the gate is asked again`);
        const { tasks } = this.#desk.state;
        const behind = takenAlong([task], rules.graph, tasks, ({ kind }) => kind !== 'pending');
        const reset = [task, ...behind];
        const again = foldsUp(this.#desk.plan, reset);
        this.#desk.append({ type: 'gate-doubted', task, why: verdict, reset }, ...again);
      }
    }
  }

  /** Whoever wrote an answer that nobody gave may have put its gate back as well. */
  #isGiven(task: TaskId, { seal, isDoubted, ...answer }: GateAnswer): boolean {
    const { approvals } = this.#desk.parts;
    const { run } = this.#desk.state;
    return !isDoubted && (approvals?.check({ run, task, ...answer }, seal) ?? 'good') === 'good';
  }

  #approve({ choice, ...answer }: Given, seal: Seal | undefined, stands: boolean): void {
    this.#desk.append({
      type: 'gate-answered',
      decision: 'approved',
      ...answer,
      ...(choice !== undefined && { choice }),
      ...(stands && { stands: true }),
      ...(seal !== undefined && { seal }),
    });
  }

  #sealOf(answer: Omit<SealedAnswer, 'run'>): Seal | undefined {
    const { approvals, clock } = this.#desk.parts;
    return approvals?.seal({ run: this.#desk.state.run, ...answer }, clock.now(), 'own');
  }
}

interface Given {
  readonly task: TaskId;
  readonly digest: SealedAnswer['digest'];
  readonly by: Actor;
  readonly note: string | undefined;
  readonly choice?: string | undefined;
}
