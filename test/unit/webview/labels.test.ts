import assert from 'node:assert/strict';
import type { GraphNode, GraphPicture } from '../../../src/core/projections/graphPicture.ts';
import {
  accessibleName,
  census,
  detailAfter,
  formatElapsed,
  needsText,
  newsBetween,
  runLabel,
  stateLabel,
} from '../../../src/webview/graph/labels.ts';

function node(change: Partial<GraphNode>): GraphNode {
  return {
    id: 'lint',
    kind: 'agent',
    subtitle: 'eslint',
    needs: [],
    state: 'succeeded',
    detail: '',
    runningSince: undefined,
    ...change,
  };
}

function picture(nodes: readonly GraphNode[], run: GraphPicture['run']): GraphPicture {
  return { workflow: 'code-quality', run, nodes };
}

const gate = node({ id: 'approve', kind: 'gate', subtitle: 'Publish?', state: 'pending' });
const running = { id: 'code-quality-1', status: 'running' } as const;

describe('The name of a card', () => {
  it('says step, agent, state and detail', () => {
    assert.equal(accessibleName(node({ detail: '1.2 s' }), true), 'lint, eslint, succeeded, 1.2 s');
  });

  it('says that a gate is a gate, and that it waits for the reader', () => {
    assert.equal(
      accessibleName({ ...gate, state: 'waiting' }, true),
      'approve, gate: Publish?, waiting for you',
    );
  });

  it('does not say a word twice', () => {
    assert.equal(
      accessibleName({ ...gate, state: 'failed', detail: 'Rejected by Ada' }, true),
      'approve, gate: Publish?, rejected, by Ada',
    );
    assert.equal(detailAfter('Failed', 'Failedness'), 'Failedness');
  });

  it('has no state before a run', () => {
    assert.equal(accessibleName(node({ state: 'pending' }), false), 'lint, eslint');
  });

  it('does not hold the time that counts on', () => {
    assert.equal(
      accessibleName(node({ state: 'running', runningSince: 0, detail: 'attempt 2' }), true),
      'lint, eslint, running, attempt 2',
    );
  });
});

describe('The words of the graph page', () => {
  it('name a state for what the step is', () => {
    assert.equal(stateLabel('agent', 'failed'), 'Failed');
    assert.equal(stateLabel('gate', 'failed'), 'Rejected');
    assert.equal(stateLabel('agent', 'waiting'), 'Waiting');
    assert.equal(runLabel('waiting'), 'Waiting for you');
    assert.equal(runLabel('degraded'), 'Degraded');
  });

  it('list what a step needs', () => {
    assert.equal(needsText([]), '');
    assert.equal(needsText(['lint']), 'Needs lint.');
    assert.equal(needsText(['lint', 'types', 'tests']), 'Needs lint, types and tests.');
  });

  it('count the steps of a run', () => {
    const nodes = [
      node({ id: 'a' }),
      node({ id: 'b', state: 'approved' }),
      node({ id: 'c', state: 'failed' }),
      node({ id: 'd', state: 'pending' }),
      node({ id: 'e', state: 'waiting' }),
    ];
    assert.equal(census(picture(nodes, running)), '2 of 5 done · 1 waiting · 1 failed');
  });

  it('count the steps of a workflow as written', () => {
    assert.equal(census(picture([gate], undefined)), '1 step');
    assert.equal(census(picture([], undefined)), '0 steps');
  });

  it('tell a time that counts on in whole seconds', () => {
    const told = [0, 999, 8_999, 60_000, 185_000, 7_620_000].map(formatElapsed);
    assert.deepEqual(told, ['0 s', '0 s', '8 s', '1 min 00 s', '3 min 05 s', '2 h 07 min']);
  });

  it('never tell a time below zero, whatever the clocks of two machines say', () => {
    assert.equal(formatElapsed(-5000), '0 s');
  });
});

describe('The news between two pictures', () => {
  const before = picture([node({ state: 'running' }), gate], running);

  it('are a failure, a gate that waits and the end of the run', () => {
    const after = picture([node({ state: 'failed' }), { ...gate, state: 'waiting' }], {
      ...running,
      status: 'failed',
    });
    assert.deepEqual(newsBetween(before, after), [
      'lint failed',
      'approve waits for your answer: Publish?',
      'Run code-quality-1 failed',
    ]);
  });

  it('are none when nothing changed, at the first picture, and for another run', () => {
    const other = picture([{ ...gate, state: 'waiting' }], { ...running, id: 'code-quality-2' });
    assert.deepEqual(newsBetween(before, before), []);
    assert.deepEqual(newsBetween(undefined, other), []);
    assert.deepEqual(newsBetween(before, other), []);
  });
});
