import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { CheckoutState } from '../../../src/core/domain/checkout.ts';
import { MOST_CHECKOUT_CHANGES } from '../../../src/core/domain/checkout.ts';
import { checkoutChanges, lookAtCheckout } from '../../../src/core/git/checkoutState.ts';
import { findRepository } from '../../../src/core/git/findRepository.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

const never = new AbortController().signal;
const nothing: ReadonlySet<string> = new Set();

async function lookAt(folder: string, signal = never): Promise<CheckoutState> {
  const found = await findRepository(nodeDisk, folder);
  assert.ok(found.kind === 'found');
  const looked = await lookAtCheckout(
    { places: found, program: gitProgram(gitEnvironment) },
    signal,
  );
  assert.ok(looked.ok, looked.ok ? '' : looked.error.message);
  return looked.value;
}

describe('a look at the checkout', () => {
  let temp: TempRepository;
  beforeEach(() => {
    temp = new TempRepository();
    temp.write('.gitignore', 'ignored/\n');
    temp.write('a.txt', 'a\n');
    temp.write('src/b.txt', 'b\n');
    temp.write('src/c.txt', 'c\n');
    temp.commit();
  });
  afterEach(() => temp.dispose());

  const at = (file: string) => path.join(temp.folder, file);
  /** What a deed of the user's changes, as short words. */
  const changedBy = async (deed: () => void): Promise<string[]> => {
    const before = await lookAt(temp.folder);
    deed();
    const { changes } = checkoutChanges(before, await lookAt(temp.folder), nothing);
    return changes.map((one) => (one.what === 'file' ? `${one.how} ${one.path}` : one.what));
  };

  it('tells branch, commit, and files that are not as the index has them', async () => {
    temp.write('a.txt', 'A\n');
    temp.write('new/file.txt', 'n');
    temp.write('ignored/x', 'x');
    fs.rmSync(at('src/b.txt'));
    const head = temp.git('rev-parse', 'HEAD');
    const state = await lookAt(at('src'));
    assert.equal(state.branch, 'refs/heads/main');
    assert.equal(state.commit, head);
    assert.equal(state.index, digestOf(execGit('ls-files', '--stage', '-z')));
    assert.deepEqual(state.files, {
      'a.txt': digestOf(`file:${digestOf('A\n')}`),
      'new/file.txt': digestOf(`file:${digestOf('n')}`),
      'src/b.txt': null,
    });
  });

  const execGit = (...args: string[]) =>
    execFileSync('git', args, { cwd: temp.folder, env: gitEnvironment });

  it('is the same again where nothing was done, and finds each thing that was', async () => {
    assert.deepEqual(await changedBy(() => undefined), []);
    assert.deepEqual(await changedBy(() => temp.write('a.txt', '2\n')), ['changed a.txt']);
    assert.deepEqual(await changedBy(() => temp.write('a.txt', '3\n')), ['changed a.txt']);
    assert.deepEqual(await changedBy(() => fs.chmodSync(at('a.txt'), 0o755)), ['changed a.txt']);
    assert.deepEqual(await changedBy(() => fs.rmSync(at('a.txt'))), ['removed a.txt']);
    assert.deepEqual(await changedBy(() => temp.write('a.txt', '4\n')), ['added a.txt']);
    assert.deepEqual(await changedBy(() => temp.git('add', 'a.txt')), ['index', 'changed a.txt']);
    assert.deepEqual(await changedBy(() => temp.git('commit', '-qm', 'x')), ['commit']);
    assert.deepEqual(await changedBy(() => temp.git('switch', '-qc', 'other')), ['branch']);
    assert.deepEqual(await changedBy(() => temp.git('switch', '-q', '--detach')), ['branch']);
    assert.deepEqual(await changedBy(() => temp.git('switch', '-q', 'main')), ['branch']);
    assert.deepEqual(await changedBy(() => temp.write('ignored/y', '1')), []);
    assert.deepEqual(await changedBy(() => temp.git('gc', '--quiet')), []);
  });

  it('says nothing of what others only refresh', async () => {
    const before = await lookAt(temp.folder);
    fs.utimesSync(at('a.txt'), 1, 1);
    const stale = fs.readFileSync(at('.git/index'));
    execFileSync('git', ['status'], {
      cwd: temp.folder,
      env: { ...gitEnvironment, GIT_OPTIONAL_LOCKS: '1' },
    });
    assert.notDeepEqual(fs.readFileSync(at('.git/index')), stale);
    assert.deepEqual(checkoutChanges(before, await lookAt(temp.folder), nothing).changes, []);
  });

  it('writes nothing, also where Git would like to', async () => {
    temp.git('config', 'core.untrackedCache', 'true');
    temp.git('config', 'core.fsmonitor', 'true');
    fs.utimesSync(at('a.txt'), 1, 1);
    const before = snapshot(temp.folder);
    await lookAt(temp.folder);
    // With the times of folders: a file that was there for a moment would show in them.
    assert.deepEqual(snapshot(temp.folder), before);
  });

  it('needs no right to write', async function () {
    if (process.getuid?.() === 0) {
      // No folder is read-only to this user; that nothing is written the test before shows.
      this.skip();
    }
    fs.utimesSync(at('a.txt'), 1, 1);
    const folders = ['.git', '.git/refs', '.git/objects', '.'].map(at);
    folders.forEach((folder) => fs.chmodSync(folder, 0o555));
    try {
      assert.deepEqual((await lookAt(temp.folder)).files, {});
    } finally {
      folders.forEach((folder) => fs.chmodSync(folder, 0o755));
    }
  });

  it('tells a file that is only meant to be added from one that is', async () => {
    temp.write('new', '');
    assert.deepEqual(await changedBy(() => temp.git('add', '-N', 'new')), ['index']);
    assert.deepEqual(await changedBy(() => temp.write('new', '1')), ['changed new']);
    temp.write('new', '');
    assert.deepEqual(await changedBy(() => temp.git('add', 'new')), ['changed new']);
    temp.git('rm', '-q', '--cached', 'new');
    temp.git('add', '-N', 'new');
    assert.deepEqual(await changedBy(() => fs.rmSync(at('new'))), ['removed new']);
  });

  it('sees into conflicts', async () => {
    temp.git('switch', '-qc', 'other');
    temp.write('a.txt', 'theirs\n');
    fs.rmSync(at('src/b.txt'));
    temp.commit();
    temp.git('switch', '-q', 'main');
    temp.write('a.txt', 'ours\n');
    temp.write('src/b.txt', 'ours\n');
    temp.commit();
    const changed = await changedBy(() =>
      spawnSync('git', ['merge', 'other'], { cwd: temp.folder, env: gitEnvironment }),
    );
    assert.deepEqual(changed, ['index', 'changed a.txt', 'changed src/b.txt']);
    assert.deepEqual(await changedBy(() => temp.write('a.txt', 'solved')), ['changed a.txt']);
    assert.deepEqual(await changedBy(() => fs.rmSync(at('src/b.txt'))), ['removed src/b.txt']);
    assert.deepEqual(await changedBy(() => temp.git('add', 'a.txt')), ['index', 'changed a.txt']);
  });

  it('sees one kind of thing take the place of another', async () => {
    const replace = (file: string, make: () => void) => () => {
      fs.rmSync(at(file), { recursive: true });
      make();
    };
    assert.deepEqual(await changedBy(replace('a.txt', () => fs.symlinkSync('src', at('a.txt')))), [
      'changed a.txt',
    ]);
    assert.deepEqual(
      await changedBy(replace('a.txt', () => fs.symlinkSync('nowhere', at('a.txt')))),
      ['changed a.txt'],
    );
    assert.deepEqual(await changedBy(replace('a.txt', () => temp.write('a.txt/in', '1'))), [
      'removed a.txt',
      'changed a.txt/in',
    ]);
    assert.deepEqual(await changedBy(replace('src', () => fs.symlinkSync('a.txt', at('src')))), [
      'changed src',
      'removed src/b.txt',
      'removed src/c.txt',
    ]);
    fs.rmSync(at('src'));
    const pipe = () => execFileSync('mkfifo', [at('src')]);
    if (process.platform !== 'win32') {
      // Were it opened, this would never end.
      assert.deepEqual(await changedBy(pipe), []);
    }
  });

  it('does not see what Git was told not to look at', async () => {
    temp.git('update-index', '--assume-unchanged', 'a.txt');
    temp.git('update-index', '--skip-worktree', 'src/b.txt');
    assert.deepEqual(
      await changedBy(() => {
        temp.write('a.txt', 'other');
        temp.write('src/b.txt', 'other');
      }),
      [],
    );
  });

  it('takes what a sparse checkout leaves out for what it is', async () => {
    const changed = await changedBy(() => temp.git('sparse-checkout', 'set', 'nothing'));
    assert.deepEqual(changed, []);
    assert.equal(fs.existsSync(at('src/b.txt')), false);
    assert.deepEqual((await lookAt(temp.folder)).files, {});
    assert.deepEqual(await changedBy(() => temp.write('src/new', '1')), ['changed src/new']);
  });

  it('leaves to submodules and other repositories what is theirs', async () => {
    const inner = new TempRepository();
    inner.write('x', '1');
    inner.commit();
    try {
      const add = [
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        inner.folder,
        'sub',
      ];
      temp.git(...add);
      temp.commit();
      assert.deepEqual(
        await changedBy(() => {
          temp.write('sub/x', '2');
          temp.write('sub/untracked', '2');
          temp.gitIn(at('sub'), 'commit', '-qam', 'inside');
        }),
        [],
      );
      assert.deepEqual(await changedBy(() => temp.git('add', 'sub')), ['index']);
      assert.deepEqual(
        await changedBy(() => fs.cpSync(inner.folder, at('nested'), { recursive: true })),
        ['changed nested'],
      );
      assert.deepEqual(await changedBy(() => temp.write('nested/x', '2')), []);
      assert.deepEqual(await changedBy(() => fs.rmSync(at('sub'), { recursive: true })), [
        'removed sub',
      ]);
      assert.deepEqual(await changedBy(() => temp.write('sub', 'a file')), ['added sub']);
    } finally {
      inner.dispose();
    }
  });

  it('keeps names apart that are no UTF-8', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const named = (last: number) => Buffer.concat([Buffer.from(at('caf')), Buffer.from([last])]);
    fs.writeFileSync(named(0xe9), '1');
    fs.writeFileSync(named(0xe8), '1');
    temp.write('"caf\\351"', '1');
    temp.write('日本\n.txt', '1');
    const { files } = await lookAt(temp.folder);
    assert.deepEqual(Object.keys(files), [
      '"\\"caf\\\\351\\""',
      '"caf\\350"',
      '"caf\\351"',
      '日本\n.txt',
    ]);
    assert.deepEqual(await changedBy(() => fs.writeFileSync(named(0xe9), '2')), [
      'changed "caf\\351"',
    ]);
  });

  it('is of a linked worktree alone', async () => {
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '-q', '-b', 'side', linked);
    const before = await lookAt(linked);
    assert.equal(before.branch, 'refs/heads/side');
    temp.write('a.txt', 'elsewhere');
    temp.git('add', 'a.txt');
    assert.deepEqual(await lookAt(linked), before);
    fs.writeFileSync(path.join(linked, 'a.txt'), 'here');
    assert.deepEqual(Object.keys((await lookAt(linked)).files), ['a.txt']);
  });

  it('is possible before the first commit', async () => {
    const empty = new TempRepository();
    try {
      empty.write('a', '1');
      const before = await lookAt(empty.folder);
      assert.equal(before.branch, 'refs/heads/main');
      assert.equal(before.commit, undefined);
      assert.deepEqual(Object.keys(before.files), ['a']);
      empty.commit();
      const { changes } = checkoutChanges(before, await lookAt(empty.folder), nothing);
      assert.deepEqual(
        changes.map(({ what }) => what),
        ['commit', 'index', 'file'],
      );
    } finally {
      empty.dispose();
    }
  });

  it('digests large files whole, piece by piece', async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, 'sluice');
    temp.write('large.bin', bytes);
    const content = digestOf(bytes);
    const { files } = await lookAt(temp.folder);
    assert.equal(files['large.bin'], digestOf(`file:${content}`));
    fs.appendFileSync(at('large.bin'), '!');
    assert.notEqual((await lookAt(temp.folder)).files['large.bin'], files['large.bin']);
  });

  it('says why there is none, and ends when nobody wants it any more', async () => {
    const found = await findRepository(nodeDisk, temp.folder);
    assert.ok(found.kind === 'found');
    const parts = { places: found, program: gitProgram(gitEnvironment) };
    const stop = new AbortController();
    const looking = lookAtCheckout(parts, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(looking, /enough/);
    temp.write('.git/index', 'not an index at all, much too short');
    const looked = await lookAtCheckout(parts, never);
    assert.ok(!looked.ok);
    assert.match(looked.error.message, /index/);
  });

  it('differs if and only if what the user has differs', async function () {
    this.timeout(120_000);
    const name = fc.constantFrom('a.txt', 'src/b.txt', 'src/c.txt', 'new', 'lib/ü', 'src');
    const deed = fc.oneof(
      fc.record({
        do: fc.constant('write' as const),
        name,
        text: fc.constantFrom('1', '2', 'a\n'),
      }),
      fc.record({ do: fc.constant('remove' as const), name }),
      fc.record({ do: fc.constant('mode' as const), name, mode: fc.constantFrom(0o644, 0o755) }),
      fc.record({ do: fc.constant('link' as const), name, to: fc.constantFrom('a.txt', 'x') }),
      fc.record({
        do: fc.constant('git' as const),
        args: fc.constantFrom(
          ['add', '--all'],
          ['add', 'a.txt'],
          ['add', '-N', 'new'],
          ['commit', '-qm', 'one'],
          ['commit', '-qam', 'all'],
          ['switch', '-q', 'side'],
          ['switch', '-q', 'main'],
          ['reset', '-q', '--hard'],
          ['reset', '-q'],
          ['rm', '-q', '--cached', 'a.txt'],
          ['status'],
        ),
      }),
    );
    temp.git('branch', 'side');
    let [same, other] = [0, 0];
    let before = await lookAt(temp.folder);
    let truth = oracle(temp.folder);
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 3 }), async (deeds) => {
        for (const one of deeds) {
          act(temp, one);
        }
        const after = await lookAt(temp.folder);
        const now = oracle(temp.folder);
        const { changes, more } = checkoutChanges(before, after, nothing);
        assert.equal(changes.length === 0 && more === 0, now === truth, JSON.stringify(changes));
        same += now === truth ? 1 : 0;
        other += now === truth ? 0 : 1;
        before = after;
        truth = now;
      }),
      { numRuns: 60, endOnFailure: true },
    );
    assert.ok(same > 3 && other > 3, `${same} the same, ${other} not`);
  });
});

describe('changes of a checkout', () => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, digestOf(`${at}`)]));
  const state = (more: Partial<CheckoutState>): CheckoutState => ({
    branch: 'refs/heads/main',
    commit: undefined,
    index: digestOf(''),
    files: {},
    ...more,
  });

  it('are told in order, up to a bound, and say what the user saved', () => {
    const was = state({ files: { ['__proto__x']: digestOf('1'), gone: null } });
    const is = state({ branch: undefined, index: digestOf('2'), files: files(100) });
    const { changes, more } = checkoutChanges(was, is, new Set(['f0', 'f1x']));
    assert.equal(changes.length, MOST_CHECKOUT_CHANGES);
    assert.equal(more, 104 - MOST_CHECKOUT_CHANGES);
    assert.deepEqual(changes.slice(0, 5), [
      { what: 'branch', was: 'refs/heads/main', is: undefined },
      { what: 'index' },
      { what: 'file', path: '__proto__x', how: 'changed', saved: false },
      { what: 'file', path: 'f0', how: 'changed', saved: true },
      { what: 'file', path: 'f1', how: 'changed', saved: false },
    ]);
  });

  it('are not fooled by names that objects have of themselves', () => {
    const was = JSON.parse('{"__proto__":null,"constructor":null}') as CheckoutState['files'];
    const { changes } = checkoutChanges(state({ files: was }), state({}), nothing);
    assert.equal(changes.length, 2);
    assert.deepEqual(checkoutChanges(state({ files: was }), state({ files: was }), nothing), {
      changes: [],
      more: 0,
    });
  });
});

type Deed =
  | { do: 'write'; name: string; text: string }
  | { do: 'remove'; name: string }
  | { do: 'mode'; name: string; mode: number }
  | { do: 'link'; name: string; to: string }
  | { do: 'git'; args: readonly string[] };

/** Does it if it can be done. */
function act(temp: TempRepository, deed: Deed): void {
  if (deed.do === 'git') {
    spawnSync('git', deed.args, {
      cwd: temp.folder,
      env: { ...gitEnvironment, GIT_OPTIONAL_LOCKS: '1' },
    });
    return;
  }
  const file = path.join(temp.folder, deed.name);
  try {
    if (deed.do === 'remove') {
      fs.rmSync(file, { recursive: true });
    } else if (deed.do === 'mode') {
      if (!fs.lstatSync(file).isDirectory()) {
        fs.chmodSync(file, deed.mode);
      }
    } else if (deed.do === 'link') {
      fs.symlinkSync(deed.to, file);
    } else {
      temp.write(deed.name, deed.text);
    }
  } catch {
    // There is something else in its place, or nothing.
  }
}

/** Everything, by walking, and what Git stages. Folders count only by what is in them. */
function oracle(folder: string): string {
  const lines: string[] = [
    fs.readFileSync(path.join(folder, '.git/HEAD'), 'utf8'),
    spawnSync('git', ['rev-parse', 'HEAD'], { cwd: folder, env: gitEnvironment }).stdout.toString(),
    // With the mark of those that are only meant to be added.
    spawnSync('git', ['ls-files', '--stage'], {
      cwd: folder,
      env: gitEnvironment,
    }).stdout.toString(),
    spawnSync('git', ['ls-files', '--debug'], { cwd: folder, env: gitEnvironment })
      .stdout.toString()
      .split('\n')
      .map((line) => (/flags: .*2[0-9a-f]{7}$/.test(line) ? 'intended' : ''))
      .join(''),
  ];
  const walk = (relative: string) => {
    for (const name of fs.readdirSync(path.join(folder, relative)).sort()) {
      const file = path.join(relative, name);
      const status = fs.lstatSync(path.join(folder, file));
      if (file === '.git') {
        continue;
      }
      if (status.isDirectory()) {
        walk(file);
      } else {
        const content = status.isSymbolicLink()
          ? `link ${fs.readlinkSync(path.join(folder, file))}`
          : fs.readFileSync(path.join(folder, file), 'hex');
        lines.push(`${file} ${status.mode & 0o100} ${content}`);
      }
    }
  };
  walk('');
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Names, bytes and times of all there is. */
function snapshot(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .concat('.')
    .sort()
    .map((file) => {
      const status = fs.lstatSync(path.join(folder, file), { bigint: true });
      const bytes = status.isFile() ? fs.readFileSync(path.join(folder, file), 'hex') : '';
      return `${file} ${status.mode} ${status.mtimeNs} ${status.ctimeNs} ${status.ino} ${bytes}`;
    });
}
