import type { TaskId } from '../domain/ids.ts';
import type { Desk } from './desk.ts';
import type { DriveOptions, Message } from './effects.ts';
import { showGate } from './gate.ts';

/** Opens gates, and gives the answers that were given beforehand. */
export class Gating {
  readonly #desk: Desk;
  readonly #options: DriveOptions;

  constructor(desk: Desk, options: DriveOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  /** False when it is being opened already. */
  open(id: TaskId): boolean {
    return this.#desk.effects.begin(id, async () => {
      const { context } = this.#desk;
      const shown = await showGate(this.#desk.task(id), this.#desk.gateStep(id), context);
      return { kind: 'gate-shown', task: id, shown };
    });
  }

  shown({ task, shown }: Extract<Message, { kind: 'gate-shown' }>): void {
    if (!this.#desk.state.frontier.dueGates.has(task)) {
      return;
    }
    this.#desk.append({ type: 'gate-opened', task, digest: shown.digest, ask: shown.ask });
    if (this.#options.approveGate(task)) {
      this.#desk.append({
        type: 'gate-answered',
        task,
        digest: shown.digest,
        decision: 'approved',
        by: this.#options.by,
        note: 'approved on the command line',
      });
    }
  }
}
