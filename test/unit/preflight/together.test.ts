import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { relationsIn } from '../../../src/core/preflight/words.ts';
import { gate, nested, plan, planWith, step, workflowOf } from '../../support/plans.ts';
import { acyclicGraph } from '../graph/graphs.ts';
import { owning, preflightOf } from './preflightRig.ts';

/** A line for each step: `+` beside, `-` apart, `!` a clash. */
function matrixOf(report: ReturnType<typeof preflightOf>): string[] {
  const relation = relationsIn(report);
  const signs = { self: '.', beside: '+', apart: '-', clash: '!' };
  return report.steps.map(({ step: name }, row) =>
    [name, report.steps.map((_, column) => signs[relation(row, column)]).join('')].join(' '),
  );
}

describe('Which steps run together', () => {
  it('is told by what they wait for, directly or not', () => {
    const report = preflightOf(
      plan(step('a'), step('b'), step('c', ['a']), gate('ok', ['c']), step('d', ['ok'])),
    );
    assert.deepEqual(matrixOf(report), [
      ...['a .+---', 'b +.+++', 'c -+.--', 'ok -+-.-', 'd -+--.'],
    ]);
    assert.deepEqual(report.together.ranks, [['a', 'b'], ['c'], ['ok'], ['d']]);
  });

  it('is true of any graph: as whoever asks for every pair of its tasks', () => {
    fc.assert(
      fc.property(acyclicGraph, (items) => {
        const report = preflightOf(plan(...items.map(({ id, needs }) => step(id, needs))));
        const needs = new Map(items.map((item) => [item.id, item.needs]));
        const waits = (id: string, other: string): boolean =>
          (needs.get(id) ?? []).some((need) => need === other || waits(need, other));
        const relation = relationsIn(report);
        for (const [row, { step: one }] of report.steps.entries()) {
          for (const [column, { step: other }] of report.steps.entries()) {
            const apart = waits(one, other) || waits(other, one);
            assert.equal(
              relation(row, column),
              row === column ? 'self' : apart ? 'apart' : 'beside',
            );
          }
        }
        const depth = (id: string): number =>
          Math.max(0, ...(needs.get(id) ?? []).map((need) => depth(need) + 1));
        for (const [rank, names] of report.together.ranks.entries()) {
          names.forEach((name) => assert.equal(depth(name), rank));
        }
        assert.equal(report.together.ranks.flat().length, items.length);
      }),
    );
  });

  it('keeps phases apart', () => {
    const parts = { phases: [phase('one', 'a'), phase('two', 'b')] };
    const report = preflightOf(planWith({ workflow: parts }, step('a'), step('b')));
    assert.deepEqual(matrixOf(report), ['a .-', 'b -.']);
    assert.deepEqual(
      report.steps.map(({ phases }) => phases),
      [['one'], ['two']],
    );
  });

  it('lets lanes of one step run beside other lanes of the step that needs them lane by lane', () => {
    const matrix = { os: ['linux', 'mac'] };
    const report = preflightOf(
      plan(
        step('build', [], { matrix }),
        step('test', ['build'], { matrix }),
        step('report', ['test']),
      ),
    );
    assert.deepEqual(matrixOf(report), ['build .+-', 'test +.-', 'report --.']);
  });

  it('lays nested workflows open and names their steps behind the step they are in', () => {
    const inner = workflowOf('inner', step('x'), step('y', ['x']));
    const report = preflightOf(
      planWith({ workflows: [inner] }, step('a'), nested('n', ['a'], 'inner'), step('b', ['n'])),
    );
    assert.deepEqual(matrixOf(report), ['a .---', 'n.x -.--', 'n.y --.-', 'b ---.']);
  });

  it('is not safe where both own the same paths', () => {
    const report = preflightOf(
      plan(
        step('a', [], owning('src/**')),
        step('b', [], owning('docs/**', 'src/b/*.ts')),
        step('c', ['a'], owning('src/**')),
        step('d', [], owning('lib')),
        step('e'),
      ),
    );
    assert.deepEqual(matrixOf(report), [
      ...['a .!-++', 'b !.!++', 'c -!.++', 'd +++.+', 'e ++++.'],
    ]);
    assert.deepEqual(report.together.clashes, [
      { steps: ['a', 'b'], globs: ['src/**', 'src/b/*.ts'] },
      { steps: ['b', 'c'], globs: ['src/b/*.ts', 'src/**'] },
    ]);
    assert.equal(report.verdict, 'warnings');
  });

  it('is safe where one of them never writes there', () => {
    const careful = { terms: { ...NO_TERMS, owns: ['src/**'], never: ['src/b'] } };
    const report = preflightOf(plan(step('a', [], careful), step('b', [], owning('src/b/*.ts'))));
    assert.deepEqual(report.together.clashes, []);
  });

  it('is safe where lanes that wait for each other own the same, and others do not', () => {
    const matrix = { os: ['linux', 'mac'] };
    const lanes = { matrix, ...owning('out/${{ matrix.os }}/**') };
    const report = preflightOf(
      plan(
        step('build', [], lanes),
        step('test', ['build'], lanes),
        step('x', [], owning('out/mac/x')),
      ),
    );
    assert.deepEqual(
      report.together.clashes.map(({ steps, globs }) => [...steps, ...globs]),
      [
        ['build', 'x', 'out/mac/**', 'out/mac/x'],
        ['test', 'x', 'out/mac/**', 'out/mac/x'],
      ],
    );
  });

  it('says where the values of a run make a glob that is none', () => {
    const report = preflightOf(
      planWith({ inputs: { dir: '/etc' } }, step('a', [], owning('${{ inputs.dir }}/x'))),
    );
    assert.deepEqual(
      report.findings.map(({ severity, message }) => [severity, message]),
      [['error', 'a.owns: "/etc/x" is absolute: write it relative to the folder']],
    );
  });

  it('finds the same clashes as whoever compares every pair of globs', async () => {
    const { globsOverlap, parseGlob } = await import('../../../src/core/base/glob.ts');
    const names = fc.constantFrom('a', 'b', '*', '**', 'a*', '*.ts', '[ab]', '{a,b}');
    const glob = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1, maxLength: 6 }), (globs) => {
        const steps = globs.map((one, at) => step(`s${at}`, [], owning(one)));
        const found = preflightOf(plan(...steps)).together.clashes.map((clash) =>
          clash.steps.join(' '),
        );
        const expected = globs.flatMap((one, at) =>
          globs.flatMap((other, place) =>
            place > at && globsOverlap(parseGlob(one), parseGlob(other))
              ? [`s${at} s${place}`]
              : [],
          ),
        );
        assert.deepEqual(found.sort(), expected.sort());
      }),
    );
  });

  it('names the first of very many clashes, and counts the rest', () => {
    const steps = Array.from({ length: 20 }, (_, at) => step(`s${at}`, [], owning('**')));
    const { together, findings } = preflightOf(plan(...steps));
    assert.equal(together.clashes.length + together.moreClashes, 190);
    assert.equal(findings.length, together.clashes.length + 1);
  });
});

function phase(name: string, ...steps: readonly string[]) {
  return {
    name,
    steps: plan(...steps.map((id) => step(id))).workflow.steps.map(({ id }) => id),
    checks: [],
  };
}
