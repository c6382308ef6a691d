import assert from 'node:assert/strict';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { previewText, resumePreview } from '../../../src/core/projections/resumePreview.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { failed, skipped, started, stateAfter, succeeded, task } from './histories.ts';

describe('What resuming a run will do', () => {
  // done     cut --> next --> ok     ship     bad --> behind     odd
  const of = plan(
    step('done'),
    step('cut'),
    step('next', ['cut']),
    gate('ok', ['next']),
    step('ship', [], { effects: 'external' }),
    step('bad'),
    step('behind', ['bad']),
    step('odd', [], { effects: 'external' }),
  );
  const unknown: EventBody = {
    type: 'task-unknown',
    task: task('odd'),
    attempt: 1,
    log: undefined,
  };
  const state = stateAfter(
    of,
    started('done'),
    succeeded('done'),
    started('cut'),
    started('ship'),
    started('bad'),
    failed('bad', { reason: 'cancelled' }),
    skipped('behind', 'bad'),
    started('odd'),
    unknown,
  );

  it('names what is kept, made again, looked into, run and asked', () => {
    assert.deepEqual(resumePreview(of, state), {
      kept: ['done'],
      again: ['cut'],
      look: ['ship', 'odd'],
      run: ['next'],
      asked: ['ok'],
    });
  });

  it('is one line', () => {
    assert.equal(
      previewText(resumePreview(of, state)),
      'keeps 1, runs 1, makes 1 again, asks 1 gate, 2 need a look',
    );
    assert.equal(previewText(resumePreview(of, stateAfter(of))), 'keeps 0, runs 7, asks 1 gate');
  });
});
