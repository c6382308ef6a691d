import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf, type Digest } from '../../../src/core/base/digest.ts';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { WorkspaceCopies, type WorkspaceCopy } from '../../../src/core/workspaces/copies.ts';
import { walkFolder } from '../../../src/core/workspaces/walk.ts';

const RUN = runIdOf('example', 1);
const TASK = taskIdOf(stepId('build'));
const onUnix = process.platform === 'win32' ? it.skip : it;

describe('a workspace copy', () => {
  let scratch: string;
  let source: string;
  let copies: WorkspaceCopies;
  const blobs = new Map<Digest, string>();
  const { signal } = new AbortController();

  beforeEach(() => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-lay-')));
    source = path.join(scratch, 'source');
    write('src/a.ts', 'a');
    write('docs/deep/page.md', 'page');
    write('node_modules/tool/index.js', 'tool');
    copies = open();
  });

  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  function open(): WorkspaceCopies {
    return new WorkspaceCopies({
      root: path.join(scratch, 'copies'),
      source,
      list: (stop) => walkFolder(source, new Set(['node_modules']), stop),
      // Blobs stand in a store that lets nobody write them.
      copyBlob: (digest, to) =>
        fs.promises.writeFile(to, blobs.get(digest) ?? '', { flag: 'wx', mode: 0o444 }),
    });
  }

  function write(file: string, text: string): void {
    const at = path.join(source, file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, text);
  }

  function laid(file: string, text: string, executable = false) {
    const blob = digestOf(text);
    blobs.set(blob, text);
    return { path: file, blob, bytes: Buffer.byteLength(text), executable };
  }

  const create = () => copies.create(RUN, TASK, 1, signal);

  function read({ folder }: Pick<WorkspaceCopy, 'folder'>, file: string): string {
    const at = path.join(folder, file);
    assert.equal(fs.realpathSync(at), at);
    return fs.readFileSync(at, 'utf8');
  }

  describe('that others’ files are laid into', () => {
    it('holds them as files of its own, new ones and changed ones', async () => {
      const copy = await create();
      await copy.layIn([
        laid('src/a.ts', 'changed'),
        laid('out/bin/tool', '#!/bin/sh\n', true),
        laid('out/report.md', '# R'),
      ]);
      assert.equal(read(copy, 'src/a.ts'), 'changed');
      assert.equal(read(copy, 'out/bin/tool'), '#!/bin/sh\n');
      const mode = (file: string) => fs.statSync(path.join(copy.folder, file)).mode & 0o777;
      assert.deepEqual(
        ['src/a.ts', 'out/bin/tool', 'out/report.md'].map(mode),
        [0o644, 0o755, 0o644],
      );
      assert.equal(fs.readFileSync(path.join(source, 'src/a.ts'), 'utf8'), 'a');
      const other = await copies.create(RUN, TASK, 2, signal);
      assert.equal(read(other, 'src/a.ts'), 'a');
    });

    it('takes the last of two for one place', async () => {
      const copy = await create();
      await copy.layIn([
        laid('a', 'one'),
        laid('b/c', 'two'),
        laid('a/d', 'three'),
        laid('b', '4'),
      ]);
      assert.equal(read(copy, 'a/d'), 'three');
      assert.equal(read(copy, 'b'), '4');
    });

    it('has a file where a folder was, and a folder where a file was', async () => {
      const copy = await create();
      await copy.layIn([laid('docs', 'one page'), laid('src/a.ts/index.ts', 'split')]);
      assert.equal(read(copy, 'docs'), 'one page');
      assert.equal(read(copy, 'src/a.ts/index.ts'), 'split');
    });

    it('has a file where a link was, and leaves what the link led to', async () => {
      fs.symlinkSync('src/a.ts', path.join(source, 'link'));
      const copy = await create();
      await copy.layIn([laid('link', 'no link')]);
      assert.equal(read(copy, 'link'), 'no link');
      assert.equal(read(copy, 'src/a.ts'), 'a');
    });

    it('has a folder where a link to one was, and leaves what the link led to', async () => {
      fs.symlinkSync('docs', path.join(source, 'manual'));
      const copy = await create();
      await copy.layIn([laid('manual/deep/page.md', 'other'), laid('manual/new.md', 'new')]);
      assert.equal(read(copy, 'manual/deep/page.md'), 'other');
      assert.equal(read(copy, 'docs/deep/page.md'), 'page');
      assert.deepEqual(fs.readdirSync(path.join(copy.folder, 'docs')), ['deep']);
    });

    onUnix('never writes through a link that was made in it, wherever it leads', async () => {
      const copy = await create();
      const outside = path.join(scratch, 'outside');
      fs.mkdirSync(outside);
      fs.symlinkSync('../../../../outside', path.join(copy.folder, 'up'));
      fs.symlinkSync('../../../../outside/file', path.join(copy.folder, 'dangling'));
      fs.symlinkSync('loop', path.join(copy.folder, 'loop'));
      await copy.layIn([laid('up/file', 'u'), laid('dangling', 'd'), laid('loop', 'l')]);
      assert.deepEqual(
        ['up/file', 'dangling', 'loop'].map((file) => read(copy, file)),
        ['u', 'd', 'l'],
      );
      assert.deepEqual(fs.readdirSync(outside), []);
      fs.symlinkSync(outside, path.join(copy.folder, 'absolute'));
      await assert.rejects(copy.layIn([laid('absolute/file', 'x')]), /is a link to .*outside/);
      assert.deepEqual(fs.readdirSync(outside), []);
    });

    it('refuses what would be in the linked dependencies, or in their place', async () => {
      const copy = await create();
      const modules = path.join(source, 'node_modules');
      for (const file of ['node_modules/tool/index.js', 'node_modules/new/x.js', 'node_modules']) {
        await assert.rejects(copy.layIn([laid(file, 'evil')]), {
          message: `"${file}" cannot be laid into the copy: "node_modules" is a link to ${modules}, which no task may write. Let the task that makes the file put it elsewhere`,
        });
      }
      assert.deepEqual(fs.readdirSync(modules), ['tool']);
      assert.equal(fs.readFileSync(path.join(modules, 'tool/index.js'), 'utf8'), 'tool');
      assert.equal(fs.realpathSync(path.join(copy.folder, 'node_modules')), modules);
    });

    it('loses a folder with linked dependencies in it to a file, and the dependencies stay', async () => {
      write('pack/node_modules/tool.js', 'tool');
      write('pack/index.ts', '');
      const copy = await create();
      await copy.layIn([laid('pack', 'packed')]);
      assert.equal(read(copy, 'pack'), 'packed');
      assert.equal(fs.readFileSync(path.join(source, 'pack/node_modules/tool.js'), 'utf8'), 'tool');
    });

    for (const file of ['', '../x', 'a/../../x', 'a//b', '/etc/x', './a', 'a/']) {
      it(`refuses the path "${file}"`, async () => {
        const copy = await create();
        await assert.rejects(copy.layIn([laid(file, 'x')]), {
          message: `"${file}" is no path inside a workspace copy`,
        });
        assert.deepEqual(fs.readdirSync(copy.folder).sort(), ['docs', 'node_modules', 'src']);
      });
    }
  });

  describe('that an attempt left', () => {
    it('is found again as it is, also by another program, with what was left out of it', async () => {
      fs.symlinkSync('/etc/hosts', path.join(source, 'hosts'));
      const copy = await create();
      fs.writeFileSync(path.join(copy.folder, 'src/a.ts'), 'worked on');
      fs.writeFileSync(copy.logFile, 'so far');
      const again = await open().reopen(RUN, TASK, 1);
      assert.ok(again !== undefined);
      assert.equal(read(again, 'src/a.ts'), 'worked on');
      assert.equal(fs.readFileSync(again.logFile, 'utf8'), 'so far');
      assert.deepEqual([again.folder, again.scratch], [copy.folder, copy.scratch]);
      assert.deepEqual(again.leftOut, copy.leftOut);
      assert.deepEqual(
        again.leftOut.map((left) => left.path),
        ['hosts'],
      );
      await again.dispose();
      assert.equal(await copies.reopen(RUN, TASK, 1), undefined);
    });

    it('is not there for another attempt, task or run, and none is made', async () => {
      await create();
      assert.equal(await copies.reopen(RUN, TASK, 2), undefined);
      assert.equal(await copies.reopen(RUN, taskIdOf(stepId('lint')), 1), undefined);
      assert.equal(await copies.reopen(runIdOf('example', 2), TASK, 1), undefined);
      assert.deepEqual(fs.readdirSync(path.join(scratch, 'copies')), [RUN]);
    });

    it('is none without a tree, or with something else in its place', async () => {
      const { folder } = await create();
      fs.rmSync(folder, { recursive: true });
      assert.equal(await copies.reopen(RUN, TASK, 1), undefined);
      fs.symlinkSync(source, folder);
      assert.equal(await copies.reopen(RUN, TASK, 1), undefined);
    });
  });
});
