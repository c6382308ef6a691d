import type { RunEvent } from '../../src/core/domain/event.ts';
import type { Kill } from './scenario.ts';

/** Whether a program that is to be killed there has come by once more. */
export function isPoint(event: RunEvent, { at, task }: Kill): boolean {
  return event.type === at && (task === undefined || task === taskOf(event));
}

/** The task, or the fix, an event is about. */
export function taskOf(event: RunEvent): string | undefined {
  return event.type === 'fix-opened' ? event.fix.id : 'task' in event ? event.task : undefined;
}
