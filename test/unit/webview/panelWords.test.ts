import assert from 'node:assert/strict';
import {
  formatMoment,
  formatMs,
  formatSize,
  isLong,
  namedVerbs,
} from '../../../src/webview/graph/panel/words.ts';
import { taskOffers } from '../../../src/vscode/offers.ts';
import { taskRows } from '../../../src/core/projections/taskRows.ts';
import { plan, step, withModels } from '../../support/plans.ts';
import { started, stateAfter, succeeded } from '../projections/histories.ts';

describe('The words of the panel', () => {
  it('name every verb that a task can be asked, what is asked most first', () => {
    const of = withModels(plan(step('a')));
    for (const bodies of [[], [started('a')], [started('a'), succeeded('a', 'x.md')]]) {
      const state = stateAfter(of, ...bodies);
      const [row] = taskRows(of, state);
      assert.ok(row !== undefined);
      const offers = taskOffers({ plan: of, state }, row);
      const named = namedVerbs(offers).map(({ verb }) => verb);
      assert.deepEqual([...named].sort(), [...new Set(offers)].sort());
    }
    assert.deepEqual(
      namedVerbs(['hold', 'stop', 'answer']).map(({ label }) => label),
      ['Answer…', 'Stop', 'Hold'],
    );
  });

  it('have no button for a word they do not know', () => {
    assert.deepEqual(namedVerbs(['constructor', 'sluice.dropRun']), []);
  });

  it('tell times and sizes as people do', () => {
    assert.deepEqual([-5, 850, 12_400, 185_000, 7_620_000].map(formatMs), [
      '0 ms',
      '850 ms',
      '12.4 s',
      '3 min 05 s',
      '2 h 07 min',
    ]);
    assert.deepEqual([12, 3500, 67_108_864].map(formatSize), ['12 B', '3.4 KB', '64 MB']);
  });

  it('tell the day only of what was on another one', () => {
    const now = new Date(2026, 10, 21, 23, 0, 0).getTime();
    assert.equal(formatMoment(now - 1000, now), '22:59:59');
    assert.equal(formatMoment(now - 86_400_000, now), '20 Nov, 23:00:00');
  });

  it('fold a prompt that is long, or has many lines', () => {
    assert.equal(isLong('Fix it.'), false);
    assert.equal(isLong('x'.repeat(401)), true);
    assert.equal(isLong('x\n'.repeat(9)), true);
  });
});
