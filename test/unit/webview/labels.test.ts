import assert from 'node:assert/strict';
import type { GraphNode, GraphPicture } from '../../../src/core/projections/graphPicture.ts';
import {
  accessibleName,
  census,
  detailAfter,
  formatElapsed,
  formatUntil,
  needsText,
  newsBetween,
  partsThatFit,
  runLabel,
  standingOf,
  stateLabel,
} from '../../../src/webview/graph/labels.ts';

function node(change: Partial<GraphNode>): GraphNode {
  return {
    id: 'lint',
    kind: 'agent',
    subtitle: 'eslint',
    needs: [],
    groups: [],
    lane: undefined,
    isCritical: false,
    estimateMs: 0,
    state: 'succeeded',
    detail: '',
    isReused: false,
    reason: '',
    cause: '',
    live: '',
    runningSince: undefined,
    triesAgainAt: undefined,
    goesOnAt: undefined,
    isHeld: false,
    verbs: [],
    ...change,
  };
}

function picture(nodes: readonly GraphNode[], run: GraphPicture['run']): GraphPicture {
  return { workflow: 'code-quality', run, moment: undefined, nodes };
}

const gate = node({ id: 'approve', kind: 'gate', subtitle: 'Publish?', state: 'pending' });
const running = {
  id: 'code-quality-1',
  status: 'running',
  done: 2,
  reused: '',
  verbs: [],
} as const;

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
    const delayed = node({
      state: 'pending',
      triesAgainAt: 9000,
      detail: 'tries again: It failed',
    });
    assert.equal(accessibleName(delayed, true), 'lint, eslint, tries again, It failed');
  });

  it('says the whole reason why nothing had to run, and why something had to', () => {
    const reason = 'reused: same agent and 3 files as run checks-1 · 2 h ago · saved $0.09';
    const reused = node({ isReused: true, detail: 'reused · saved $0.09 · 2 h ago', reason });
    assert.equal(accessibleName(reused, true), `lint, eslint, ${reason}`);
    const ran = node({
      detail: '1.2 s',
      reason: 'ran: src/login.ts changed (read by this task)',
      cause: 'ran: login.ts changed',
    });
    assert.equal(
      accessibleName(ran, true),
      'lint, eslint, succeeded, 1.2 s, ran: src/login.ts changed (read by this task)',
    );
  });

  it('has no state before a run', () => {
    assert.equal(accessibleName(node({ state: 'pending' }), false), 'lint, eslint');
  });

  it('says that a step is a workflow of its own', () => {
    const nested = node({ kind: 'workflow', subtitle: 'search' });
    assert.equal(accessibleName(nested, false), 'lint, workflow: search');
  });

  it('says who holds it, and that somebody has to look', () => {
    const held = node({ state: 'pending', isHeld: true, detail: 'held by Ada' });
    assert.equal(accessibleName(held, true), 'lint, eslint, held, by Ada');
    const unknown = node({ state: 'unknown', detail: 'cut off: did it happen?' });
    assert.equal(
      accessibleName(unknown, true),
      'lint, eslint, needs a look, cut off: did it happen?',
    );
  });

  it('does not hold the time that counts on, nor what changes all the time', () => {
    const live = '2,140 tokens · $0.03 · … reading src/a.ts';
    assert.equal(
      accessibleName(node({ state: 'running', runningSince: 0, detail: 'attempt 2', live }), true),
      'lint, eslint, running, attempt 2',
    );
  });

  it('says what an agent asks, and what a parked one waits for', () => {
    assert.equal(
      accessibleName(node({ state: 'asking', detail: 'run npm test' }), true),
      'lint, eslint, asks you, run npm test',
    );
    const parked = node({ state: 'pending', goesOnAt: 9000, detail: 'waiting: rate limit' });
    assert.equal(accessibleName(parked, true), 'lint, eslint, waiting, rate limit');
  });
});

describe('The words of the graph page', () => {
  it('name a state for what the step is', () => {
    assert.equal(stateLabel('agent', 'failed'), 'Failed');
    assert.equal(stateLabel('gate', 'failed'), 'Rejected');
    assert.equal(stateLabel('agent', 'waiting'), 'Waiting');
    assert.equal(runLabel('waiting'), 'Waiting for you');
    assert.equal(runLabel('degraded'), 'Degraded');
    assert.equal(runLabel('paused'), 'Paused');
  });

  it('tell what was reused from what ran', () => {
    const reused = node({ isReused: true });
    assert.equal(standingOf(reused), 'reused');
    assert.equal(stateLabel('agent', 'reused'), 'Reused');
    assert.equal(standingOf({ ...reused, state: 'running' }), 'running');
    assert.equal(detailAfter('Reused', 'reused · saved $0.09 · 2 h ago'), 'saved $0.09 · 2 h ago');
  });

  it('show of a story the parts there is room for, and the first in any case', () => {
    const story = 'saved $0.09 · 2 h ago · more';
    assert.equal(partsThatFit(story, 100), story);
    assert.equal(partsThatFit(story, story.length), story);
    assert.equal(partsThatFit(story, story.length - 1), 'saved $0.09 · 2 h ago');
    assert.equal(partsThatFit(story, 12), 'saved $0.09');
    assert.equal(partsThatFit(story, 0), 'saved $0.09');
    assert.equal(partsThatFit('', 5), '');
  });

  it('say why a step is pending; a hold comes before a time', () => {
    const pending = node({ state: 'pending', triesAgainAt: 5 });
    assert.equal(standingOf(pending), 'delayed');
    assert.equal(standingOf({ ...pending, isHeld: true }), 'held');
    assert.equal(standingOf({ ...pending, triesAgainAt: undefined }), 'pending');
    assert.equal(standingOf({ ...pending, state: 'running', isHeld: true }), 'running');
    const parked = node({ state: 'pending', goesOnAt: 5 });
    assert.equal(standingOf(parked), 'parked');
    assert.equal(standingOf({ ...parked, isHeld: true }), 'held');
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
    const unknown = node({ state: 'unknown' });
    const at = { ...running, done: 0 };
    assert.equal(census(picture([unknown], at)), '0 of 1 done · 1 needs a look');
    assert.equal(census(picture([unknown, unknown], at)), '0 of 2 done · 2 need a look');
    const asking = node({ state: 'asking' });
    assert.equal(census(picture([asking], at)), '0 of 1 done · 1 asks you');
    assert.equal(census(picture([asking, asking], at)), '0 of 2 done · 2 ask you');
  });

  it('count what was reused, and what that has saved', () => {
    const run = { ...running, done: 1, reused: '1 reused · saved $1.20' };
    assert.equal(
      census(picture([node({ isReused: true })], run)),
      '1 of 1 done · 1 reused · saved $1.20',
    );
  });

  it('count the steps of a workflow as written', () => {
    assert.equal(census(picture([gate], undefined)), '1 step');
    assert.equal(census(picture([], undefined)), '0 steps');
  });

  it('tell a time that counts on in whole seconds', () => {
    const told = [0, 999, 8_999, 60_000, 185_000, 7_620_000].map(formatElapsed);
    assert.deepEqual(told, ['0 s', '0 s', '8 s', '1 min 00 s', '3 min 05 s', '2 h 07 min']);
  });

  it('tell a time that counts down in whole seconds, and then that it is now', () => {
    const told = [61_000, 11_001, 1, 0, -5000].map(formatUntil);
    assert.deepEqual(told, ['in 1 min 01 s', 'in 12 s', 'in 1 s', 'now', 'now']);
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

  it('are an agent that asks', () => {
    const after = picture([node({ state: 'asking', detail: 'run npm test' }), gate], running);
    assert.deepEqual(newsBetween(before, after), ['lint asks you: run npm test']);
    assert.deepEqual(newsBetween(after, after), []);
  });

  it('are a task that needs a look and a run that has paused', () => {
    const detail = 'cut off: did it happen?';
    const after = picture([node({ state: 'unknown', detail }), gate], {
      ...running,
      status: 'paused',
    });
    assert.deepEqual(newsBetween(before, after), [
      'lint needs a look: cut off: did it happen?',
      'Run code-quality-1 paused',
    ]);
  });

  it('are none when nothing changed, at the first picture, and for another run', () => {
    const other = picture([{ ...gate, state: 'waiting' }], { ...running, id: 'code-quality-2' });
    assert.deepEqual(newsBetween(before, before), []);
    assert.deepEqual(newsBetween(undefined, other), []);
    assert.deepEqual(newsBetween(before, other), []);
  });
});
