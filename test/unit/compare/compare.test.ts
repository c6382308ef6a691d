import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compare, type Comparison } from '../../../src/core/compare/compare.ts';
import type { ComparedRun, ComparedStatus, WayId } from '../../../src/core/compare/comparedRun.ts';
import { notesOf } from '../../../src/core/compare/notes.ts';
import { abba } from '../../../src/core/compare/order.ts';
import { isOtherDrawn, readShares } from '../../../src/core/compare/share.ts';
import { figure, runCells, sentencesOf } from '../../../src/core/compare/words.ts';
import { comparePage } from '../../../src/vscode/comparePage.ts';

const NAMES = { A: 'build', B: 'build-alone' };

function run(way: WayId, wallMs: number, more: Partial<ComparedRun> = {}): ComparedRun {
  return {
    way,
    run: `${NAMES[way]}-1`,
    status: 'succeeded',
    isKept: false,
    isDrawn: true,
    createdAt: wallMs,
    wallMs,
    workedMs: wallMs,
    iterations: { attempts: 1, fixes: 0, turns: 0 },
    tokens: { input: 0, output: 0, isEstimate: false },
    cost: { kind: 'none' },
    tests: undefined,
    reused: 0,
    setup: { workflow: way, inputs: '', commit: '' },
    ...more,
  };
}

const seconds = (way: WayId, ...times: readonly number[]) =>
  times.map((time) => run(way, time * 1000));
const usd = (way: WayId, ...costs: readonly number[]) =>
  costs.map((cost) => run(way, 1000, { cost: { kind: 'known', usd: cost } }));
const statuses = (way: WayId, ...all: readonly ComparedStatus[]) =>
  all.map((status) => run(way, 1000, { status }));
const said = (...runs: readonly (readonly ComparedRun[])[]) =>
  sentencesOf(compare(NAMES, runs.flat()));
const amountIn = ({ amounts }: Comparison, measure: string) =>
  amounts.find((one) => one.measure === measure)!;

const anyRun = fc.record({
  way: fc.constantFrom<WayId>('A', 'B'),
  wallMs: fc.integer({ min: 0, max: 5000 }),
  status: fc.constantFrom<ComparedStatus>(
    ...([
      'succeeded',
      'degraded',
      'failed',
      'timed-out',
      'waits',
      'cancelled',
      'unfinished',
    ] as const),
  ),
  attempts: fc.integer({ min: 1, max: 9 }),
  usd: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
});
const anyRuns = fc.array(anyRun, { maxLength: 24 }).map((all) =>
  all.map(({ way, wallMs, status, attempts, usd: cents }) =>
    run(way, wallMs, {
      status,
      iterations: { attempts, fixes: 0, turns: 0 },
      cost: cents === undefined ? { kind: 'none' } : { kind: 'known', usd: cents / 100 },
    }),
  ),
);

describe('Two ways of doing the same work', () => {
  it('are tried in turn, so that what changes meanwhile hits both alike', () => {
    assert.equal(abba(5).join(''), 'ABBAABBAAB');
    for (let runs = 1; runs < 20; runs += 1) {
      assert.equal(abba(runs).filter((way) => way === 'A').length, runs);
    }
  });

  it('are told apart where one is faster', () => {
    const sentences = said(
      seconds('A', 63, 61, 70, 66, 59, 64, 80),
      seconds('B', 41, 39, 44, 40, 47, 52, 35),
    );
    assert.equal(
      sentences[1],
      'build-alone is faster: 41.0 s against 1 min 04 s in the median, p = 0.0017 (< 0.001 by itself).',
    );
  });

  it('are told apart where one succeeds more often, whichever it is', () => {
    const good = statuses('A', ...Array<ComparedStatus>(10).fill('succeeded'));
    const bad = statuses('B', ...Array<ComparedStatus>(10).fill('failed'));
    assert.match(
      said(good, bad)[0]!,
      /^build succeeds more often: 10 of 10 against 0 of 10, p < 0\.001\.$/,
    );
    const turned = [...good, ...bad].map(
      (one) => ({ ...one, way: one.way === 'A' ? 'B' : 'A' }) as const,
    );
    assert.match(said(turned)[0]!, /^build-alone succeeds more often: 10 of 10 against 0 of 10/);
  });

  it('are not told apart by little, and how many runs would do is said', () => {
    assert.equal(
      said(
        statuses('A', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed'),
        statuses('B', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded'),
      )[0],
      'No difference in success can be told from 5 runs each: 4 of 5 against 5 of 5, p = 1.0; if they differ as much as here, about 56 runs of each would be needed.',
    );
  });

  it('that both always succeed are not said to be equal', () => {
    assert.match(
      said(seconds('A', 1, 2, 3, 4, 5), seconds('B', 1, 2, 3, 4, 5))[0]!,
      /5 of 5 against 5 of 5, p = 1\.0\. The rates may still lie from −43 to \+43 apart\.$/,
    );
  });

  it('cannot be told apart from three runs of each at all, and that comes first', () => {
    const [first, ...others] = said(seconds('A', 1, 2, 3), seconds('B', 100, 200, 300));
    assert.equal(
      first,
      'From 3 runs each nothing can be significant, however far the ways are apart: p cannot be below 0.3. It takes at least 5 of each.',
    );
    assert.match(others.join('\n'), /No difference in time can be told: 2\.0 s against 3 min 20 s/);
  });

  it('have no cost that is known where no model was asked, and none where one call has no price', () => {
    const none = compare(NAMES, [...seconds('A', 1, 2), ...seconds('B', 1, 2)]);
    assert.equal(amountIn(none, 'cost').a, undefined);
    assert.ok(
      sentencesOf(none).includes('No run asked a model, so nothing is known to have cost money.'),
    );
    const unknown = compare(NAMES, [
      ...usd('A', 0.2, 0.3),
      ...usd('B', 0.1),
      run('B', 5, { cost: { kind: 'unknown', atLeastUsd: 0 } }),
    ]);
    assert.deepEqual(
      [amountIn(unknown, 'cost').b, amountIn(unknown, 'cost').test],
      [undefined, undefined],
    );
    assert.ok(
      sentencesOf(unknown).includes('The cost of 1 run is not known, so it is not compared.'),
    );
    assert.match(
      runCells(run('B', 5, { cost: { kind: 'unknown', atLeastUsd: 0 } })).join(' '),
      /unknown/,
    );
  });

  it('cost nothing where one asks no model and the other is paid', () => {
    const comparison = compare(NAMES, [
      ...seconds('A', 1, 2, 3, 4, 5),
      ...usd('B', 0.004, 0.005, 0.006, 0.007, 0.008),
    ]);
    assert.equal(amountIn(comparison, 'cost').a?.median, 0);
    assert.match(
      sentencesOf(comparison).join('\n'),
      /build is cheaper: \$0\.00 against \$0\.006 in the median, p = 0\.0\d+/,
    );
  });

  it('are judged by runs that ended: what waits is no success, what a person stopped is nothing', () => {
    const comparison = compare(NAMES, [
      ...statuses('A', 'succeeded', 'waits', 'timed-out', 'degraded', 'cancelled', 'unfinished'),
      ...statuses('B', 'succeeded'),
    ]);
    const { counted, measured, leftOut } = comparison.ways.A;
    assert.deepEqual([counted, measured, leftOut], [4, 3, 2]);
    assert.deepEqual([comparison.success.a.successes, comparison.success.a.of], [1, 4]);
    assert.equal(amountIn(comparison, 'time').a?.n, 3);
    const notes = notesOf(comparison, { atOnce: 2, timeoutMs: 60_000 });
    assert.match(notes.join('\n'), /^1 run waits for a person/m);
    assert.match(notes.join('\n'), /^1 run took longer than 1 min 00 s and was stopped/m);
    assert.match(
      notes.join('\n'),
      /^2 runs were cancelled by a person or cut off, and count for nothing\.$/m,
    );
    assert.match(notes.join('\n'), /^Runs were made at the same time/m);
  });

  it('of which nothing ended are not judged', () => {
    assert.deepEqual(said(statuses('A', 'cancelled'), statuses('B', 'succeeded')).slice(0, 2), [
      'Nothing can be told: no run of build counts.',
      'The time cannot be compared: no run of build has come to an end.',
    ]);
  });

  it('come with what makes runs unlike each other', () => {
    const made = seconds('A', 1, 2);
    const kept = [
      run('B', 3, { isKept: true, isDrawn: false, reused: 2 }),
      run('B', 4, { isKept: true, setup: { workflow: 'B', inputs: 'x', commit: 'y' } }),
    ];
    assert.deepEqual(notesOf(compare(NAMES, [...made, ...kept])), [
      '1 run reused what was made before, and was quicker and cheaper by that.',
      'Which way 1 of the kept runs took was chosen by people: they may have chosen by how hard the work was.',
      'Runs of one way differ in their inputs and the commit they began with.',
    ]);
    assert.deepEqual(notesOf(compare(NAMES, made), { atOnce: 1, timeoutMs: undefined }), []);
  });

  it('come to the mirrored figures when they are swapped, and to the same in any order', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const there = compare(NAMES, runs);
        const back = compare(
          { A: NAMES.B, B: NAMES.A },
          runs.map((one) => ({ ...one, way: one.way === 'A' ? 'B' : 'A' }) as const),
        );
        const near = (a: number | undefined, b: number | undefined) => {
          assert.equal(a === undefined, b === undefined);
          assert.ok(Math.abs((a ?? 0) - (b ?? 0)) < 1e-9, `${String(a)} ${String(b)}`);
        };
        near(there.success.difference.estimate, -back.success.difference.estimate);
        near(there.success.test?.adjusted, back.success.test?.adjusted);
        for (const [at, amount] of there.amounts.entries()) {
          const mirrored = back.amounts[at]!;
          assert.deepEqual([amount.a, amount.b], [mirrored.b, mirrored.a]);
          near(amount.shift?.estimate, mirrored.shift && -mirrored.shift.estimate);
          near(amount.test?.adjusted, mirrored.test?.adjusted);
          assert.equal(amount.test?.needed, mirrored.test?.needed);
        }
        const { runs: _, ...shuffled } = compare(NAMES, [...runs].reverse());
        const { runs: __, ...straight } = there;
        assert.deepEqual(shuffled, straight);
      }),
      { numRuns: 60 },
    );
  });

  it('are never called different by a p above 0.05, nor by one that so few runs cannot reach', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const { success, amounts, tested } = compare(NAMES, runs);
        const tests = [success.test, ...amounts.map(({ test }) => test)].filter(
          (test) => test !== undefined,
        );
        assert.equal(tests.length, tested);
        for (const { p, adjusted, isSignificant, least } of tests) {
          assert.ok(p > 0 && p <= adjusted && adjusted <= 1);
          assert.equal(isSignificant, adjusted <= 0.05);
          assert.ok(!isSignificant || least <= 0.05);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are shown on a page on which names do nothing', () => {
    const comparison = compare({ A: '[x](command:y)', B: '<b>' }, [
      ...seconds('A', 1, 2),
      ...usd('B', 0.5, 0.6),
    ]);
    const page = comparePage(comparison, ['A | note']);
    assert.ok(!page.includes('[x](command:y)') && !page.includes('<b>'));
    assert.match(page, /\n\| success \| .* \|\n\| time \| /);
    assert.match(page, /\nA \\\| note|- A \\\| note\n/);
    const rows = page.split('\n').filter((line) => /^\| [AB] \| /.test(line));
    assert.equal(rows.length, 4);
    assert.match(
      rows.find((row) => row.startsWith('| B'))!,
      / \\\$0\\\.50 /,
    );
  });
});

describe('A p-value', () => {
  it('is told with two digits that say something', () => {
    assert.deepEqual([1, 0.9951, 0.4857, 0.05, 0.0286, 0.00123, 0.0009].map(figure), [
      '1.0',
      '1.0',
      '0.49',
      '0.05',
      '0.029',
      '0.0012',
      '< 0.001',
    ]);
  });
});

describe('The shares of runs', () => {
  it('are read by workflow; what is wrong is told and passed over', () => {
    const { rules, problems } = readShares(
      {
        build: { with: 'build-alone', share: 0.5 },
        self: { with: 'self', share: 0.5 },
        much: { with: 'x', share: 1.5 },
        text: { with: 'x', share: '1' },
        none: { share: 1 },
        more: { with: 'x', share: 1, often: true },
        list: [],
      },
      'sluice.compare.share',
    );
    assert.deepEqual([...rules], [['build', { with: 'build-alone', share: 0.5 }]]);
    assert.equal(problems.length, 6);
    assert.equal(
      problems[0],
      'sluice.compare.share of "self" names itself: say another workflow under "with"; until then it does nothing.',
    );
    assert.deepEqual([...readShares(undefined, 'x').rules], []);
    assert.match(readShares([], 'x').problems[0]!, /^x must name workflows/);
    // A name is no property of every object.
    assert.equal(readShares({}, 'x').rules.get('constructor'), undefined);
  });

  it('draw the other one in just that share', () => {
    const draws = Array.from({ length: 1000 }, (_, at) =>
      isOtherDrawn({ with: 'x', share: 0.3 }, at / 1000),
    );
    assert.equal(draws.filter(Boolean).length, 300);
    assert.equal(isOtherDrawn({ with: 'x', share: 0 }, 0), false);
    assert.equal(isOtherDrawn({ with: 'x', share: 1 }, 0.999999), true);
  });
});
