import assert from 'node:assert/strict';
import { openGates } from '../../../src/core/projections/gates.ts';
import { pictureOfRun, pictureOfWorkflow } from '../../../src/core/projections/graph.ts';
import { gate, plan, step } from '../../support/plans.ts';
import {
  answered,
  artifact,
  cancelRequested,
  dropped,
  failed,
  finished,
  opened,
  RUN,
  skipped,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';
import { digestOf } from '../../../src/core/base/digest.ts';

// a --> ask --> after     b
const guarded = plan(
  step('a'),
  {
    ...gate('ask', ['a'], `Is it ${'very '.repeat(30)}good?`),
    show: ['two.md', 'one.md', 'none.md'],
  },
  step('after', ['ask']),
  step('b'),
);

describe('The picture of a workflow', () => {
  it('has a node for each step, as written, with nothing begun', () => {
    const picture = pictureOfWorkflow(guarded.workflow);
    assert.deepEqual([picture.workflow, picture.run], ['example', undefined]);
    assert.deepEqual(
      picture.nodes.map(({ id, kind, needs, state, detail }) => [id, kind, needs, state, detail]),
      [
        ['a', 'agent', [], 'pending', ''],
        ['ask', 'gate', ['a'], 'pending', ''],
        ['after', 'agent', ['ask'], 'pending', ''],
        ['b', 'agent', [], 'pending', ''],
      ],
    );
    assert.equal(picture.nodes[0]?.subtitle, 'a-agent');
    assert.equal(picture.nodes[1]?.subtitle.length, 80);
  });

  it('can be sent as JSON', () => {
    const picture = pictureOfWorkflow(guarded.workflow);
    assert.deepEqual(
      JSON.parse(JSON.stringify(picture)),
      JSON.parse(JSON.stringify({ ...picture })),
    );
  });
});

describe('The picture of a run', () => {
  const pictureAfter = (...bodies: Parameters<typeof stateAfter>[1][]) =>
    pictureOfRun(guarded, stateAfter(guarded, ...bodies), { kind: 'here' });
  const states = (...bodies: Parameters<typeof stateAfter>[1][]) =>
    Object.fromEntries(pictureAfter(...bodies).nodes.map(({ id, state }) => [id, state]));

  it('has the state of every task', () => {
    const atGate = [started('a'), succeeded('a'), opened('ask')];
    assert.deepEqual(states(...atGate, started('b')), {
      a: 'succeeded',
      ask: 'waiting',
      after: 'pending',
      b: 'running',
    });
    const failure = { reason: 'interrupted' } as const;
    const rejected = [answered('ask', 'rejected'), skipped('after', 'ask')];
    assert.deepEqual(states(...atGate, started('b'), failed('b', failure), ...rejected), {
      a: 'succeeded',
      ask: 'failed',
      after: 'skipped',
      b: 'failed',
    });
    assert.deepEqual(
      states(...atGate, answered('ask', 'approved'), cancelRequested, dropped('b')),
      {
        a: 'succeeded',
        ask: 'approved',
        after: 'pending',
        b: 'cancelled',
      },
    );
  });

  it('says since when a task runs, and in a gate that waits the question only once', () => {
    const { nodes, run } = pictureAfter(started('a'), succeeded('a'), opened('ask'), started('b'));
    assert.deepEqual(run, {
      id: RUN,
      status: 'running',
      done: 1,
      reused: '',
      verbs: ['pause', 'cancel'],
    });
    const [a, ask, after, b] = nodes;
    assert.deepEqual([a?.detail, a?.runningSince], ['1.5 s', undefined]);
    assert.deepEqual([ask?.detail, ask?.subtitle.slice(0, 10)], ['', 'Is it very']);
    assert.equal(after?.detail, '', 'the edges show what it needs');
    assert.equal(b?.runningSince, 5000);
  });

  it('says how the run ended', () => {
    const bodies = ['a', 'ask', 'after', 'b'].map((id) => dropped(id));
    assert.deepEqual(pictureAfter(...bodies, finished('cancelled')).run, {
      id: RUN,
      status: 'cancelled',
      done: 0,
      reused: '',
      verbs: [],
    });
  });
});

describe('The open gates of a run', () => {
  const after = (...bodies: Parameters<typeof stateAfter>[1][]) =>
    openGates(guarded, stateAfter(guarded, ...bodies));
  const made = [started('a'), succeeded('a', 'one.md', 'two.md', 'three.md')];

  it('are none before a gate opens and after it is answered', () => {
    assert.deepEqual(after(...made), []);
    assert.deepEqual(after(...made, opened('ask'), answered('ask', 'approved')), []);
    assert.deepEqual(after(...made, opened('ask'), answered('ask', 'rejected')), []);
  });

  it('say what is asked, what an answer must carry, and what there is to look at', () => {
    const open = after(...made, opened('ask', 'Good?'));
    assert.deepEqual(open, [
      {
        run: RUN,
        task: task('ask'),
        ask: 'Good?',
        digest: digestOf('Good?'),
        openedAt: 4000,
        shown: [artifact('two.md'), artifact('one.md')],
        reused: [],
        choices: [],
        takesText: false,
        makers: [task('a')],
        lapsed: undefined,
        identical: open[0]?.identical,
      },
    ]);
  });

  it('are all there are, in the order the steps are written', () => {
    const two = plan(gate('second', []), gate('first', []));
    const state = stateAfter(two, opened('first'), opened('second'));
    assert.deepEqual(
      openGates(two, state).map((open) => open.task),
      ['second', 'first'],
    );
  });
});
