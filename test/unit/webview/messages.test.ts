import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHostMessage, parseSavedView } from '../../../src/webview/graph/messages.ts';

const node = {
  id: 'lint',
  kind: 'agent',
  subtitle: 'eslint',
  needs: ['start'],
  state: 'running',
  detail: '',
  isReused: false,
  reason: 'ran: src/login.ts changed (read by this task); agent and prompt unchanged',
  cause: 'ran: login.ts changed',
  live: '2,140 tokens',
  runningSince: 12,
  triesAgainAt: undefined,
  goesOnAt: undefined,
  isHeld: false,
  verbs: ['stop', 'hold'],
};
const picture = {
  workflow: 'code-quality',
  run: {
    id: 'code-quality-1',
    status: 'running',
    done: 0,
    reused: '1 reused',
    verbs: ['pause', 'cancel'],
  },
  nodes: [
    node,
    { ...node, id: 'approve', kind: 'gate', runningSince: undefined },
    { ...node, id: 'search', kind: 'workflow', state: 'unknown', runningSince: undefined },
    { ...node, id: 'later', state: 'pending', triesAgainAt: 99, runningSince: undefined },
  ],
};

function withNode(change: Readonly<Record<string, unknown>>): unknown {
  return { type: 'picture', picture: { ...picture, nodes: [{ ...node, ...change }] } };
}

describe('A message to the graph page', () => {
  it('is read when it is a picture', () => {
    const message = { type: 'picture', picture };
    assert.deepEqual(parseHostMessage(message), message);
    const written = { type: 'picture', picture: { ...picture, run: undefined, nodes: [] } };
    assert.deepEqual(parseHostMessage(written), written);
  });

  it('loses what the page does not know', () => {
    assert.deepEqual(parseHostMessage(withNode({ onclick: 'x' })), withNode({}));
  });

  it('is passed over when any part of it is not what it should be', () => {
    const wrong: readonly unknown[] = [
      undefined,
      null,
      'picture',
      [],
      { type: 'picture' },
      { type: 'other', picture },
      { type: 'picture', picture: { ...picture, workflow: 1 } },
      { type: 'picture', picture: { ...picture, run: null } },
      { type: 'picture', picture: { ...picture, run: { ...picture.run, status: 'toString' } } },
      { type: 'picture', picture: { ...picture, run: { ...picture.run, done: '0' } } },
      { type: 'picture', picture: { ...picture, run: { ...picture.run, verbs: 'pause' } } },
      { type: 'picture', picture: { ...picture, run: { ...picture.run, reused: undefined } } },
      { type: 'picture', picture: { ...picture, nodes: {} } },
      { type: 'picture', picture: { ...picture, nodes: [node, node] } },
      withNode({ id: 7 }),
      withNode({ kind: 'other' }),
      withNode({ needs: ['a', 1] }),
      withNode({ needs: 'start' }),
      withNode({ state: '__proto__' }),
      withNode({ detail: undefined }),
      withNode({ runningSince: '12' }),
      withNode({ runningSince: Number.NaN }),
      withNode({ triesAgainAt: 'soon' }),
      withNode({ goesOnAt: 'soon' }),
      withNode({ live: undefined }),
      withNode({ isHeld: 1 }),
      withNode({ isReused: undefined }),
      withNode({ reason: ['ran'] }),
      withNode({ cause: undefined }),
      withNode({ verbs: [1] }),
      withNode({ verbs: undefined }),
    ];
    for (const message of wrong) {
      assert.equal(parseHostMessage(message), undefined, JSON.stringify(message));
    }
  });

  it('is passed over when it is anything at all', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (message) => {
        assert.equal(parseHostMessage(message), undefined);
        assert.equal(parseHostMessage({ type: 'picture', picture: message }), undefined);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('The view kept before a reload', () => {
  it('is taken up', () => {
    const view = { mode: 'free', scale: 1.5, x: -10, y: 20 };
    assert.deepEqual(parseSavedView({ subject: {}, view }), view);
  });

  it('is passed over when it cannot be trusted', () => {
    const view = { mode: 'free', scale: 1, x: 0, y: 0 };
    const wrong: readonly unknown[] = [
      undefined,
      null,
      {},
      { view: undefined },
      { view: { ...view, mode: 'other' } },
      { view: { ...view, scale: 0 } },
      { view: { ...view, scale: '1' } },
      { view: { ...view, x: Infinity } },
      { view: { ...view, y: undefined } },
    ];
    for (const state of wrong) {
      assert.equal(parseSavedView(state), undefined);
    }
  });
});
