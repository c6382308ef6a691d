import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../src/core/base/digest.ts';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { unfoldPlan } from '../../../src/core/planning/unfoldPlan.ts';
import {
  commandAgent,
  gate,
  nested,
  plan,
  planWith,
  step,
  workflowOf,
} from '../../support/plans.ts';
import { taskIn } from './planRig.ts';

const owning = (...owns: readonly string[]) => ({ terms: { ...NO_TERMS, owns } });

/** Whose changes of their own paths each task finds in its copy, where it finds any. */
const builtOn = ({ tasks }: Pick<RunPlan, 'tasks'>) =>
  Object.fromEntries(
    tasks.flatMap(({ id, builtOn }) => (builtOn.length === 0 ? [] : [[id, builtOn.join(' ')]])),
  );

describe('In its copy a step finds what was changed', () => {
  it('by the steps before it of what they own, however far before, the earliest first', () => {
    assert.deepEqual(
      builtOn(
        plan(
          step('c', ['b'], owning('c')),
          step('a', [], owning('a')),
          step('b', ['a']),
          step('last', ['c', 'a']),
        ),
      ),
      { b: 'a', c: 'a', last: 'a c' },
    );
  });

  it('by nobody beside it, and by nobody who owns nothing or only declares files', () => {
    assert.deepEqual(
      builtOn(
        plan(
          step('a', [], owning('a')),
          step('beside', [], owning('b')),
          step('none', [], owning()),
          step('declares', [], { produces: ['x'] }),
          step('after', ['none', 'declares']),
        ),
      ),
      {},
    );
  });

  it('before a gate too, which has no copy itself', () => {
    assert.deepEqual(
      builtOn(plan(step('a', [], owning('a')), gate('ask', ['a']), step('after', ['ask']))),
      { after: 'a' },
    );
  });

  it('also where it runs after a failure: what has failed changed nothing', () => {
    const { tasks } = plan(
      step('a', [], owning('a')),
      step('tidy', ['a'], { condition: 'always()' }),
    );
    assert.deepEqual(taskIn(tasks, 'tidy').builtOn, ['a']);
  });

  it('by an agent whose own definition says what it owns', () => {
    const agent = { ...commandAgent('a-agent'), ...owning('a') };
    assert.deepEqual(
      builtOn(planWith({ agents: { [agentName('a-agent')]: agent } }, step('a'), step('b', ['a']))),
      { b: 'a' },
    );
  });

  it('by each lane before it, and by none of the lanes beside it or of another value', () => {
    const lanes = (name: string) => ({
      ...owning(`src/\${{ matrix.${name} }}`),
      matrix: { [name]: ['1', '2'] },
    });
    assert.deepEqual(
      builtOn(
        plan(step('a', [], lanes('x')), step('b', ['a'], lanes('x')), step('c', ['a'], lanes('y'))),
      ),
      { 'b.1': 'a.1', 'b.2': 'a.2', 'c.1': 'a.1 a.2', 'c.2': 'a.1 a.2' },
    );
  });

  it('by lanes that are known only later, once they are', () => {
    const first = plan(
      step('list'),
      step('a', ['list'], {
        ...owning('src/${{ matrix.x }}'),
        matrix: { x: '${{ steps.list.output }}' },
      }),
      step('test', ['a']),
    );
    assert.deepEqual(builtOn(first), { test: 'a' });
    const outputs = new Map([['list' as TaskId, 'one\ntwo']]);
    const unfolded = unfoldPlan(first, digestOf('x'), outputs);
    assert.ok(unfolded.ok);
    assert.deepEqual(builtOn(unfolded.value), { test: 'a.one a.two' });
  });

  it('in a nested workflow before it, and before the nested workflow it is in', () => {
    const inner = workflowOf('inner', step('x', [], owning('x')), step('y', ['x']));
    assert.deepEqual(
      builtOn(
        planWith(
          { workflows: [inner] },
          step('a', [], owning('a')),
          nested('n', ['a'], 'inner'),
          step('after', ['n']),
        ),
      ),
      { 'n.x': 'a', 'n.y': 'a n.x', after: 'a n.x' },
    );
  });

  it('by all who own and come before it, each once and after those it comes after', () => {
    const steps = fc
      .array(fc.record({ owns: fc.boolean(), back: fc.array(fc.integer({ min: 1, max: 4 })) }), {
        minLength: 1,
        maxLength: 12,
      })
      .map((drafts) =>
        drafts.map(({ owns, back }, at) => ({
          owns,
          needs: [...new Set(back.map((one) => at - one).filter((one) => one >= 0))],
        })),
      );
    fc.assert(
      fc.property(steps, (drafts) => {
        const { tasks } = plan(
          ...drafts.map(({ owns, needs }, at) =>
            step(
              `s${at}`,
              needs.map((need) => `s${need}`),
              owns ? owning(`s${at}`) : {},
            ),
          ),
        );
        const before = drafts.map(() => new Set<number>());
        drafts.forEach(({ needs }, at) => {
          for (const need of needs) {
            [need, ...before[need]!].forEach((one) => before[at]!.add(one));
          }
        });
        for (const at of drafts.keys()) {
          const found = taskIn(tasks, `s${at}`).builtOn.map((id) => Number(id.slice(1)));
          const owners = [...before[at]!].filter((one) => drafts[one]!.owns);
          assert.deepEqual(
            found.toSorted((a, b) => a - b),
            owners.sort((a, b) => a - b),
          );
          found.forEach((one, place) => {
            assert.ok(found.slice(place).every((later) => !before[one]!.has(later)));
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});
