import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isStepId } from '../../../src/core/domain/ids.ts';
import { MAX_TASKS } from '../../../src/core/domain/workflow.ts';
import { anyText } from '../../support/anyText.ts';
import { nested, plan, planWith, step, workflowOf } from '../../support/plans.ts';
import { problem, taskIn } from './planRig.ts';

describe('the lanes of a step', () => {
  it('are every combination of values, the last name changing fastest', () => {
    const { tasks } = plan(
      step('test', [], { matrix: { os: ['Linux', 'mac OS', 'Linux'], node: ['20', '22.1'] } }),
    );
    assert.deepEqual(
      tasks.map(({ id, names }) => [id, names.matrix]),
      [
        ['test.linux-20', { os: 'Linux', node: '20' }],
        ['test.linux-22-1', { os: 'Linux', node: '22.1' }],
        ['test.mac-os-20', { os: 'mac OS', node: '20' }],
        ['test.mac-os-22-1', { os: 'mac OS', node: '22.1' }],
      ],
    );
  });

  it('come from inputs, one a line or as a JSON list', () => {
    const lanes = (text: string) =>
      planWith(
        { inputs: { list: text } },
        step('a', [], { matrix: { x: '${{ inputs.list }}' } }),
      ).tasks.map(({ names }) => names.matrix['x']);
    assert.deepEqual(lanes(' one\r\n\n two \rone\nthree'), ['one', 'two', 'three']);
    assert.deepEqual(lanes('["a b", 1, true, "1"]'), ['a b', '1', 'true']);
  });

  it('are refused with a sentence where they cannot be told', () => {
    const told = (text: string) =>
      problem(step('b'), step('a', ['b'], { matrix: { x: text } })).replace(
        'a: Step a of example cannot be planned: ',
        '',
      );
    assert.deepEqual(
      [
        '',
        '[]',
        '[1',
        '[null]',
        '[["a"]]',
        '${{ steps.b.status }}',
        '${{ inputs.none }}',
        '${{ matrix.x }}',
        '${{',
      ].map(told),
      [
        'its matrix has no values for x; give one or more.',
        'its matrix has no values for x; give one or more.',
        'the values of x in its matrix begin with "[" and are no JSON list; write a list of texts, numbers or true and false, or one value a line.',
        'the values of x in its matrix hold null, which cannot be a value; write a list of texts, numbers or true and false, or one value a line.',
        'the values of x in its matrix hold ["a"], which cannot be a value; write a list of texts, numbers or true and false, or one value a line.',
        'its matrix depends on steps.b.status, which is not known before the run starts.',
        'its matrix depends on inputs.none, which is not known before the run starts.',
        'its matrix depends on matrix.x, which is not known before the run starts.',
        'its matrix cannot be filled in: "${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
      ],
    );
  });

  it('need the lane of equal values, and else every lane', () => {
    const matrix = { os: ['l', 'm'] };
    const { tasks } = plan(
      step('build', [], { matrix }),
      step('test', ['build'], { matrix: { node: ['1', '2'], ...matrix } }),
      step('more', ['build'], { matrix: { os: ['m', 'w'] } }),
      step('other', ['build'], { matrix: { arch: ['x'] } }),
      step('all', ['test', 'build']),
      step('late', ['more'], { matrix }),
    );
    assert.deepEqual(
      tasks.slice(2).map(({ id, needs }) => [id, needs.join(' ')]),
      [
        ['test.1-l', 'build.l'],
        ['test.1-m', 'build.m'],
        ['test.2-l', 'build.l'],
        ['test.2-m', 'build.m'],
        ['more.m', 'build.m'],
        ['more.w', 'build.l build.m'],
        ['other.x', 'build.l build.m'],
        ['all', 'test.1-l test.1-m test.2-l test.2-m build.l build.m'],
        ['late.l', 'more.m more.w'],
        ['late.m', 'more.m'],
      ],
    );
    assert.deepEqual(taskIn(tasks, 'late.l').names.steps, {
      more: ['more.m', 'more.w'],
    });
  });

  it('have ids of their own, whatever their values and however case folds', () => {
    const { tasks } = plan(
      step('a', [], { matrix: { x: ['C++', 'C#', 'c', '🙂', '', '__proto__'] } }),
      step('a.c', []),
      step('A', [], { matrix: { x: ['c'] } }),
    );
    assert.deepEqual(
      tasks.map(({ id }) => id),
      ['a.c-2', 'a.c-3', 'a.c-4', 'a.run', 'a.run-2', 'a.proto', 'a.c', 'A.c-5'],
    );
  });

  it('never share an id and never have an invalid one', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(ID, fc.constantFrom('a', 'A', 'a.b', 'a.b-2')), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.array(HOSTILE, { minLength: 1, maxLength: 6 }),
        fc.array(HOSTILE, { minLength: 1, maxLength: 4 }),
        (ids, xs, ys) => {
          const inner = workflowOf('inner', step('b'), step('lock', ['b'], { matrix: { y: ys } }));
          const steps = ids.map((id, n) => {
            const matrix = { x: xs, y: ys };
            return n % 3 === 0
              ? step(id, [], { matrix })
              : n % 3 === 1
                ? nested(id, [], 'inner', { matrix })
                : step(id);
          });
          const { tasks } = planWith({ workflows: [inner] }, ...steps);
          const folded = new Set(
            tasks
              .filter(({ step: { matrix }, groups }) => matrix !== undefined || groups.length > 0)
              .map(({ id }) => id.toLowerCase()),
          );
          const plain = tasks.length - folded.size;
          assert.equal(new Set(tasks.map(({ id }) => id)).size, tasks.length);
          assert.equal(plain, ids.filter((_, n) => n % 3 === 2).length);
          assert.deepEqual(
            tasks.filter(({ id }) => !isStepId(id)),
            [],
          );
        },
      ),
    );
  });

  it('are refused when they are more than a run can hold', () => {
    const many = Array.from({ length: 150 }, (_, n) => `v${n}`);
    assert.match(
      problem(step('a', [], { matrix: { x: many, y: many } })),
      /its matrix has 22500 combinations; a run has at most 20000 tasks/,
    );
    const hundred = many.slice(0, 100);
    const large = { matrix: { x: hundred, y: hundred } };
    assert.match(
      problem(step('a', [], large), step('b', [], large), step('c')),
      /^c: .*more than 20000 tasks/,
    );
    assert.match(
      problem(step('a', [], large), step('b', ['a'], { matrix: { z: hundred, q: many } })),
      /^b: .*more than 2000000 ways/,
    );
  });

  it('fill a run to its limit quickly', () => {
    const values = Array.from({ length: 100 }, (_, n) => `v${n}`);
    const matrix = { x: values, y: values };
    const begun = performance.now();
    const { tasks } = plan(step('a', [], { matrix }), step('b', ['a'], { matrix }));
    assert.equal(tasks.length, MAX_TASKS);
    assert.ok(performance.now() - begun < 5000);
  });
});

const ID = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$/).filter(isStepId);

const HOSTILE = fc.oneof(
  anyText({ maxLength: 200 }),
  fc.constantFrom(
    '',
    '..',
    '.lock',
    'lock',
    '../x',
    '-',
    'CON',
    'a/b',
    'x'.repeat(500),
    '__proto__',
  ),
);
