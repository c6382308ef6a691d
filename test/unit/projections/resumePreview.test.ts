import assert from 'node:assert/strict';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { previewText, resumePreview } from '../../../src/core/projections/resumePreview.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import { commandAgent, gate, plan, planWith, step } from '../../support/plans.ts';
import { failed, parked, skipped, started, stateAfter, succeeded, task } from './histories.ts';

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
      goesOn: [],
      again: ['cut'],
      look: ['ship', 'odd'],
      run: ['next'],
      asked: ['ok'],
    });
  });

  it('goes on with what waits for its provider, and with conversations that were cut off', () => {
    const model = { kind: 'model', instructions: '', models: [], mcpServers: [] } as const;
    const talking = planWith(
      { agents: { [agentName('b-agent')]: { ...commandAgent('b-agent'), runner: model } } },
      ...[step('a'), step('b')],
    );
    const why = { kind: 'provider', provider: 'p', model: 'm', because: 'rate-limit' } as const;
    const preview = resumePreview(
      talking,
      stateAfter(talking, started('a'), started('b'), parked('b', why, 9000)),
    );
    assert.deepEqual([preview.goesOn, preview.again], [['b'], ['a']]);
    const cutOff = resumePreview(talking, stateAfter(talking, started('b')));
    assert.deepEqual([cutOff.goesOn, cutOff.again], [['b'], []]);
    assert.equal(previewText(cutOff), 'keeps 0, runs 1, goes on with 1');
  });

  it('is one line', () => {
    assert.equal(
      previewText(resumePreview(of, state)),
      'keeps 1, runs 1, makes 1 again, asks 1 gate, 2 need a look',
    );
    assert.equal(previewText(resumePreview(of, stateAfter(of))), 'keeps 0, runs 7, asks 1 gate');
  });
});
