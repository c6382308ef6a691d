import fc from 'fast-check';
import { runSequence } from '../../long/scheduler/model.ts';
import { checkScheduler } from '../../long/scheduler/scheduler.ts';
import type { RunShape, Step, TaskShape } from '../../long/scheduler/shapes.ts';

const ALONE: TaskShape = {
  needs: [],
  barrier: [],
  isGate: false,
  hasCondition: false,
  after: 'done',
  retries: false,
  effects: 'copy',
  produces: false,
  estimateMs: 0,
};

describe('The scheduler', function () {
  this.timeout(60_000);

  const counts = () => ({ sequences: 0, events: 0, starts: 0, crashes: 0 });
  const alone: RunShape = { tasks: [ALONE], maxParallel: 1, canLand: true, stopAtFailure: false };

  it('does what a plain one does that works everything out anew, whatever happens to a run', () => {
    const checked = checkScheduler(150, undefined, counts());
    if (checked.failed) {
      throw new Error(fc.defaultReportMessage(checked));
    }
  });

  // What the random sequences have found.

  it('makes a task again that was held and released before its attempt had ended', () => {
    const sequence: Step[] = [
      { kind: 'hold', at: 0 },
      { kind: 'release', at: 0 },
      { kind: 'ends', at: 0, well: false, mayPass: true },
    ];
    runSequence(alone, sequence, counts());
  });

  it('ends a task for good that was held and then stopped', () => {
    const sequence: Step[] = [
      { kind: 'hold', at: 0 },
      { kind: 'stop', at: 0 },
      { kind: 'ends', at: 0, well: false, mayPass: true },
    ];
    runSequence(alone, sequence, counts());
  });
});
