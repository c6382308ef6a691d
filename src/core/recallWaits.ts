import type { ModelPort } from './domain/modelPort.ts';
import type { RunState } from './domain/runState.ts';

/** Waits that providers asked for are kept, also by a program that did not hear of them itself. */
export function recallWaits({ tasks }: RunState, models: ModelPort | undefined): void {
  for (const task of tasks.values()) {
    const { why, until } = (task.kind === 'pending' ? task.parked : undefined) ?? {};
    if (why?.kind === 'provider' && until !== undefined) {
      models?.recall({ ...why, until });
    }
  }
}
