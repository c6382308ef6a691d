import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowKeeper } from '../../../src/vscode/views/rowKeeper.ts';

interface TestRow {
  id: string;
  look: string;
  note: string;
  below: readonly TestRow[];
}

const row = (id: string, note = '', below: readonly TestRow[] = [], look = ''): TestRow => ({
  ...{ id, look, note, below },
});

function keeper(): RowKeeper<TestRow> {
  return new RowKeeper<TestRow>({
    idOf: ({ id }) => id,
    childrenOf: ({ below }) => below,
    become: (old, newer) => void Object.assign(old, newer),
    lookOf: ({ look }) => look,
    notesOf: ({ note }) => note,
  });
}

/** Asks for everything below, as VS Code does for what is open. */
function open(kept: RowKeeper<TestRow>, rows: readonly TestRow[], parent?: TestRow): void {
  for (const given of kept.give(parent, rows)) {
    if (given.below.length > 0) {
      open(kept, given.below, given);
    }
  }
}

const told = (kept: RowKeeper<TestRow>, rows: readonly TestRow[], now = 0) =>
  kept.refresh(rows, now).rows?.map(({ id }) => id);

describe('The rows VS Code has', () => {
  it('are told of when they differ, and none of those above them', () => {
    const kept = keeper();
    open(kept, [row('run', 'x', [row('a'), row('b'), row('c')])]);
    assert.deepEqual(told(kept, [row('run', 'x', [row('a'), row('b', '2 s'), row('c')])]), ['b']);
    assert.deepEqual(told(kept, [row('run', 'x', [row('a'), row('b', '2 s'), row('c')])]), []);
  });

  it('are told of with those above when an icon or an action of these changes, and once', () => {
    const kept = keeper();
    open(kept, [row('run', 'x', [row('a'), row('b')])]);
    const changed = [row('run', 'x', [row('a', '2 s'), row('b')], 'failed')];
    assert.deepEqual(told(kept, changed), ['run']);
  });

  it('are told of their own counts now and then while rows stand below them, and of the last', () => {
    const kept = keeper();
    const run = (note: string) => [row('run', note, [row('a'), row('b')])];
    open(kept, run('1 of 9'));
    assert.deepEqual(told(kept, run('2 of 9'), 0), ['run']);
    open(kept, run('2 of 9'));
    assert.deepEqual(told(kept, run('3 of 9'), 300), []);
    const { rows, againInMs } = kept.refresh(run('4 of 9'), 600);
    assert.deepEqual([rows, againInMs], [[], 400]);
    assert.deepEqual(told(kept, run('4 of 9'), 1000), ['run']);
    assert.deepEqual(told(kept, run('4 of 9'), 9000), []);
  });

  it('are told of by the one above when other rows stand below it', () => {
    const kept = keeper();
    open(kept, [row('run', '', [row('group', '', [row('a')])])]);
    const more = [row('run', '', [row('group', '', [row('a'), row('b')])])];
    assert.deepEqual(told(kept, more), ['group']);
    assert.deepEqual(told(kept, [row('other')]), undefined);
  });

  it('are told of together when very many of one row change', () => {
    const kept = keeper();
    const run = (note: string) => [
      row(
        'run',
        '',
        Array.from({ length: 150 }, (_, n) => row(`t${n}`, note)),
      ),
    ];
    open(kept, run('pending'));
    assert.deepEqual(told(kept, run('paused')), ['run']);
  });

  it('are not looked at while what they stand below is shut, and are once it is opened', () => {
    const kept = keeper();
    const group = (note: string) => row('group', '', [row('a', note)]);
    open(kept, [group('1 s')]);
    const shown = kept.given(undefined, 'group');
    assert.ok(shown);
    kept.shut(shown);
    assert.deepEqual(told(kept, [group('2 s')]), []);
    assert.equal(kept.given(shown, 'a')?.note, '1 s');
    kept.opened(shown);
    assert.deepEqual(told(kept, [group('2 s')]), ['a']);
  });

  it('know what they stand below, and are found by their ids before anybody has asked for them', () => {
    const kept = keeper();
    const roots = [row('run', '', [row('group', '', [row('a')])])];
    const run = kept.find(undefined, 'run', () => roots);
    const group = kept.find(run, 'group', () => roots);
    const a = kept.find(group, 'a', () => roots);
    assert.equal(a?.id, 'a');
    assert.deepEqual(
      [kept.parentOf(a), kept.parentOf(group!), kept.parentOf(run!)],
      [group, run, undefined],
    );
    assert.equal(
      kept.find(group, 'none', () => roots),
      undefined,
    );
  });

  it('stay the same objects as long as rows with their ids are there, and show what is true', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 5 });
    const level = (prefix: string) =>
      fc
        .tuple(ids, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }))
        .map(([names, notes]) =>
          names.map((name, place) => row(`${prefix}${name}`, `${notes[place] ?? 0}`)),
        );
    const tree = fc
      .tuple(ids, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), fc.nat(3))
      .chain(([names, notes]) =>
        fc
          .tuple(...names.map((name) => level(`${name}.`)))
          .map((below) =>
            names.map((name, place) =>
              row(name, `${notes[place] ?? 0}`, below[place] ?? [], `${(notes[place] ?? 0) % 2}`),
            ),
          ),
      );
    fc.assert(
      fc.property(fc.array(tree, { minLength: 2, maxLength: 100 }), (updates) => {
        const kept = keeper();
        /** What VS Code shows of each row, and the object it has for it. */
        const shown = new Map<string, { element: TestRow; note: string; look: string }>();
        const take = (rows: readonly TestRow[], parent?: TestRow): void => {
          for (const element of kept.give(parent, rows)) {
            const { id, note, look } = element;
            shown.set(id, { element, note, look });
            take(element.below, element);
          }
        };
        let now = 0;
        let before = new Set<string>();
        for (const roots of updates) {
          now += 100_000;
          const { rows } = kept.refresh(roots, now);
          if (rows === undefined) {
            take(roots);
          }
          for (const changed of rows ?? []) {
            shown.set(changed.id, { element: changed, note: changed.note, look: changed.look });
            take(changed.below, changed);
          }
          const here = new Set<string>();
          const check = (wanted: readonly TestRow[], parent?: TestRow): void => {
            for (const one of wanted) {
              here.add(one.id);
              const element = kept.given(parent, one.id);
              assert.ok(element, `${one.id} is given`);
              if (before.has(one.id)) {
                assert.equal(shown.get(one.id)?.element, element, `${one.id} is the same object`);
              }
              assert.deepEqual(
                [shown.get(one.id)?.note, shown.get(one.id)?.look],
                [one.note, one.look],
                `${one.id} shows what is true`,
              );
              check(one.below, element);
            }
          };
          check(roots);
          before = here;
        }
      }),
      { numRuns: 100 },
    );
  });
});
