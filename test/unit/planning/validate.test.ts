import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { stepId, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { PlannedTask, Step, Workflow } from '../../../src/core/domain/workflow.ts';
import { unfoldPlan } from '../../../src/core/planning/unfoldPlan.ts';
import { gate, nested, planWith, step, workflowOf, type PlanParts } from '../../support/plans.ts';
import { taskIn } from './planRig.ts';

const check = (command: string) => ({ command: [command] as const, timeoutMs: 7000 });
const OWNING = { terms: { ...NO_TERMS, owns: ['src/**'] } };

function validated(over: PlanParts, ...steps: readonly Step[]) {
  const workflow = { validate: [check('test')], ...over.workflow };
  return planWith({ ...over, workflow }, ...steps);
}

const seen = (tasks: readonly PlannedTask[]) =>
  tasks.map(({ id, needs, builtOn, groups }) => [
    id,
    needs.join(' '),
    builtOn.join(' '),
    groups.join(),
  ]);

describe('What validates a workflow', () => {
  it('is a task for each command, behind all others, on what they declare and own', () => {
    const { tasks, agents } = validated(
      { workflow: { validate: [check('one'), check('two'), check('three')] } },
      step('a', [], OWNING),
      step('b', ['a'], { produces: ['b'] }),
      step('c'),
    );
    assert.deepEqual(seen(tasks).slice(3), [
      ['validate', 'a b c', 'a b', ''],
      ['validate.2', 'a b c', 'a b', ''],
      ['validate.3', 'a b c', 'a b', ''],
    ]);
    const task = taskIn(tasks, 'validate.2');
    assert.deepEqual(task.barrier, task.needs);
    const { runner, name } = agents['validate 2' as keyof typeof agents] ?? {};
    assert.equal(name, 'validate 2');
    assert.deepEqual(runner?.kind === 'command' ? runner.command : [], ['two']);
    assert.equal(runner?.kind === 'command' ? runner.limits.timeoutMs : 0, 7000);
  });

  it('is nothing where nothing is said', () => {
    assert.equal(validated({ workflow: { validate: [] } }, step('a')).tasks.length, 1);
  });

  it('stands behind the checks of the last phase, as a phase of its own', () => {
    const { tasks } = validated(
      {
        workflow: {
          phases: [
            { name: 'one', steps: [stepId('a')], checks: [check('x')] },
            { name: 'two', steps: [stepId('b')], checks: [check('y')] },
          ],
        },
      },
      step('a', [], { produces: ['a'] }),
      step('b', [], OWNING),
    );
    assert.deepEqual(seen(tasks), [
      ['a', '', '', 'one'],
      ['one.check', 'a', 'a', 'one'],
      ['b', 'one.check', '', 'two'],
      ['two.check', 'b', 'a b', 'two'],
      ['validate', 'a one.check b two.check', 'a b', 'validate'],
    ]);
  });

  it('leaves the names that steps use to them', () => {
    const { tasks } = validated({}, step('validate'));
    assert.deepEqual(
      tasks.map(({ id }) => id),
      ['validate', 'validate-2'],
    );
  });

  it('comes before a gate that comes behind all other steps, as what must not stand in its way', () => {
    const { tasks } = validated(
      {},
      step('a', [], OWNING),
      step('b', ['a']),
      gate('ok', ['b']),
      gate('really', ['ok']),
    );
    assert.deepEqual(seen(tasks), [
      ['a', '', '', ''],
      ['b', 'a', 'a', ''],
      ['ok', 'b validate', '', ''],
      ['really', 'ok validate', '', ''],
      ['validate', 'a b', 'a', ''],
    ]);
    assert.deepEqual(taskIn(tasks, 'ok').barrier, ['validate']);
  });

  it('does not hold up a gate of a part, whose results wait for nobody else', () => {
    const { tasks } = validated({}, step('a'), step('b'), gate('part', ['a']));
    assert.deepEqual(
      seen(tasks).map(([id, needs]) => [id, needs]),
      [
        ['a', ''],
        ['b', ''],
        ['part', 'a'],
        ['validate', 'a b'],
      ],
    );
  });

  it('comes behind a gate that something follows', () => {
    const { tasks } = validated({}, step('a'), gate('mid', ['a']), step('b', ['mid']));
    assert.equal(taskIn(tasks, 'mid').needs.join(), 'a');
    assert.equal(taskIn(tasks, 'validate').needs.join(' '), 'a mid b');
  });

  it('comes before each of several gates that together come behind all', () => {
    const { tasks } = validated(
      {},
      step('a'),
      step('b'),
      gate('g', ['a']),
      gate('h', ['b']),
      gate('all', ['g', 'h']),
    );
    assert.equal(taskIn(tasks, 'g').needs.join(), 'a');
    assert.equal(taskIn(tasks, 'all').needs.join(' '), 'g h validate');
  });

  it('comes before gates alone, where nothing is worked on', () => {
    const { tasks } = validated({}, gate('g', []));
    assert.deepEqual(
      seen(tasks).map(([id, needs]) => [id, needs]),
      [
        ['g', 'validate'],
        ['validate', ''],
      ],
    );
  });

  describe('in a nested workflow', () => {
    const inner: Workflow = {
      ...workflowOf('inner', step('x', [], OWNING), step('y', ['x'])),
      validate: [check('inside')],
    };

    it('is its own: who needs the workflow waits for it, and hears its steps', () => {
      const { tasks, agents } = validated(
        { workflows: [inner] },
        step('s', [], OWNING),
        nested('n', ['s'], 'inner', { matrix: { m: ['1', '2'] } }),
        step('e', ['n']),
      );
      assert.deepEqual(
        seen(tasks).map(([id, needs, builtOn]) => [id, needs, builtOn]),
        [
          ['s', '', ''],
          ['n.1.x', 's', 's'],
          ['n.1.y', 'n.1.x', 's n.1.x'],
          ['n.1.validate', 'n.1.x n.1.y', 's n.1.x'],
          ['n.2.x', 's', 's'],
          ['n.2.y', 'n.2.x', 's n.2.x'],
          ['n.2.validate', 'n.2.x n.2.y', 's n.2.x'],
          ['e', 'n.1.y n.1.validate n.2.y n.2.validate', 's n.1.x n.2.x'],
          ['validate', 's n.1.x n.1.y n.1.validate n.2.x n.2.y n.2.validate e', 's n.1.x n.2.x'],
        ],
      );
      assert.deepEqual(taskIn(tasks, 'e').names.steps, { n: ['n.1.y', 'n.2.y'] });
      // The lanes share what they run.
      assert.deepEqual(
        Object.keys(agents).filter((name) => name.startsWith('validate')),
        ['validate', 'validate 2'],
      );
    });

    it('comes before its own last gate, and that of the whole before the gates inside that are last', () => {
      const gated: Workflow = {
        ...workflowOf('gated', step('x'), gate('g', ['x'])),
        validate: [check('inside')],
      };
      const { tasks } = validated({ workflows: [gated] }, step('s'), nested('n', ['s'], 'gated'));
      assert.equal(taskIn(tasks, 'n.g').needs.join(' '), 'n.x n.validate validate');
      assert.equal(taskIn(tasks, 'validate').needs.join(' '), 's n.x n.validate');
    });
  });

  it('waits for lanes that are told later, and stands on all of them then', () => {
    const first = validated(
      {},
      step('list'),
      step('fix', ['list'], { ...OWNING, matrix: { f: '${{ steps.list.output }}' } }),
      gate('ok', ['fix']),
    );
    assert.equal(taskIn(first.tasks, 'validate').needs.join(' '), 'list fix');
    const outputs = new Map([['list' as TaskId, 'one\ntwo']]);
    const unfolded = unfoldPlan(first, digestOf('x'), outputs);
    assert.ok(unfolded.ok);
    const { tasks } = unfolded.value;
    assert.deepEqual(
      seen(tasks).map(([id, needs, builtOn]) => [id, needs, builtOn]),
      [
        ['list', '', ''],
        ['fix.one', 'list', ''],
        ['fix.two', 'list', ''],
        ['ok', 'fix.one fix.two validate', ''],
        ['validate', 'list fix.one fix.two', 'fix.one fix.two'],
      ],
    );
  });

  it('leaves any plan free of circles, and every gate that is last behind it', () => {
    const sample = fc
      .array(fc.record({ isGate: fc.boolean(), needs: fc.array(fc.nat(), { maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 8,
      })
      .map((drawn) =>
        drawn.map(({ isGate, needs }, at) => {
          const ids = at === 0 ? [] : [...new Set(needs.map((need) => `s${need % at}`))];
          return isGate ? gate(`s${at}`, ids) : step(`s${at}`, ids);
        }),
      );
    fc.assert(
      fc.property(sample, (steps) => {
        const { tasks } = validated({}, ...steps);
        const byId = new Map(tasks.map((task) => [task.id, task]));
        const upstream = (id: TaskId, under: readonly TaskId[] = []): Set<TaskId> => {
          assert.ok(!under.includes(id), `a circle through ${id}`);
          const needs = byId.get(id)?.needs ?? [];
          return new Set(needs.flatMap((need) => [need, ...upstream(need, [...under, id])]));
        };
        const before = new Map(tasks.map(({ id }) => [id, upstream(id)]));
        const validation = 'validate' as TaskId;
        const work = tasks.filter(
          (task) =>
            task.id !== validation &&
            (task.step.kind === 'agent' ||
              tasks.some(
                ({ id, step: own }) =>
                  own.kind === 'agent' && id !== validation && before.get(id)?.has(task.id),
              )),
        );
        for (const { id } of tasks) {
          if (work.some((one) => one.id === id)) {
            assert.ok(before.get(validation)?.has(id), `${id} is not looked at`);
            assert.ok(!before.get(id)?.has(validation), `${id} waits for it`);
          } else if (id !== validation) {
            const plain = planWith({}, ...steps).tasks;
            const own = new Map(plain.map((task) => [task.id, task.needs]));
            const reach = (from: TaskId): TaskId[] =>
              (own.get(from) ?? []).flatMap((need) => [need, ...reach(need)]);
            const all = new Set(reach(id));
            const isLast = work.every((one) => all.has(one.id));
            assert.equal(before.get(id)?.has(validation), isLast, id);
          }
        }
      }),
    );
  });
});
