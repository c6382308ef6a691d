import type { RunEvent } from '../domain/event.ts';
import type { RunPhase, RunState } from '../domain/runState.ts';
import { ImpossibleEvent, type Expectations } from './expectations.ts';

type PhaseEvent = Extract<
  RunEvent,
  { readonly type: 'cancel-requested' | 'run-paused' | 'run-resumed' | 'run-finished' }
>;

/** @throws ImpossibleEvent */
export function phaseAfter(
  event: PhaseEvent,
  { phase, frontier }: RunState,
  expect: Expectations,
): RunPhase {
  switch (event.type) {
    case 'cancel-requested':
      expect.phase(event, phase, 'active', 'paused');
      return { kind: 'cancelling', by: event.by };
    case 'run-paused':
      // A pause that let tasks finish can become one that interrupts them.
      expect.phase(event, phase, 'active', 'paused');
      return {
        kind: 'paused',
        running: event.running,
        by: event.by,
        ...(event.because && { because: event.because }),
      };
    case 'run-resumed':
      expect.phase(event, phase, 'paused');
      return { kind: 'active' };
    case 'run-finished':
      if (frontier.unfinished > 0) {
        throw new ImpossibleEvent(event, `${frontier.unfinished} tasks have not ended`);
      }
      return { kind: 'finished', status: event.status, at: event.at };
  }
}
