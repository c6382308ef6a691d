import type { Counted } from '../../domain/ledger.ts';
import type { RunnerEvents } from '../../domain/runner.ts';
import type { Session } from './session.ts';

/**
 * Tells the journal what the session knows and it does not: the program may have died after the one was written and
 * before the other. So no call that may be paid for and no use of a tool is missing from the ledger.
 */
export function tellRemembered(session: Session, counted: Counted, events: RunnerEvents): void {
  for (const [call, { provider, model, end }] of inOrder(session.calls)) {
    const isOpen = counted.openCalls.includes(call);
    if (call > counted.calls) {
      events.did({ type: 'call-started', call, provider, model });
    }
    if (end !== undefined && (call > counted.calls || isOpen)) {
      events.did({ type: 'call-ended', call, ...end });
    }
  }
  for (const [use, { tool, summary, end }] of inOrder(session.uses)) {
    const isOpen = counted.openUses.includes(use);
    if (use > counted.uses) {
      events.did({ type: 'tool-called', use, tool, summary });
    }
    if (use > counted.uses || isOpen) {
      const { outcome, durationMs } = end ?? { outcome: 'lost', durationMs: 0 };
      events.did({ type: 'tool-ended', use, outcome, durationMs });
    }
  }
}

function inOrder<T>(numbered: ReadonlyMap<number, T>): readonly (readonly [number, T])[] {
  return [...numbered].sort(([one], [other]) => one - other);
}
