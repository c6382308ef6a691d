import assert from 'node:assert/strict';
import { pictureOfRun, pictureOfWorkflow } from '../../../src/core/projections/graph.ts';
import { stepId } from '../../../src/core/domain/ids.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { gate, nested, plan, planWith, step, workflowOf } from '../../support/plans.ts';
import { started, stateAfter, succeeded } from './histories.ts';

function pictureOf(of: RunPlan, ...bodies: Parameters<typeof stateAfter>[1][]) {
  return pictureOfRun(of, stateAfter(of, ...bodies), { kind: 'here' });
}

describe('The place of a task in the picture of a run', () => {
  it('tells its phases and nested workflows, the outermost first', () => {
    const inner = workflowOf('checks', step('lint'), step('report', ['lint']));
    const phased = planWith(
      {
        workflows: [inner],
        workflow: {
          phases: [
            { name: 'Prepare', steps: [stepId('plan')], checks: [] },
            { name: 'Build', steps: [stepId('tests')], checks: [] },
          ],
        },
      },
      step('plan'),
      nested('tests', [], 'checks'),
    );
    assert.deepEqual(
      pictureOf(phased).nodes.map(({ id, groups }) => [id, groups]),
      [
        ['plan', ['Prepare']],
        ['tests.lint', ['Build', 'tests']],
        ['tests.report', ['Build', 'tests']],
      ],
    );
  });

  it('tells lanes by their step and values', () => {
    const matrix = { node: ['20', '22'], os: ['linux', 'windows'] };
    const { nodes } = pictureOf(plan(step('test', [], { matrix }), step('end', ['test'])));
    assert.deepEqual(
      nodes.map(({ lane }) => lane),
      [
        { step: 'test', label: '20, linux' },
        { step: 'test', label: '20, windows' },
        { step: 'test', label: '22, linux' },
        { step: 'test', label: '22, windows' },
        undefined,
      ],
    );
  });

  it('tells the lanes of a nested workflow for each of its steps, with its own inside', () => {
    const inner = workflowOf(
      'chapter',
      step('write'),
      step('check', [], { matrix: { by: ['a', 'b'] } }),
    );
    const whole = planWith(
      { workflows: [inner] },
      nested('book', [], 'chapter', { matrix: { part: ['one', 'two'] } }),
    );
    assert.deepEqual(
      pictureOf(whole).nodes.map(({ lane }) => lane),
      ['one', 'two'].flatMap((part) => [
        { step: 'book.write', label: part },
        { step: 'book.check', label: `${part}, a` },
        { step: 'book.check', label: `${part}, b` },
      ]),
    );
  });

  it('says what lies on the critical path, by what is known of its time', () => {
    const fork = plan(step('short'), step('other'), step('end', ['short', 'other']));
    const critical = (picture: ReturnType<typeof pictureOf>) =>
      picture.nodes.filter(({ isCritical }) => isCritical).map(({ id }) => id);
    assert.deepEqual(critical(pictureOf(fork)), ['short', 'end']);
    // It took a second and a half, and the other is expected to take longer.
    assert.deepEqual(critical(pictureOf(fork, started('short'), succeeded('short'))), [
      'other',
      'end',
    ]);
    assert.ok(pictureOf(fork).nodes.every(({ estimateMs }) => estimateMs > 0));
  });

  it('stands for no moment but now', () => {
    assert.equal(pictureOf(plan(step('a'))).moment, undefined);
  });
});

describe('The place of a step in the picture of a workflow', () => {
  it('tells its phase', () => {
    const { workflow } = plan(step('a'), step('b'));
    const phases = [{ name: 'One', steps: [stepId('a')], checks: [] }];
    assert.deepEqual(
      pictureOfWorkflow({ ...workflow, phases }).nodes.map(({ groups }) => groups),
      [['One'], []],
    );
  });

  it('marks the way with the most steps where nothing is known of their time, and counts no gate', () => {
    const { workflow } = plan(
      step('a'),
      step('b', ['a']),
      gate('g', []),
      gate('h', ['g']),
      gate('i', ['h']),
    );
    const { nodes } = pictureOfWorkflow(workflow);
    assert.deepEqual(
      nodes.map(({ id, isCritical, estimateMs }) => [id, isCritical, estimateMs]),
      [
        ['a', true, 0],
        ['b', true, 0],
        ['g', false, 0],
        ['h', false, 0],
        ['i', false, 0],
      ],
    );
  });

  it('goes by estimates where there are any', () => {
    const { workflow } = plan(step('a'), step('b', ['a']), step('long'));
    const { nodes } = pictureOfWorkflow(workflow, ({ id }) => (id === 'long' ? 9000 : 1000));
    assert.deepEqual(
      nodes.map(({ isCritical, estimateMs }) => [isCritical, estimateMs]),
      [
        [false, 1000],
        [false, 1000],
        [true, 9000],
      ],
    );
  });
});
