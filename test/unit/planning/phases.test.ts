import assert from 'node:assert/strict';
import { agentName, stepId } from '../../../src/core/domain/ids.ts';
import type { Step, Workflow } from '../../../src/core/domain/workflow.ts';
import { nested, planWith, step, workflowOf } from '../../support/plans.ts';

describe('the phases of a workflow', () => {
  const check = (command: string) => ({ command: [command] as const, timeoutMs: 7000 });
  const phased = (...checks: readonly ReturnType<typeof check>[]) =>
    planWith(
      {
        workflow: {
          phases: [
            { name: 'Build it!', steps: [stepId('a'), stepId('b')], checks },
            { name: 'then', steps: [stepId('c'), stepId('d')], checks: [check('last')] },
          ],
        },
      },
      step('c', ['a'], { produces: ['c'] }),
      step('b', ['a'], { produces: ['b'] }),
      step('a'),
      step('d', ['c']),
    );

  it('begin behind the checks of the phase before', () => {
    const { tasks, agents } = phased(check('one'), check('two'));
    assert.deepEqual(
      tasks.map(({ id, needs, builtOn, groups }) => [
        id,
        needs.join(' '),
        builtOn.join(' '),
        groups.join(),
      ]),
      [
        ['b', 'a', '', 'Build it!'],
        ['a', '', '', 'Build it!'],
        ['build-it.check', 'b a', 'b', 'Build it!'],
        ['build-it.check-2', 'b a', 'b', 'Build it!'],
        ['c', 'build-it.check build-it.check-2 a', '', 'then'],
        ['d', 'build-it.check build-it.check-2 c', '', 'then'],
        ['then.check', 'c d', 'b c', 'then'],
      ],
    );
    assert.deepEqual(
      tasks.flatMap(({ id, step: own }) => (id.includes('check') ? [agentOf(own)] : [])),
      ['check Build it!', 'check Build it! 2', 'check then'],
    );
    const { runner, criticality, file } = agents['check Build it! 2' as keyof typeof agents] ?? {};
    assert.deepEqual(
      { runner, criticality, file },
      {
        runner: {
          kind: 'command',
          command: ['two'],
          successCodes: [0],
          env: {},
          install: undefined,
          limits: { timeoutMs: 7000, idleTimeoutMs: undefined, graceMs: 5000 },
          effects: 'copy',
          probe: undefined,
          stdin: 'prompt',
        },
        criticality: 5,
        file: '.sluice/workflows/example.yaml',
      },
    );
  });

  it('begin behind every task of the phase before where it has no checks', () => {
    assert.deepEqual(
      phased().tasks.map(({ id, needs }) => [id, needs.join(' ')]),
      [
        ['b', 'a'],
        ['a', ''],
        ['c', 'b a'],
        ['d', 'b a c'],
        ['then.check', 'c d'],
      ],
    );
  });

  it('hold inside a nested workflow, whose checks are shared by its lanes', () => {
    const inner: Workflow = {
      ...workflowOf('inner', step('a', [], { produces: ['x'] }), step('b', ['a'])),
      phases: [
        { name: 'one', steps: [stepId('a')], checks: [check('ok')] },
        { name: 'two', steps: [stepId('b')], checks: [] },
      ],
    };
    const { tasks, agents } = planWith(
      { workflows: [inner] },
      step('s'),
      nested('n', ['s'], 'inner', { matrix: { x: ['1', '2'] } }),
      step('e', ['n']),
    );
    assert.deepEqual(
      tasks.map(({ id, needs, groups }) => [id, needs.join(' '), groups.join()]),
      [
        ['s', '', ''],
        ['n.1.a', 's', 'n,one'],
        ['n.1.one.check', 'n.1.a', 'n,one'],
        ['n.1.b', 'n.1.one.check n.1.a', 'n,two'],
        ['n.2.a', 's', 'n,one'],
        ['n.2.one.check', 'n.2.a', 'n,one'],
        ['n.2.b', 'n.2.one.check n.2.a', 'n,two'],
        ['e', 'n.1.b n.2.b', ''],
      ],
    );
    assert.deepEqual(Object.keys(agents), [
      's-agent',
      'e-agent',
      'a-agent',
      'b-agent',
      'check one',
    ]);
  });

  it('leave the names that steps use to them', () => {
    const { agents, tasks } = planWith(
      {
        workflow: {
          phases: [{ name: 'x', steps: [stepId('a'), stepId('x.check')], checks: [check('ok')] }],
        },
      },
      step('a', [], { agent: agentName('check x') }),
      step('x.check'),
    );
    assert.deepEqual(Object.keys(agents), ['check x', 'x.check-agent', 'check x 2']);
    assert.deepEqual(tasks.at(-1)?.id, 'x.check-2');
  });
});

function agentOf(own: Step): string {
  return own.kind === 'agent' ? own.agent : '';
}
