import type { Clock } from '../../base/clock.ts';
import { oneLine } from '../../base/text.ts';
import type { AttemptDeed } from '../../domain/deed.ts';
import type { Transcript } from './transcript.ts';

type Outcome = Extract<AttemptDeed, { readonly type: 'tool-ended' }>['outcome'];

interface OpenUse {
  readonly use: number;
  readonly tool: string;
  readonly startedAt: number;
}

/**
 * What an agent does with its tools, for the journal and the log.
 *
 * U1. A use begins once and ends once, however often the agent tells of it, and in whatever order.
 */
export class ToolUses {
  readonly #clock: Clock;
  readonly #did: (deed: AttemptDeed) => void;
  readonly #transcript: Transcript;
  readonly #open = new Map<string, OpenUse>();
  readonly #uses = new Map<string, number>();
  #count: number;

  /** @param counted uses that the journal has of the task already */
  constructor(
    counted: number,
    clock: Clock,
    did: (deed: AttemptDeed) => void,
    transcript: Transcript,
  ) {
    this.#count = counted;
    this.#clock = clock;
    this.#did = did;
    this.#transcript = transcript;
  }

  /** @param id the agent's own @returns its number in the task */
  begin(id: string, tool: string, summary: string): number {
    const known = this.#uses.get(id);
    if (known !== undefined) {
      return known;
    }
    this.#count += 1;
    const use = this.#count;
    const line = oneLine(summary === '' ? tool : summary);
    this.#uses.set(id, use);
    this.#open.set(id, { use, tool, startedAt: this.#clock.monotonic() });
    this.#did({ type: 'tool-called', use, tool, summary: line });
    this.#transcript.note('tool', line === tool ? tool : `${tool}: ${line}`);
    return use;
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  /** @param why shown in the log */
  end(id: string, outcome: Outcome, why?: string): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      return;
    }
    this.#open.delete(id);
    const durationMs = Math.round(this.#clock.monotonic() - open.startedAt);
    this.#did({ type: 'tool-ended', use: open.use, outcome, durationMs });
    if (outcome !== 'done') {
      this.#transcript.note(
        'tool',
        `${open.tool}: ${outcome}${why === undefined ? '' : `: ${why}`}`,
      );
    }
  }

  endAll(outcome: Outcome): void {
    for (const id of [...this.#open.keys()]) {
      this.end(id, outcome);
    }
  }
}
