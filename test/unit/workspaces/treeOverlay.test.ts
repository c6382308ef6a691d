import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { digestOf, type Digest } from '../../../src/core/base/digest.ts';
import type { Read, TreeFile } from '../../../src/core/domain/trace.ts';
import { digestOfFile } from '../../../src/core/workspaces/fileDigest.ts';
import { layIn, type LaidFile } from '../../../src/core/workspaces/layIn.ts';
import { TreeOverlay, type AskAgain } from '../../../src/core/workspaces/treeOverlay.ts';
import { DigestRig, run } from '../../support/digestRig.ts';

type Asked = Extract<Read, { kind: 'asked' }>;

const { signal } = new AbortController();
const paths = (files: readonly TreeFile[]) => files.map((file) => file.path);
const laid = (file: string, text = `laid ${file}`, executable = false): LaidFile => ({
  path: file,
  blob: digestOf(text),
  bytes: Buffer.byteLength(text),
  executable,
});
const unasked: AskAgain = () => Promise.reject(new Error('nothing is to be asked'));

describe('a tree with artifacts laid over it', () => {
  let rig: DigestRig;

  beforeEach(() => {
    rig = new DigestRig();
    rig.write('src/a.ts', 'a');
    rig.write('src/deep/b.ts', 'b');
    rig.write('docs/page.md', 'page');
  });

  afterEach(() => rig.dispose());

  async function over(files: readonly LaidFile[], again = unasked): Promise<TreeOverlay> {
    return new TreeOverlay(await rig.open().tree(run(1), signal), files, again);
  }

  it('is the tree itself where nothing is laid', async () => {
    const tree = await rig.open().tree(run(1), signal);
    const overlay = await over([]);
    assert.deepEqual(await overlay.within(''), await tree.within(''));
    assert.deepEqual(await overlay.like(['src/**']), await tree.like(['src/**']));
    assert.equal(await overlay.digest('src/a.ts'), await tree.digest('src/a.ts'));
  });

  it('has a laid file as if its bytes had been read', async () => {
    const overlay = await over([laid('src/a.ts', 'A', true), laid('out/new.md', 'new')]);
    assert.equal(await overlay.digest('src/a.ts'), digestOfFile('A', true));
    assert.equal(await overlay.digest('out/new.md'), digestOfFile('new', false));
    assert.deepEqual(paths(await overlay.within('src')), ['src/a.ts', 'src/deep/b.ts']);
    assert.deepEqual(paths(await overlay.like(['**/*.md', 'src/*.ts'])), [
      'docs/page.md',
      'out/new.md',
      'src/a.ts',
    ]);
  });

  it('hides the files of a folder that a file takes the place of, and a file that a folder does', async () => {
    const overlay = await over([laid('src/deep'), laid('docs/page.md/part.md')]);
    assert.deepEqual(paths(await overlay.within('')), [
      'docs/page.md/part.md',
      'src/a.ts',
      'src/deep',
    ]);
    assert.equal(await overlay.digest('src/deep/b.ts'), undefined);
    assert.equal(await overlay.digest('docs/page.md'), undefined);
    assert.deepEqual(paths(await overlay.like(['src', 'docs/page.md'])), [
      'docs/page.md/part.md',
      'src/a.ts',
      'src/deep',
    ]);
  });

  it('has a laid file in other spellings, which some disks take for the same', async () => {
    const overlay = await over([laid('out/Report.md', 'report')]);
    assert.equal(await overlay.digest('OUT/report.md'), digestOfFile('report', false));
    assert.deepEqual(paths(await overlay.within('Out')), ['out/Report.md']);
  });

  it('lays in order: what was hidden once does not come back', async () => {
    const overlay = await over([laid('src', 'a file'), laid('src/deep/c.ts')]);
    assert.deepEqual(paths(await overlay.within('src')), ['src/deep/c.ts']);
  });

  it('has nothing of the dependencies in a folder that a file takes the place of', async () => {
    rig.write('tool/node_modules/x/index.js', 'x');
    rig.write('tool/main.ts', 'main');
    const file = 'tool/node_modules/x/index.js';
    assert.notEqual(await (await over([laid('tool/other')])).digest(file), undefined);
    assert.equal(await (await over([laid('tool')])).digest(file), undefined);
  });

  it('is what a copy is, whatever is laid into it', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const target = fc
      .tuple(fc.nat(2), fc.array(name, { maxLength: 2 }))
      .map(([up, names]) => [...Array<string>(up).fill('..'), ...names].join('/') || '.');
    const base = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ path: file, text: name }) },
        {
          weight: process.platform === 'win32' ? 0 : 1,
          arbitrary: fc.record({ path: file, target }),
        },
      ),
      { maxLength: 8 },
    );
    const files = fc.array(
      fc.tuple(file, name, fc.boolean()).map(([at, text, bit]) => laid(at, text, bit)),
      { maxLength: 5 },
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(base, files, async (made, over) => {
        fs.rmSync(rig.source, { recursive: true, force: true });
        fs.mkdirSync(rig.source);
        for (const one of made) {
          // What does not go with what is there already is left out.
          try {
            fs.mkdirSync(path.dirname(rig.at(one.path)), { recursive: true });
            if ('text' in one) {
              fs.writeFileSync(rig.at(one.path), one.text, { flag: 'wx' });
            } else {
              fs.symlinkSync(one.target, rig.at(one.path));
            }
          } catch {
            continue;
          }
        }
        const copies = rig.open();
        number += 1;
        const tree = await copies.tree(run(number), signal);
        const copy = await copies.create(run(number), 'task' as never, 1, signal);
        const texts = new Map(['a', 'b', 'c'].map((text) => [digestOf(text), text]));
        for (const one of over) {
          await layIn(copy.folder, one, (blob, to) =>
            fs.promises.writeFile(to, texts.get(blob) ?? ''),
          );
        }
        const overlay = new TreeOverlay(tree, over, unasked);
        const there = filesIn(copy.folder);
        assert.deepEqual(paths(await overlay.within('')), there);
        for (const at of candidates) {
          const digest = await overlay.digest(at);
          if (isLink(copy.folder, at)) {
            assert.notEqual(digest, undefined, at);
          } else {
            assert.equal(digest, digestOnDisk(copy.folder, at), at);
          }
          // All that is really in a folder is among what counts for it.
          const within = new Map((await overlay.within(at)).map((one) => [one.path, one.digest]));
          for (const inside of realFilesIn(copy.folder, at)) {
            assert.equal(within.has(inside), true, `${inside} in ${at}`);
            assert.equal(within.get(inside), await overlay.digest(inside));
          }
        }
        await copies.removeRun(run(number));
      }),
      { numRuns: 40 },
    );
  }).timeout(60_000);

  describe('asked again', () => {
    const asked = (within: string, pattern = 'x'): Asked => ({
      ...{ kind: 'asked', tool: 'search', input: { pattern } },
      ...{ within, found: digestOf('then') },
    });
    let questions: [string, string][];
    const again: AskAgain = ({ within }, folder) => {
      questions.push([within, folder]);
      return Promise.resolve(digestOf(`found in ${within}`));
    };

    beforeEach(() => {
      questions = [];
    });

    it('is asked in the folder of the tree', async () => {
      const overlay = await over([], again);
      assert.equal(await overlay.askAgain(asked('src')), digestOf('found in src'));
      assert.deepEqual(questions, [['src', path.join(rig.copies, run(1), 'base')]]);
    });

    it('cannot be where a laid file is within what it was about', async () => {
      const overlay = await over([laid('docs/new.md')], again);
      assert.equal(await overlay.askAgain(asked('docs')), undefined);
      assert.equal(await overlay.askAgain(asked('')), undefined);
      assert.equal(await overlay.askAgain(asked('docs/new.md')), undefined);
      assert.equal(await overlay.askAgain(asked('docs/new.md/below')), undefined);
      assert.equal(await overlay.askAgain(asked('doc')), digestOf('found in doc'));
      assert.equal(await overlay.askAgain(asked('src')), digestOf('found in src'));
    });

    (process.platform === 'win32' ? it.skip : it)(
      'cannot be where a laid file is behind the link it was about, or in its place',
      async () => {
        rig.link('link', 'src');
        assert.equal(
          await (await over([laid('src/new')], again)).askAgain(asked('link')),
          undefined,
        );
        assert.equal(await (await over([laid('link')], again)).askAgain(asked('link')), undefined);
        assert.equal(
          await (await over([laid('link/x')], again)).askAgain(asked('link/deep')),
          undefined,
        );
        assert.notEqual(await (await over([], again)).askAgain(asked('link')), undefined);
      },
    );

    it('is asked once for all tasks of a run, and each question for itself', async () => {
      const tree = await rig.open().tree(run(1), signal);
      const tasks = Array.from({ length: 10 }, () => new TreeOverlay(tree, [laid('x')], again));
      const answers = await Promise.all(tasks.map((task) => task.askAgain(asked('src'))));
      assert.deepEqual(new Set(answers), new Set([digestOf('found in src')]));
      assert.equal(questions.length, 1);
      await tasks[0]!.askAgain({ ...asked('src'), found: digestOf('another time') });
      assert.equal(questions.length, 1);
      await tasks[0]!.askAgain(asked('src', 'y'));
      await tasks[0]!.askAgain({ ...asked('src'), tool: 'list' });
      await tasks[0]!.askAgain(asked('docs'));
      assert.equal(questions.length, 4);
    });

    it('is asked by the next who waits when who asked first was stopped', async () => {
      const tree = await rig.open().tree(run(1), signal);
      let stop: (why: Error) => void = () => undefined;
      const first = new TreeOverlay(
        tree,
        [],
        () => new Promise((_resolve, reject) => (stop = reject)),
      ).askAgain(asked('src'));
      const others = [1, 2, 3].map(() => new TreeOverlay(tree, [], again).askAgain(asked('src')));
      await new Promise(setImmediate);
      stop(new Error('stopped'));
      await assert.rejects(first, { message: 'stopped' });
      assert.deepEqual(
        await Promise.all(others),
        others.map(() => digestOf('found in src')),
      );
      assert.equal(questions.length, 1);
    });

    it('is asked anew after there was no answer', async () => {
      const tree = await rig.open().tree(run(1), signal);
      const silent = new TreeOverlay(tree, [], () => Promise.resolve(undefined));
      assert.equal(await silent.askAgain(asked('src')), undefined);
      assert.notEqual(await new TreeOverlay(tree, [], again).askAgain(asked('src')), undefined);
    });
  });
});

/** Every path of one to three names, and the root. */
const candidates = ['a', 'b', 'c'].reduce<string[]>(
  (all, _, depth, names) =>
    depth === 0
      ? ['', ...names]
      : [
          ...all,
          ...all
            .filter((one) => one.split('/').length === depth && one !== '')
            .flatMap((one) => names.map((name) => `${one}/${name}`)),
        ],
  [],
);

function filesIn(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

function isLink(folder: string, file: string): boolean {
  try {
    return fs.lstatSync(path.join(folder, file)).isSymbolicLink();
  } catch {
    return false;
  }
}

/** As who reads the path gets it, links followed. */
function digestOnDisk(folder: string, file: string): Digest | undefined {
  try {
    const at = path.join(folder, file);
    return digestOfFile(fs.readFileSync(at), (fs.statSync(at).mode & 0o100) !== 0);
  } catch {
    return undefined;
  }
}

/** Files and links below a folder, by their real paths. */
function realFilesIn(folder: string, within: string): readonly string[] {
  try {
    const real = fs.realpathSync(path.join(folder, within));
    const inside = path.relative(folder, real).split(path.sep).join('/');
    return fs.statSync(real).isDirectory()
      ? filesIn(real).map((file) => (inside === '' ? file : `${inside}/${file}`))
      : [inside];
  } catch {
    return [];
  }
}
