import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fix } from '../../../src/core/domain/debugging.ts';
import { agentName, stepId, taskIdOf, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { AgentStep, PlannedTask, RunPlan } from '../../../src/core/domain/workflow.ts';
import {
  chainOf,
  ownNeeds,
  withFix,
  withFixesOf,
  withoutFixes,
} from '../../../src/core/journal/fixedPlan.ts';
import { graphOf } from '../../../src/core/journal/planGraph.ts';
import { gate, plan, step } from '../../support/plans.ts';

const id = (name: string): TaskId => taskIdOf(stepId(name));

function fixOf(of: string, name: string, over: Partial<Fix> = {}): Fix {
  return {
    id: id(name),
    of: id(of),
    parent: id(of),
    depth: 1,
    fault: 'implementation_bug',
    why: 'It says so.',
    agent: agentName('coder'),
    text: 'Mend it.',
    ...over,
  };
}

const owning = (owns: readonly string[], never: readonly string[] = []) => ({
  terms: { ...NO_TERMS, owns, never },
});

function taskOf(of: RunPlan, name: string): PlannedTask {
  const found = of.tasks.find((task) => task.id === name);
  assert.ok(found !== undefined, `there is no ${name}`);
  return found;
}

function stepOf(of: RunPlan, name: string): AgentStep {
  const found = taskOf(of, name).step;
  assert.ok(found.kind === 'agent');
  return found;
}

describe('A plan with fixes', () => {
  const base = plan(
    step('contract', [], { agent: agentName('architect'), ...owning(['contract.json']) }),
    step('code', ['contract'], {
      agent: agentName('coder'),
      ...owning(['src/**'], ['src/made/**']),
    }),
    step('test', ['code']),
    step('ship', ['test']),
  );

  it('has the fix behind what the task needs, and the task behind the fix', () => {
    const fixed = withFix(base, fixOf('test', 'test_branch_01'));
    assert.deepEqual(taskOf(fixed, 'test_branch_01').needs, ['code']);
    assert.deepEqual(taskOf(fixed, 'test').needs, ['code', 'test_branch_01']);
    assert.deepEqual(ownNeeds(taskOf(fixed, 'test')), ['code']);
    assert.deepEqual(taskOf(fixed, 'test_branch_01').builtOn, ['contract', 'code', 'test']);
  });

  it('gives whoever comes after what the fix changed, although the task owns nothing', () => {
    assert.deepEqual(taskOf(base, 'ship').builtOn, ['contract', 'code']);
    const fixed = withFix(base, fixOf('test', 'test_branch_01'));
    assert.deepEqual(taskOf(fixed, 'ship').builtOn, ['contract', 'code', 'test']);
  });

  it('lets an agent with a step of its own change what that step owns, and nothing else', () => {
    const fixed = withFix(base, fixOf('test', 'test_branch_01'));
    const { terms } = stepOf(fixed, 'test_branch_01');
    assert.deepEqual([terms.owns, terms.never], [['src/**'], ['src/made/**']]);
  });

  it('lets anybody else change what the task was built from', () => {
    const fixed = withFix(base, fixOf('test', 'f', { agent: agentName('debugger') }));
    assert.deepEqual(stepOf(fixed, 'f').terms.owns, ['contract.json', 'src/**']);
  });

  it('lets a fix change anything where nobody says what is whose', () => {
    const fixed = withFix(plan(step('a')), fixOf('a', 'f'));
    assert.deepEqual(stepOf(fixed, 'f').terms.owns, ['**']);
  });

  it('takes nothing in the prompt for an expression', () => {
    const fixed = withFix(base, fixOf('test', 'f', { text: 'It printed ${{ inputs.x }}.' }));
    assert.equal(stepOf(fixed, 'f').prompt, 'It printed $${{ inputs.x }}.');
  });

  it('builds a deeper fix on those before it', () => {
    const first = withFix(base, fixOf('test', 'one'));
    const deeper = fixOf('test', 'two', { parent: id('one'), depth: 2 });
    const fixed = withFix(first, deeper);
    assert.deepEqual(taskOf(fixed, 'two').needs, ['code', 'one']);
    assert.deepEqual(taskOf(fixed, 'two').builtOn, ['contract', 'code', 'test', 'one']);
    assert.deepEqual(chainOf(deeper, fixed.fixes ?? []), ['one']);
  });

  it('asks a person about the last fix once it has ended, well or not', () => {
    const first = withFix(base, fixOf('test', 'one'));
    const fixed = withFix(first, fixOf('test', 'ask', { agent: undefined }));
    const asked = taskOf(fixed, 'ask');
    assert.equal(asked.step.kind, 'gate');
    assert.deepEqual([asked.needs, asked.after], [['one'], 'ended']);
  });

  it('refuses a fix of what is no task of an agent, and one whose name is taken', () => {
    const gated = plan(step('a'), gate('ok', ['a']));
    assert.throws(() => withFix(gated, fixOf('ok', 'f')), /no task that can be mended/);
    assert.throws(() => withFix(gated, fixOf('none', 'f')), /no task that can be mended/);
    assert.throws(() => withFix(gated, fixOf('a', 'a')), /no task that can be mended/);
  });

  it('is the plan it was once the fixes are taken out again, but for who builds on whom', () => {
    const bare = ({ tasks, ...rest }: RunPlan) => ({
      ...rest,
      tasks: tasks.map(({ builtOn: _, ...task }) => task),
    });
    fc.assert(
      fc.property(plansWithFixes, ({ first, fixes }) => {
        const fixed = withFixesOf(first, fixes);
        const gone = new Set(fixes.map((fix) => fix.id));
        assert.deepEqual(bare(withoutFixes(fixed, gone)), bare(first));
      }),
    );
  });

  it('never has a circle, and each fix once', () => {
    fc.assert(
      fc.property(plansWithFixes, ({ first, fixes }) => {
        const fixed = withFixesOf(first, fixes);
        assert.equal(graphOf(fixed).forwards.length, first.tasks.length + fixes.length);
        for (const fix of fixes) {
          assert.ok(graphOf(fixed).needs(fix.of).includes(fix.id));
        }
      }),
    );
  });
});

const plansWithFixes = fc
  .record({
    needs: fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
    fixes: fc.array(fc.record({ of: fc.nat(9), deeper: fc.boolean(), isGate: fc.boolean() }), {
      maxLength: 6,
    }),
  })
  .map(({ needs, fixes }) => {
    const steps = needs.map((those, index) =>
      step(
        `s${index}`,
        [...new Set(those.filter((need) => need < index))].map((need) => `s${need}`),
        owning([`f${index}/**`]),
      ),
    );
    const opened: Fix[] = [];
    fixes.forEach(({ of, deeper, isGate }, index) => {
      const task = `s${of % steps.length}`;
      const last = opened.findLast((fix) => fix.of === task && fix.agent !== undefined);
      const isDeeper = deeper && !isGate && last !== undefined;
      opened.push(
        fixOf(task, `fix${index}`, {
          parent: isDeeper ? last.id : id(task),
          depth: isDeeper ? last.depth + 1 : 1,
          ...(isGate && { agent: undefined }),
        }),
      );
    });
    return { first: plan(...steps), fixes: opened };
  });
