import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import { unfoldPlan } from '../../../src/core/planning/unfoldPlan.ts';
import {
  commandAgent,
  gate,
  nested,
  plan,
  planWith,
  step,
  textInput,
  workflowOf,
} from '../../support/plans.ts';
import { taskIn } from './planRig.ts';

const owning = (...owns: readonly string[]) => ({ terms: { ...NO_TERMS, owns } });

describe('The paths a task owns', () => {
  it('are those of its step, else of its agent, and nothing where neither says any', () => {
    const agent = { ...commandAgent('b-agent'), ...owning('docs/**') };
    const { tasks } = planWith(
      { agents: { [agentName('b-agent')]: agent } },
      step('a', [], owning('src/**', 'README.md')),
      step('b'),
      step('c', [], { ...owning(), agent: agentName('b-agent') }),
      step('d'),
      gate('g', []),
    );
    assert.deepEqual(
      tasks.map(({ owns }) => owns),
      [['src/**', 'README.md'], ['docs/**'], [], undefined, undefined],
    );
  });

  it('hold values of inputs and matrices', () => {
    const { tasks } = planWith(
      { inputs: { area: 'core' } },
      step('a', [], {
        ...owning('src/${{ inputs.area }}/${{ matrix.m }}.ts', '$${{ x }}'),
        matrix: { m: ['x', 'y'] },
      }),
    );
    assert.deepEqual(taskIn(tasks, 'a.x').owns, ['src/core/x.ts', '$${{ x }}'.slice(1)]);
    assert.deepEqual(taskIn(tasks, 'a.y').owns?.[0], 'src/core/y.ts');
  });

  it('are all there is in the folder before a value that is not known', () => {
    const of = (glob: string) =>
      taskIn(plan(step('s'), step('a', ['s'], owning(glob))).tasks, 'a').owns;
    assert.deepEqual(of('src/${{ steps.s.output }}/x.ts'), ['src/**']);
    assert.deepEqual(of('src/api/v${{ steps.s.output }}'), ['src/api/**']);
    assert.deepEqual(of('src/*/${{ steps.s.output }}'), ['src/**']);
    assert.deepEqual(of('src/{a,${{ steps.s.output }}}'), ['src/**']);
    assert.deepEqual(of('${{ steps.s.output }}'), ['**']);
    assert.deepEqual(of('v${{ steps.s.output }}'), ['**']);
  });

  it('are as wide where a known value makes of them what is no glob', () => {
    const of = (value: string) =>
      taskIn(
        planWith({ inputs: { x: value } }, step('a', [], owning('src/${{ inputs.x }}/y'))).tasks,
        'a',
      ).owns;
    assert.deepEqual(of('a[b'), ['src/**']);
    assert.deepEqual(of('..'), ['src/**']);
    assert.deepEqual(of(''), ['src/**']);
    assert.deepEqual(of('a'), ['src/a/y']);
  });

  it('of a nested workflow hold what it is given, as far as that is known', () => {
    const inner: Workflow = {
      ...workflowOf('inner', step('x', [], owning('src/${{ inputs.dir }}/**'))),
      inputs: { dir: textInput('usual') },
    };
    const of = (given: Readonly<Record<string, string>>) =>
      taskIn(
        planWith({ workflows: [inner] }, step('s'), nested('n', ['s'], 'inner', { with: given }))
          .tasks,
        'n.x',
      ).owns;
    assert.deepEqual(of({}), ['src/usual/**']);
    assert.deepEqual(of({ dir: 'a' }), ['src/a/**']);
    assert.deepEqual(of({ dir: '${{ steps.s.output }}' }), ['src/**']);
  });

  it('become those of each lane once the lanes are known', () => {
    const first = plan(
      step('list'),
      step('fix', ['list'], {
        ...owning('src/${{ matrix.f }}.ts'),
        matrix: { f: '${{ steps.list.output }}' },
      }),
    );
    assert.deepEqual(taskIn(first.tasks, 'fix').owns, ['src/**']);
    const outputs = new Map([['list' as TaskId, 'one\ntwo']]);
    const unfolded = unfoldPlan(first, digestOf('x'), outputs);
    assert.ok(unfolded.ok);
    assert.deepEqual(taskIn(unfolded.value.tasks, 'fix.two').owns, ['src/two.ts']);
  });

  it('keep an answer to a similar question from standing for files', () => {
    const cache = {
      use: true,
      ttlMs: undefined,
      namespace: undefined,
      inputs: undefined,
      similar: { model: 'a/b', threshold: 0.9 },
    };
    const runner = { kind: 'model', instructions: '', models: [], mcpServers: [] } as const;
    const agent = { ...commandAgent('a-agent'), runner };
    const similarOf = (owns: readonly string[] | undefined) => {
      const { tasks } = planWith(
        { agents: { [agentName('a-agent')]: agent }, workflow: { cache } },
        step('a', [], { terms: { ...NO_TERMS, owns } }),
      );
      const own = taskIn(tasks, 'a').step;
      return own.kind === 'agent' ? own.terms.cache?.similar?.model : undefined;
    };
    assert.deepEqual([similarOf(undefined), similarOf(['src/**'])], ['a/b', undefined]);
  });
});
