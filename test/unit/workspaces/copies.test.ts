import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../src/core/base/digest.ts';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { WorkspaceCopies } from '../../../src/core/workspaces/copies.ts';
import { walkFolder } from '../../../src/core/workspaces/walk.ts';

const RUN = runIdOf('example', 1);
const task = (name: string) => taskIdOf(stepId(name));

describe('a workspace copy', () => {
  let scratch: string;
  let source: string;
  let copies: WorkspaceCopies;
  const { signal } = new AbortController();

  beforeEach(() => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-copies-')));
    source = path.join(scratch, 'source');
    write('src/a.ts', 'a');
    write('src/deep/b.ts', 'b');
    write('run.sh', '#!/bin/sh\n', 0o755);
    write('node_modules/tool/index.js', 'tool');
    copies = open();
  });

  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  function write(file: string, text: string, mode = 0o644): void {
    const at = path.join(source, file);
    fs.mkdirSync(path.dirname(at), { recursive: true });
    fs.writeFileSync(at, text, { mode });
  }

  /** As another program, or the same one later, would open them. */
  function open(): WorkspaceCopies {
    return new WorkspaceCopies({
      root: path.join(scratch, 'copies'),
      source,
      list: (stop) => walkFolder(source, new Set(['node_modules']), stop),
      copyBlob: (digest, to) => fs.promises.writeFile(to, `blob ${digest.slice(0, 4)}`),
    });
  }

  function read(folder: string, file: string): string {
    return fs.readFileSync(path.join(folder, file), 'utf8');
  }

  it('holds the files of the folder, with their execute bits, and dependencies by a link', async () => {
    const { folder } = await copies.create(RUN, task('lint'), 1, signal);
    assert.equal(read(folder, 'src/deep/b.ts'), 'b');
    assert.equal(fs.statSync(path.join(folder, 'run.sh')).mode & 0o111, 0o111);
    assert.equal(
      fs.realpathSync(path.join(folder, 'node_modules')),
      path.join(source, 'node_modules'),
    );
  });

  it('keeps what is written in it from the folder and from other copies', async () => {
    const first = await copies.create(RUN, task('a'), 1, signal);
    const second = await copies.create(RUN, task('b'), 1, signal);
    fs.writeFileSync(path.join(first.folder, 'src/a.ts'), 'changed');
    assert.equal(read(source, 'src/a.ts'), 'a');
    assert.equal(read(second.folder, 'src/a.ts'), 'a');
  });

  it('is of the tree as it was when the run made its first, also after another program took over', async () => {
    await copies.create(RUN, task('a'), 1, signal);
    write('src/a.ts', 'edited meanwhile');
    write('new.txt', 'new');
    for (const later of [copies, open()]) {
      const { folder } = await later.create(RUN, task('b'), 1, signal);
      assert.equal(read(folder, 'src/a.ts'), 'a');
      assert.equal(fs.existsSync(path.join(folder, 'new.txt')), false);
    }
    const next = await copies.create(runIdOf('example', 2), task('b'), 1, signal);
    assert.equal(read(next.folder, 'src/a.ts'), 'edited meanwhile');
  });

  it('is made anew when a crash left one of the same attempt', async () => {
    const before = await copies.create(RUN, task('a'), 1, signal);
    fs.writeFileSync(path.join(before.folder, 'left-over'), '');
    const { folder } = await open().create(RUN, task('a'), 1, signal);
    assert.equal(fs.existsSync(path.join(folder, 'left-over')), false);
  });

  it('is made of a whole base when a crash cut the first one off', async () => {
    const base = path.join(scratch, 'copies', RUN, 'base');
    fs.mkdirSync(base, { recursive: true });
    fs.writeFileSync(path.join(base, 'half'), '');
    const { folder } = await copies.create(RUN, task('a'), 1, signal);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['node_modules', 'run.sh', 'src']);
  });

  it('has links that stay inside the folder, and none that lead out', async () => {
    fs.symlinkSync('src/a.ts', path.join(source, 'inside'));
    fs.symlinkSync('../../elsewhere', path.join(source, 'outside'));
    fs.symlinkSync('/etc/hosts', path.join(source, 'absolute'));
    const { folder } = await copies.create(RUN, task('a'), 1, signal);
    assert.equal(fs.readlinkSync(path.join(folder, 'inside')), 'src/a.ts');
    assert.equal(fs.existsSync(path.join(folder, 'absolute')), false);
    assert.throws(() => fs.lstatSync(path.join(folder, 'outside')), { code: 'ENOENT' });
  });

  it('is removed without following the link to the dependencies', async () => {
    const copy = await copies.create(RUN, task('a'), 1, signal);
    await copy.dispose();
    assert.equal(fs.existsSync(copy.folder), false);
    assert.equal(read(source, 'node_modules/tool/index.js'), 'tool');
    await copies.create(RUN, task('b'), 1, signal);
    await copies.removeRun(RUN);
    assert.deepEqual(fs.readdirSync(path.join(scratch, 'copies')), []);
    assert.equal(read(source, 'node_modules/tool/index.js'), 'tool');
  });

  it('is not made once the signal aborts, and leaves nothing', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await assert.rejects(copies.create(RUN, task('a'), 1, stop.signal), { message: 'stopped' });
    assert.equal(fs.existsSync(path.join(scratch, 'copies', RUN, 'a.1')), false);
    const copy = await copies.create(RUN, task('a'), 1, signal);
    assert.equal(read(copy.folder, 'src/a.ts'), 'a');
  });

  it('finds what is laid out for it', async () => {
    const copy = await copies.create(RUN, task('a'), 1, signal);
    await copy.provide([
      { path: 'lint/task.json', json: { exitCode: 0 } },
      { path: 'lint/files/out/report.md', blob: digestOf('x') },
    ]);
    assert.match(read(copy.scratch, 'needs/lint/task.json'), /"exitCode": 0/);
    assert.match(read(copy.scratch, 'needs/lint/files/out/report.md'), /^blob /);
  });

  describe('is searched for what was made, which', () => {
    it('is a plain file inside it', async () => {
      const { folder, collect } = await made();
      fs.mkdirSync(path.join(folder, 'out'));
      fs.writeFileSync(path.join(folder, 'out/report.md'), '# R');
      fs.writeFileSync(path.join(folder, 'tool'), '', { mode: 0o755 });
      const { found, missing } = await collect(['out/report.md', 'tool']);
      assert.deepEqual(missing, []);
      assert.deepEqual(
        found.map(({ path: file, bytes, executable }) => [file, bytes, executable]),
        [
          ['out/report.md', 3, false],
          ['tool', 0, true],
        ],
      );
    });

    it('is not a folder, a link, behind a link, or outside', async () => {
      const { folder, collect } = await made();
      fs.mkdirSync(path.join(folder, 'folder'));
      fs.symlinkSync('/etc/hosts', path.join(folder, 'link'));
      fs.symlinkSync('/etc', path.join(folder, 'etc'));
      fs.writeFileSync(path.join(scratch, 'secret'), '');
      const paths = ['folder', 'link', 'etc/hosts', '../../../../secret', 'nothing'];
      assert.deepEqual((await collect(paths)).missing, paths);
    });

    async function made() {
      const copy = await copies.create(RUN, task('a'), 1, signal);
      return { folder: copy.folder, collect: (paths: string[]) => copy.collect(paths) };
    }
  });
});
