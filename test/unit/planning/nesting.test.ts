import assert from 'node:assert/strict';
import type { PlannedTask, Workflow } from '../../../src/core/domain/workflow.ts';
import { nested, planWith, step, textInput, workflowOf } from '../../support/plans.ts';
import { problemWith, taskIn } from './planRig.ts';

describe('a workflow in a workflow', () => {
  const review: Workflow = {
    ...workflowOf(
      'review',
      step('read', [], { prompt: '${{ inputs.topic }}' }),
      step('judge', ['read']),
      step('note'),
    ),
    inputs: {
      topic: textInput(undefined),
      tone: textInput('a $${{ b ${{ c'),
    },
  };

  it('has tasks named behind its step, and stands between what it needs and what needs it', () => {
    const { tasks, scopes } = planWith(
      { inputs: { x: '1' }, workflows: [review] },
      step('start'),
      nested('r', ['start'], 'review', { with: { topic: 'On ${{ steps.start.output }}' } }),
      step('end', ['r']),
    );
    assert.deepEqual(
      tasks.map(({ id, needs, groups, names }) => [id, needs.join(' '), groups, names.scope]),
      [
        ['start', '', [], 0],
        ['r.read', 'start', ['r'], 1],
        ['r.judge', 'r.read', ['r'], 1],
        ['r.note', 'start', ['r'], 1],
        ['end', 'r.judge r.note', [], 0],
      ],
    );
    assert.deepEqual(taskIn(tasks, 'r.judge').names.steps, { read: ['r.read'] });
    assert.deepEqual(taskIn(tasks, 'end').names.steps, {
      r: ['r.judge', 'r.note'],
    });
    assert.deepEqual(scopes, [
      { inputs: { x: '1' }, within: undefined },
      {
        inputs: { topic: 'On ${{ steps.start.output }}', tone: 'a $$${{ b $${{ c' },
        within: { scope: 0, matrix: {}, steps: { start: ['start'] } },
      },
    ]);
  });

  it('is laid open once a lane, and its lanes are met by equal values', () => {
    const matrix = { m: ['p', 'q'] };
    const { tasks, scopes } = planWith(
      { workflows: [review] },
      nested('r', [], 'review', { matrix, with: { topic: '${{ matrix.m }}' } }),
      step('after', ['r'], { matrix }),
    );
    assert.deepEqual(
      tasks.map(({ id, needs }) => [id, needs.join(' ')]),
      [
        ['r.p.read', ''],
        ['r.p.judge', 'r.p.read'],
        ['r.p.note', ''],
        ['r.q.read', ''],
        ['r.q.judge', 'r.q.read'],
        ['r.q.note', ''],
        ['after.p', 'r.p.judge r.p.note'],
        ['after.q', 'r.q.judge r.q.note'],
      ],
    );
    assert.deepEqual(scopes[2]?.within?.matrix, { m: 'q' });
  });

  it('may have lanes made of its inputs, when these are known', () => {
    const inner: Workflow = {
      ...workflowOf('inner', step('a', [], { matrix: { x: '${{ inputs.list }}' } })),
      inputs: { list: textInput('d') },
    };
    const outer = (list: string) => [
      step('first'),
      nested('n', ['first'], 'inner', { with: { list } }),
    ];
    const { tasks } = planWith(
      { inputs: { l: '1\n2' }, workflows: [inner] },
      ...outer('${{ inputs.l }}\n3'),
    );
    assert.deepEqual(
      tasks.map(({ id }) => id),
      ['first', 'n.a.1', 'n.a.2', 'n.a.3'],
    );
    assert.equal(
      problemWith([inner], ...outer('${{ steps.first.output }}')),
      'n: Step a of inner cannot be planned: its matrix depends on inputs.list, which is not known before the run starts.',
    );
  });

  it('hands its conditions to what begins in it', () => {
    const inner = workflowOf(
      'inner',
      step('a', [], { condition: 'inputs.b' }),
      step('b', ['a']),
      step('tidy', ['b'], { condition: 'always()' }),
      step('last', [], { condition: 'always()' }),
    );
    const of = (condition: string | undefined) =>
      planWith(
        { workflows: [inner] },
        step('s'),
        nested('n', ['s'], 'inner', { condition }),
      ).tasks.slice(1);
    const seen = (tasks: readonly PlannedTask[]) =>
      tasks.map(({ id, after, conditions }) => [
        ...[id, after],
        ...conditions.map(({ text, names }) => `${names.scope} ${text}`),
      ]);
    assert.deepEqual(seen(of('inputs.go')), [
      ['n.a', 'done', '0 inputs.go', '1 inputs.b'],
      ['n.b', 'done'],
      ['n.tidy', 'ended', '0 inputs.go', '1 always()'],
      ['n.last', 'done', '0 inputs.go', '1 always()'],
    ]);
    assert.deepEqual(seen(of('failure()')), [
      ['n.a', 'ended', '0 failure()', '1 inputs.b'],
      ['n.b', 'done'],
      // It would ask about the inner needs here, which is not what was meant.
      ['n.tidy', 'ended', '1 always()'],
      ['n.last', 'ended', '0 failure()', '1 always()'],
    ]);
    assert.deepEqual(seen(of(undefined))[3], ['n.last', 'done', '1 always()']);
  });

  it('is refused with a sentence where it cannot be laid open', () => {
    const circle = workflowOf('circle', nested('again', [], 'circle'));
    const inner = workflowOf('inner', nested('x', [], 'gone'));
    const empty = workflowOf('empty');
    const told = (name: string, given: Readonly<Record<string, string>> = {}) =>
      problemWith([review, circle, inner, empty], nested('n', [], name, { with: given }));
    assert.deepEqual(
      [
        told('none'),
        told('review'),
        told('review', { topic: 'x', topc: 'y' }),
        told('circle'),
        told('inner'),
        told('empty'),
      ],
      [
        'n: Step n of example cannot be planned: there is no workflow none that could be run.',
        'n: Step n of example cannot be planned: the workflow review needs a value for its input topic; give one under "with".',
        'n: Step n of example cannot be planned: the workflow review has no input topc; leave it out.',
        'n: Step again of circle cannot be planned: workflows stand more than 8 deep inside each other.',
        'n: Step x of inner cannot be planned: there is no workflow gone that could be run.',
        'n: Step n of example cannot be planned: the workflow empty has no steps.',
      ],
    );
  });

  it('stops multiplying before it fills the memory', () => {
    const ten = Array.from({ length: 10 }, (_, n) => `${n}`);
    const chain = Array.from({ length: 7 }, (_, n) =>
      workflowOf(
        `w${n}`,
        n === 6 ? step('leaf') : nested('n', [], `w${n + 1}`, { matrix: { x: ten } }),
      ),
    );
    assert.match(problemWith(chain, nested('n', [], 'w0')), /more than 20000 tasks/);
  });

  it('does not let inputs double without end', () => {
    const inputs = { x: textInput(undefined) };
    const twice = '${{ inputs.x }}'.repeat(200);
    const chain = Array.from({ length: 8 }, (_, n): Workflow => ({
      ...workflowOf(
        `w${n}`,
        n === 7
          ? step('leaf', [], { prompt: '${{ inputs.x }}' })
          : nested('n', [], `w${n + 1}`, { with: { x: twice } }),
      ),
      inputs,
    }));
    const { tasks } = planWith({ workflows: chain }, nested('n', [], 'w0', { with: { x: 'y' } }));
    assert.equal(tasks.length, 1);
  });
});
