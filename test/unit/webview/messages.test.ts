import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseHostMessage } from '../../../src/webview/graph/messages.ts';
import { keptView, parseSavedView } from '../../../src/webview/graph/savedView.ts';

const node = {
  id: 'lint',
  kind: 'agent',
  subtitle: 'eslint',
  needs: ['start'],
  groups: ['Build', 'tests'],
  lane: { step: 'tests.lint', label: 'node 20' },
  isCritical: true,
  estimateMs: 60_000,
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
  moment: undefined,
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

const detail = {
  task: 'lint',
  kind: 'gate',
  state: 'waiting',
  subtitle: 'Good?',
  facts: [{ name: 'Cost', value: '$0.03' }],
  prompt: undefined,
  output: { text: 'yes', before: 12, isMarkdown: true, isLive: false },
  problem: { title: 'Exited with code 1', fix: undefined },
  tools: [{ name: 'read', summary: 'a.ts', outcome: 'open', durationMs: undefined }],
  files: [{ path: 'a.ts', change: 'added', bytes: 7 }],
  attempts: [{ attempt: 1, startedAt: 1, endedAt: 2, outcome: 'cut off', detail: '' }],
  gate: {
    ask: 'Good?',
    choices: ['a'],
    takesText: false,
    digest: 'd',
    makers: [],
    evidence: ['npm test passed'],
    forecast: undefined,
    cost: '',
    lapsed: undefined,
    identical: 0,
    takesChanges: true,
  },
  wanted: [],
  verbs: [],
};
const timeline = {
  from: 1,
  to: 9,
  isOver: false,
  rows: [
    {
      task: 'lint',
      spans: [
        { from: 1, to: undefined, kind: 'attempt', attempt: 1, outcome: undefined, label: '' },
      ],
      reusedAt: undefined,
    },
  ],
  slots: [{ at: 1, used: 1 }],
  mostSlots: 4,
  moments: [{ seq: 1, at: 1, text: 'lint started' }],
  breaks: [{ from: 2, to: 4 }],
};

function withNode(change: Readonly<Record<string, unknown>>): unknown {
  return { type: 'picture', number: 1, picture: { ...picture, nodes: [{ ...node, ...change }] } };
}

describe('A message to the graph page', () => {
  it('is read when it is a picture', () => {
    const message = { type: 'picture', number: 1, picture };
    assert.deepEqual(parseHostMessage(message), message);
    const written = { ...message, picture: { ...picture, run: undefined, nodes: [] } };
    assert.deepEqual(parseHostMessage(written), written);
  });

  it('is read where the run was driven all the time', () => {
    const { breaks: _, ...driven } = timeline;
    const message = { type: 'timeline', timeline: driven };
    assert.deepEqual(parseHostMessage(message), {
      type: 'timeline',
      timeline: { ...timeline, breaks: [] },
    });
  });

  it('is read whatever it is about', () => {
    const moment = { seq: 3, last: 9, at: 1000 };
    for (const message of [
      { type: 'picture', number: 0, picture: { ...picture, moment } },
      { type: 'changes', number: 2, run: picture.run, moment, nodes: [node] },
      { type: 'detail', task: 'lint', detail },
      { type: 'detail', task: 'lint', detail: undefined },
      { type: 'timeline', timeline },
      { type: 'timeline', timeline: undefined },
      { type: 'export', format: 'svg' },
      { type: 'export', format: 'mermaid' },
      { type: 'reveal', task: 'lint' },
    ]) {
      assert.deepEqual(parseHostMessage(message), message);
    }
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
      { type: 'picture', number: 1, picture: { ...picture, workflow: 1 } },
      { type: 'picture', number: 1, picture: { ...picture, run: null } },
      {
        type: 'picture',
        number: 1,
        picture: { ...picture, run: { ...picture.run, status: 'toString' } },
      },
      { type: 'picture', number: 1, picture: { ...picture, run: { ...picture.run, done: '0' } } },
      {
        type: 'picture',
        number: 1,
        picture: { ...picture, run: { ...picture.run, verbs: 'pause' } },
      },
      {
        type: 'picture',
        number: 1,
        picture: { ...picture, run: { ...picture.run, reused: undefined } },
      },
      { type: 'picture', number: 1, picture: { ...picture, nodes: {} } },
      { type: 'picture', number: 1, picture: { ...picture, nodes: [node, node] } },
      { type: 'picture', picture },
      { type: 'picture', number: -1, picture },
      { type: 'picture', number: 1, picture: { ...picture, moment: { seq: 1, last: 2 } } },
      { type: 'changes', number: 2, run: undefined, moment: undefined },
      { type: 'changes', number: 2.5, nodes: [] },
      { type: 'changes', number: 2, run: null, nodes: [] },
      { type: 'detail' },
      { type: 'detail', task: 'lint', detail: null },
      { type: 'detail', task: 'lint', detail: { ...detail, attempts: [{ attempt: 1 }] } },
      { type: 'detail', task: 'lint', detail: { ...detail, gate: { ...detail.gate, ask: 1 } } },
      { type: 'timeline', timeline: {} },
      { type: 'timeline', timeline: { ...timeline, breaks: [{ from: 2 }] } },
      { type: 'timeline', timeline: { ...timeline, slots: [{ at: 'now', used: 1 }] } },
      { type: 'export', format: 'png' },
      { type: 'reveal' },
      withNode({ groups: 'Build' }),
      withNode({ lane: { step: 'lint' } }),
      withNode({ lane: null }),
      withNode({ isCritical: undefined }),
      withNode({ estimateMs: -1 }),
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
        assert.equal(parseHostMessage({ type: 'picture', number: 1, picture: message }), undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('is whole or passed over, whatever part of it is spoilt', () => {
    const moment = { seq: 3, last: 9, at: 1000 };
    const whole: readonly unknown[] = [
      { type: 'picture', number: 1, picture: { ...picture, moment } },
      { type: 'changes', number: 2, run: picture.run, moment, nodes: picture.nodes },
      { type: 'detail', task: 'lint', detail },
      { type: 'timeline', timeline },
      { type: 'export', format: 'svg' },
      { type: 'reveal', task: 'lint' },
    ];
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
        fc.oneof(
          fc.anything(),
          fc.constantFrom(undefined, null, '', 0, -1, NaN, Infinity, [], {}, '__proto__', true),
        ),
        (message, way, spoil) => {
          const parsed = parseHostMessage(spoilt(message, way, spoil));
          if (parsed !== undefined) {
            read += 1;
            // What was read reads the same again, and has the shape of its kind to the last field.
            assert.deepEqual(parseHostMessage(parsed), parsed);
            assert.deepEqual(
              shapeOf(parsed),
              shapeOf(parseHostMessage(likeOf(whole, parsed.type))),
            );
          }
        },
      ),
      { numRuns: 10_000 },
    );
    assert.ok(read > 0 && read < 10_000, `${read} of them were read`);
  });
});

/** A copy in which the part that a way of turns leads to is another. */
function spoilt(value: unknown, [turn, ...way]: readonly number[], spoil: unknown): unknown {
  if (turn === undefined || typeof value !== 'object' || value === null) {
    return spoil;
  }
  const keys = Object.keys(value);
  const key = keys[turn % Math.max(1, keys.length)];
  if (key === undefined) {
    return spoil;
  }
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<
    string,
    unknown
  >;
  copy[key] = spoilt(copy[key], way, spoil);
  return copy;
}

function likeOf(whole: readonly unknown[], type: string): unknown {
  return whole.find((message) => (message as { type: string }).type === type);
}

/** The names of the fields at the top of a message and of its main part, however its values are. */
function shapeOf(message: unknown): unknown {
  const main = Object.entries(message as object).map(([name, value]: [string, unknown]) =>
    name === 'picture' && typeof value === 'object' && value !== null
      ? [name, Object.keys(value).sort()]
      : name,
  );
  return main.sort();
}

describe('The view kept before a reload', () => {
  it('is taken up', () => {
    const view = {
      mode: 'free',
      scale: 1.5,
      x: -10,
      y: 20,
      flow: 'down',
      folds: new Map([
        ['lanes:docs', 200],
        ['group:["Build"]', -1],
      ]),
      selected: 'lint',
      panel: 420,
      isTimelineOpen: true,
      isList: true,
      isTable: true,
    } as const;
    assert.deepEqual(parseSavedView({ subject: {}, view: keptView(view) }), view);
  });

  it('is as at first where an earlier page kept less, or a part is spoilt', () => {
    const view = { mode: 'free', scale: 1.5, x: -10, y: 20 };
    const rest = {
      flow: 'auto',
      folds: new Map(),
      selected: undefined,
      panel: 380,
      isTimelineOpen: false,
      isList: false,
      isTable: false,
    };
    assert.deepEqual(parseSavedView({ view }), { ...view, ...rest });
    const spoiltParts = {
      flow: 'up',
      folds: [['a', 1.5], ['b'], 7, [3, 3]],
      selected: 7,
      panel: -1,
      isTimelineOpen: 1,
      isList: 'yes',
    };
    assert.deepEqual(parseSavedView({ view: { ...view, ...spoiltParts } }), { ...view, ...rest });
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
