import { unreachable } from '../base/exhaustive.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RequestOutcome, RunRequest } from '../domain/request.ts';
import { evidenceLeft } from './leftEvidence.ts';
import type { Rules } from './decide.ts';
import type { Desk } from './desk.ts';
import type { Message, Settle } from './effects.ts';
import type { Gating } from './gating.ts';
import { verdictOn } from './requests.ts';
import type { Talking } from './talking.ts';

/** Does what people ask of the run. Each request is settled once: accepted when it stands in the journal for good. */
export class Answering {
  readonly #desk: Desk;
  readonly #rules: Rules;
  readonly #talking: Talking;
  readonly #gating: Gating;

  constructor(desk: Desk, rules: Rules, talking: Talking, gating: Gating) {
    this.#gating = gating;
    this.#talking = talking;
    this.#desk = desk;
    this.#rules = rules;
  }

  answer(asked: RunRequest, settle: Settle): void {
    const { plan, planned, state } = this.#desk;
    const request = asked.kind === 'answer' ? this.#gating.received(asked) : asked;
    if (typeof request === 'string') {
      settle({ kind: 'refused', why: request });
      return;
    }
    const verdict = verdictOn(request, { plan, planned, graph: this.#rules.graph, state });
    switch (verdict.kind) {
      case 'refuse':
        settle({ kind: 'refused', why: verdict.why });
        break;
      case 'record':
        this.#desk.append(...verdict.events);
        this.#acceptOnceFlushed((outcome) => {
          if (request.kind === 'reply' && outcome.kind === 'accepted') {
            this.#talking.answered(request.question, request.reply);
          }
          settle(outcome);
        });
        break;
      case 'look':
        this.#look(verdict.task, verdict.attempt, request.by, settle);
        break;
      case 'tell':
        this.#tell(verdict, request, settle);
        break;
      default:
        unreachable(verdict);
    }
  }

  /** The attempt's copy has been looked at. */
  looked({ task, evidence, by, settle }: Extract<Message, { kind: 'looked' }>): void {
    const state = this.#desk.state.tasks.get(task);
    if (state?.kind !== 'unknown') {
      settle({ kind: 'refused', why: `"${task}" has come to something else meanwhile` });
    } else if (evidence === undefined) {
      const why = 'its workspace copy is not there any more; rerun or skip the task';
      settle({ kind: 'refused', why });
    } else if (!evidence.ok) {
      settle({ kind: 'refused', why: failureText(evidence.error).title });
    } else {
      this.#desk.append({
        type: 'task-succeeded',
        task,
        attempt: state.attempt,
        durationMs: 0,
        ...evidence.value,
        accepted: by,
      });
      this.#acceptOnceFlushed(settle);
    }
  }

  #look(id: TaskId, attempt: number, by: RunRequest['by'], settle: Settle): void {
    const { parts, plan, planned, state, effects } = this.#desk;
    const step = this.#desk.agentStep(id);
    const input = { plan, planned, state, task: this.#desk.task(id), step };
    const isFirst = effects.begin(id, async () => {
      const copy = await parts.copies.reopen(state.run, id, attempt);
      const evidence = copy && (await evidenceLeft(input, copy, parts));
      return { kind: 'looked', task: id, evidence, by, settle };
    });
    if (!isFirst) {
      settle({ kind: 'refused', why: `"${id}" is being looked at already`, passes: true });
    }
  }

  #tell(
    { task, attempt, text }: { task: TaskId; attempt: number; text: string },
    { by }: RunRequest,
    settle: Settle,
  ): void {
    const { effects } = this.#desk;
    const steer = effects.steerOf(task);
    if (steer === undefined) {
      settle({ kind: 'refused', why: `the agent of "${task}" does not listen while it works` });
      return;
    }
    this.#desk.append({ type: 'task-steered', task, attempt, text, by });
    this.#acceptOnceFlushed((outcome) => {
      if (outcome.kind === 'accepted') {
        steer(text);
      }
      settle(outcome);
    });
  }

  #acceptOnceFlushed(settle: Settle): void {
    this.#desk.effects.flush(
      () => settle({ kind: 'accepted' }),
      () => settle(NOT_WRITTEN),
    );
  }
}

const NOT_WRITTEN: RequestOutcome = {
  kind: 'refused',
  why: 'the journal could not be written',
};
