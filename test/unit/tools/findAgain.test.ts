import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { rgPath } from '@vscode/ripgrep';
import { systemClock } from '../../../src/core/base/clock.ts';
import type { JsonValue } from '../../../src/core/domain/workflow.ts';
import { findAgain, type AskedRead } from '../../../src/core/tools/files/findAgain.ts';
import { NEVER, type OpenBox, ToolRig } from './toolRig.ts';

type Question = readonly ['list' | 'search', { readonly [name: string]: JsonValue }];
type Tree = Readonly<Record<string, string>>;

const withRipgrep = () => Promise.resolve<string | undefined>(rgPath);
const without = () => Promise.resolve(undefined);

function again(read: AskedRead, folder: string, ripgrep = withRipgrep, signal = NEVER) {
  return findAgain(read, folder, { ripgrep, clock: systemClock, marker: 'again', signal });
}

async function ask(box: OpenBox, [tool, input]: Question) {
  const { text, isError, reads = [] } = await box.call(tool, input);
  const asked = reads.find((read): read is AskedRead => read.kind === 'asked');
  return { text: text.replace(/id="\w{12}"/g, ''), isError, asked };
}

async function asked(box: OpenBox, question: Question): Promise<AskedRead> {
  const { asked, text } = await ask(box, question);
  assert.ok(asked !== undefined, text);
  return asked;
}

function plant(rig: ToolRig, tree: Tree): void {
  for (const [file, text] of Object.entries(tree)) {
    rig.write(file, text);
  }
}

const TREE: Tree = {
  'a.ts': 'one\ntwo\n',
  'src/b.ts': 'one\n',
  'src/deep/c.md': 'three\n',
};

describe('a question about many files', () => {
  it('finds the same in two copies of a tree, whatever their folders and marks', async () => {
    await using one = new ToolRig();
    await using other = new ToolRig();
    plant(one, TREE);
    plant(other, TREE);
    const [first, second] = [
      await one.open({ tools: undefined, marker: 'run-1:a.1' }),
      await other.open({ tools: undefined, marker: 'run-2:b.7' }),
    ];
    const questions = (folder: string): Question[] => [
      ['list', {}],
      ['list', { path: path.join(folder, 'src') }],
      ['list', { glob: '*.ts' }],
      ['search', { pattern: 'one' }],
      ['search', { pattern: 'ONE', case: 'ignore', context: 2, path: folder }],
      ['search', { pattern: 'nothing' }],
    ];
    for (const [index, question] of questions(one.folder).entries()) {
      const read = await asked(first, question);
      assert.deepEqual(read, await asked(second, questions(other.folder)[index]!));
      assert.equal(await again(read, other.folder), read.found);
      const told = await first.call(...question);
      assert.ok(!JSON.stringify(told.reads).includes(one.root));
    }
  });

  it('finds something else once a match, a name or a line around it is another', async () => {
    await using rig = new ToolRig();
    plant(rig, TREE);
    const box = await rig.open();
    const search = await asked(box, ['search', { pattern: 'one', context: 1 }]);
    const list = await asked(box, ['list', {}]);
    const found = async () => [
      (await again(search, rig.folder)) === search.found,
      (await again(list, rig.folder)) === list.found,
    ];
    assert.deepEqual(await found(), [true, true]);
    rig.write('src/deep/c.md', 'other\n');
    assert.deepEqual(await found(), [true, true]);
    rig.write('a.ts', 'one\nelse\n');
    assert.deepEqual(await found(), [false, true]);
    rig.write('a.ts', TREE['a.ts']!);
    rig.write('src/new.md', 'one more\n');
    assert.deepEqual(await found(), [false, false]);
    fs.rmSync(path.join(rig.folder, 'src/new.md'));
    assert.deepEqual(await found(), [true, true]);
    fs.renameSync(path.join(rig.folder, 'a.ts'), path.join(rig.folder, 'b.ts'));
    assert.deepEqual(await found(), [false, false]);
  });

  it('does not see the folders of dependencies that only copies have', async () => {
    await using rig = new ToolRig();
    await using tree = new ToolRig();
    plant(rig, TREE);
    plant(tree, TREE);
    fs.unlinkSync(path.join(tree.folder, 'node_modules'));
    const box = await rig.open();
    const list = await ask(box, ['list', {}]);
    assert.match(list.text, /node_modules@/);
    assert.equal(await again(list.asked!, tree.folder), list.asked!.found);
    const search = await asked(box, ['search', { pattern: 'dependency|one' }]);
    assert.equal(await again(search, tree.folder), search.found);
  });

  it('lists as many as in the tree where a copy has a folder of dependencies', async () => {
    await using rig = new ToolRig();
    await using tree = new ToolRig();
    for (const place of [rig, tree]) {
      for (let n = 0; n < 1000; n += 1) {
        place.write(`z${n}`, '');
      }
    }
    fs.unlinkSync(path.join(tree.folder, 'node_modules'));
    const { asked: list, text } = await ask(await rig.open(), ['list', {}]);
    assert.doesNotMatch(text, /There is more/);
    assert.equal(await again(list!, tree.folder), list!.found);
    tree.write('z1000', '');
    assert.notEqual(await again(list!, tree.folder), list!.found);
  });

  it('cannot be asked where the place is gone or another, and says so', async () => {
    await using rig = new ToolRig();
    plant(rig, TREE);
    const box = await rig.open();
    const list = await asked(box, ['list', { path: 'src' }]);
    const search = await asked(box, ['search', { pattern: 'one', path: 'src/b.ts' }]);
    fs.rmSync(path.join(rig.folder, 'src'), { recursive: true });
    for (const read of [list, search]) {
      assert.equal(await again(read, rig.folder), undefined);
      assert.equal(await again(read, path.join(rig.root, 'gone')), undefined);
      assert.equal(await again({ ...read, input: { odd: 1 } }, rig.folder), undefined);
    }
    rig.write('src', 'now a file');
    assert.equal(await again(list, rig.folder), undefined);
    const stop = new AbortController();
    stop.abort(new Error('over'));
    await assert.rejects(again(list, rig.folder, withRipgrep, stop.signal), /over/);
  });

  it('finds the same exactly where the tool would answer the same', async () => {
    const names = fc.constantFrom('a.ts', 'b.md', 'src/a.ts', 'src/b.ts', 'src/in/c.ts', 'é');
    const lines = fc.array(fc.constantFrom('one', 'two', 'ONE two', '', 'é one'), { maxLength: 4 });
    const trees = fc.dictionary(
      names,
      lines.map((all) => all.join('\n')),
      { minKeys: 1, maxKeys: 5 },
    );
    const edits = fc.array(
      fc.record({ file: names, text: fc.option(lines.map((all) => all.join('\n'))) }),
      { minLength: 1, maxLength: 4 },
    );
    const questions = fc.oneof(
      fc
        .record(
          {
            path: fc.constantFrom('.', 'src'),
            depth: fc.integer({ min: 1, max: 3 }),
            glob: fc.constantFrom('*.ts', 'src/**', '!*.md'),
          },
          { requiredKeys: [] },
        )
        .map((input): Question => ['list', input]),
      fc
        .record(
          {
            pattern: fc.constantFrom('one', 'two$', '^é', 'nothing', '.'),
            path: fc.constantFrom('.', 'src', 'a.ts'),
            glob: fc.constantFrom('*.ts', '!*.md'),
            case: fc.constantFrom('ignore', 'smart'),
            context: fc.integer({ min: 0, max: 1 }),
          },
          { requiredKeys: ['pattern'] },
        )
        .map((input): Question => ['search', input]),
    );
    let same = 0;
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(
        trees,
        edits,
        questions,
        fc.boolean(),
        async (tree, changes, question, isOurs) => {
          await using before = new ToolRig();
          await using after = new ToolRig();
          const ripgrep = isOurs ? without : withRipgrep;
          const options = { findRipgrep: ripgrep };
          plant(before, tree);
          const now = new Map(Object.entries(tree));
          for (const { file, text } of changes) {
            if (text === null) {
              now.delete(file);
            } else {
              now.set(file, text);
            }
          }
          plant(after, Object.fromEntries(now));
          const first = await ask(await before.open({ tools: undefined, options }), question);
          const second = await ask(await after.open({ tools: undefined, options }), question);
          if (first.asked === undefined) {
            return;
          }
          const found = await again(first.asked, after.folder, ripgrep);
          const isSame = first.text === second.text;
          same += isSame ? 1 : 0;
          changed += isSame ? 0 : 1;
          assert.equal(found === first.asked.found, isSame, `${first.text}\n---\n${second.text}`);
        },
      ),
      { numRuns: 50 },
    );
    assert.ok(same > 5 && changed > 5, `${same} the same, ${changed} changed`);
  }).timeout(60_000);
});
