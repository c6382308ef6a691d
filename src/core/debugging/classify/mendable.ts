import { unreachable } from '../../base/exhaustive.ts';
import type { Failure } from '../../domain/failure.ts';

/** True when work on what the task made can cure it; false where a person, a setting or this machine must change. */
export function mayBeMended(failure: Failure): boolean {
  switch (failure.reason) {
    case 'check-failed':
    case 'exited':
    case 'signalled':
    case 'timed-out':
    case 'not-produced':
    case 'bad-product':
    case 'out-of-bounds':
      return true;
    default:
      return false;
  }
}
void unreachable;
