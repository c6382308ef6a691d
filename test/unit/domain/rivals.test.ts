import assert from 'node:assert/strict';
import fc from 'fast-check';
import { globCovers, globsOverlap, parseGlob } from '../../../src/core/base/glob.ts';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { rivalsOf } from '../../../src/core/domain/rivals.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { PlannedTask } from '../../../src/core/domain/workflow.ts';
import { commandAgent, gate, plan, planWith, step } from '../../support/plans.ts';

const owning = (owns: readonly string[] | undefined, never: readonly string[] = []) => ({
  terms: { ...NO_TERMS, owns, never },
});
const ids = (...names: readonly string[]) => names as unknown as readonly TaskId[];
const id = (name: string) => name as unknown as TaskId;

describe('Tasks that may change the same path', () => {
  const rivals = rivalsOf(
    plan(
      step('core', [], owning(['src/core/**'])),
      step('src', [], owning(['src/**'], ['src/web/**'])),
      step('web', [], owning(['src/web/*.ts'])),
      step('docs', [], owning(['docs', '*.md'])),
      step('none', [], owning([])),
      step('any'),
      gate('g', []),
    ).tasks,
  );

  it('are rivals where their globs can mean one path', () => {
    assert.equal(rivals(id('core'), ids('src')), true);
    assert.equal(rivals(id('src'), ids('core')), true);
    assert.equal(rivals(id('core'), ids('docs', 'web')), false);
    assert.equal(rivals(id('core'), ids('docs', 'web', 'src')), true);
  });

  it('are none where one must not change what the other may', () => {
    assert.equal(rivals(id('src'), ids('web')), false);
    assert.equal(rivals(id('web'), ids('src')), false);
  });

  it('are none with themselves, with what says nothing, and with what is not of the plan', () => {
    assert.equal(rivals(id('src'), ids('src', 'any', 'none', 'g', 'gone')), false);
    assert.equal(rivals(id('any'), ids('src', 'core')), false);
    assert.equal(rivals(id('gone'), ids('src')), false);
  });

  it('are kept apart by what their agents must never change, where it is told', () => {
    const agent = { ...commandAgent('a-agent'), ...owning(undefined, ['src/api/**']) };
    const agents = { [agentName('a-agent')]: agent };
    const { tasks } = planWith(
      { agents },
      step('a', [], owning(['src/**'])),
      step('b', [], owning(['src/api/x.ts'])),
    );
    assert.equal(rivalsOf(tasks)(id('a'), ids('b')), true);
    assert.equal(rivalsOf(tasks, agents)(id('a'), ids('b')), false);
  });

  it('are rivals in spite of what must never be changed while a value of it is not known', () => {
    const { tasks } = plan(
      step('a', [], { ...owning(['src/**'], ['src/${{ matrix.x }}']), matrix: { x: ['b'] } }),
      step('b', [], owning(['src/b/**'])),
    );
    assert.equal(rivalsOf(tasks)(id('a.b'), ids('b')), true);
  });

  it('are as their globs say, whatever is asked before', () => {
    const glob = fc.constantFrom(
      ...['**', 'src', 'src/', 'src/**', 'src/*', 'src/a/**', 'src/{a,b}/*.ts', 'src/a/x.ts'],
      ...['*.md', 'docs/**', 'd*/x', '**/x.ts', 'src/[ab]', 'doc', 'docs/x'],
    );
    const claims = fc.array(
      fc.record({
        owns: fc.option(fc.array(glob, { maxLength: 3 }), { nil: undefined }),
        never: fc.array(glob, { maxLength: 2 }),
      }),
      { minLength: 2, maxLength: 6 },
    );
    type Claim = {
      readonly owns: readonly string[] | undefined;
      readonly never: readonly string[];
    };
    const folderOf = (text: string) => {
      const names = text.split('/').filter((name) => name !== '');
      const wild = names.findIndex((name) => /[*?[\]{}]/.test(name));
      return (wild === -1 ? names : names.slice(0, wild)).join('/');
    };
    const keepsOut = (never: readonly string[], text: string) =>
      folderOf(text) !== '' && never.some((one) => globCovers(parseGlob(one), folderOf(text)));
    const naive = (a: Claim, b: Claim) =>
      (a.owns ?? []).some((one) =>
        (b.owns ?? []).some(
          (other) =>
            globsOverlap(parseGlob(one), parseGlob(other)) &&
            !keepsOut(a.never, other) &&
            !keepsOut(b.never, one),
        ),
      );
    fc.assert(
      fc.property(claims, (drawn) => {
        const { tasks } = plan(
          ...drawn.map(({ owns, never }, at) => step(`s${at}`, [], owning(owns, never))),
        );
        const found = rivalsOf(tasks);
        drawn.forEach((one, a) => {
          const others = drawn.flatMap((other, b) => (b !== a && naive(one, other) ? [b] : []));
          drawn.forEach((_, b) => {
            assert.equal(found(id(`s${a}`), ids(`s${b}`)), others.includes(b), `${a} and ${b}`);
          });
          assert.equal(found(id(`s${a}`), ids(...drawn.map((_, b) => `s${b}`))), others.length > 0);
        });
      }),
    );
  });

  it('are told of a large run in no time, where few own anything and where each owns a folder', () => {
    const [base] = plan(step('a', [], owning(['x']))).tasks;
    assert.ok(base);
    const many = (ownsOf: (at: number) => readonly string[] | undefined): PlannedTask[] =>
      Array.from({ length: 20_000 }, (_, at) => ({ ...base, id: id(`t${at}`), owns: ownsOf(at) }));
    const timeOf = (tasks: readonly PlannedTask[]) => {
      const start = performance.now();
      const found = rivalsOf(tasks);
      const under = ids(...Array.from({ length: 64 }, (_, at) => `t${at}`));
      const count = tasks.filter((task) => found(task.id, under)).length;
      return { ms: performance.now() - start, count };
    };
    const few = timeOf(many((at) => (at % 1000 === 0 ? ['src/**'] : undefined)));
    const lanes = timeOf(many((at) => [`docs/p${at}/**`]));
    assert.deepEqual([few.count, lanes.count], [19, 0]);
    assert.ok(
      few.ms < 2000 && lanes.ms < 10_000,
      `${few.ms.toFixed()} and ${lanes.ms.toFixed()} ms`,
    );
  });
});
