import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import type { CommitRequest } from '../../../src/core/git/commit.ts';
import type { GitProgram } from '../../../src/core/git/gitProgram.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

describe('what is stored of a file', () => {
  let temp: TempRepository;
  /** Commands of `git` that were started. */
  let started: string[];
  beforeEach(() => {
    temp = new TempRepository();
    started = [];
  });
  afterEach(() => temp.dispose());

  const open = async (environment = gitEnvironment): Promise<Repository> => {
    const program = gitProgram(environment);
    const nameOf = (args: readonly string[]) =>
      args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? '';
    const watched: GitProgram = {
      ...program,
      run: (args, call, signal) => {
        started.push(nameOf(args));
        return program.run(args, call, signal);
      },
      start: (args, call) => {
        started.push(nameOf(args));
        return program.start(args, call);
      },
    };
    const result = await openRepository(temp.folder, { disk: nodeDisk, program: watched });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };
  const request = (
    base: ObjectId | undefined,
    files: Readonly<Record<string, string | Uint8Array>>,
  ): CommitRequest => ({
    base,
    parents: [],
    files: Object.entries(files).map(([file, content]) => ({
      path: file,
      executable: false,
      read: () => Promise.resolve(Buffer.from(content)),
    })),
    removed: [],
    message: 'x',
    author: { name: 'x', email: 'x' },
    timestamp: { seconds: 1, offsetMinutes: 0 },
  });
  const commit = async (
    repository: Repository,
    files: Readonly<Record<string, string | Uint8Array>>,
    base?: ObjectId,
  ): Promise<ObjectId> => {
    const made = await repository.commit(request(base, files));
    assert.ok(made.ok, JSON.stringify(made));
    return made.value;
  };
  const stored = (id: ObjectId, file: string) => temp.git('cat-file', 'blob', `${id}:${file}`);
  const script = (name: string, text: string): string => {
    const file = path.join(temp.parent, name);
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };

  it('is what "git add" would store, by every attribute and setting of line ends', async () => {
    const rules = {
      plain: '',
      text: 'text',
      auto: 'text=auto',
      input: 'text=input',
      never: '-text',
      odd: 'text=whatever',
      crlf: 'eol=crlf',
      lf: 'eol=lf',
      'auto-crlf': 'text=auto eol=crlf',
      'never-crlf': '-text eol=crlf',
      old: 'crlf',
      'old-never': '-crlf',
      'old-input': 'crlf=input',
      binary: 'binary',
      ident: 'ident',
      utf16: 'text working-tree-encoding=UTF-16LE',
    };
    const attributes = Object.entries(rules).map(([name, rule]) => `/${name}/** ${rule}\n`);
    const piece = fc.constantFrom(
      'a',
      '\r\n',
      '\n',
      '\r',
      '\0',
      '\x01',
      '\x1a',
      '\t',
      '$Id: x $',
      '\x7f',
    );
    const content = fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom('word ', '\r\n') }, piece),
      {
        maxLength: 12,
      },
    );
    const contents = fc.sample(content, { numRuns: 40, seed: 7 }).map((parts) => parts.join(''));
    contents.push(`${'long line '.repeat(40)}\x01\r\n`, 'a\r\n\x1a', '');
    const bytesFor = (folder: string, text: string) =>
      Buffer.from(text, folder === 'utf16' ? 'utf16le' : 'utf8');
    const files = Object.fromEntries(
      Object.keys(rules).flatMap((folder) =>
        contents.map((text, n) => [`${folder}/${n}`, bytesFor(folder, text)]),
      ),
    );

    // Every other one replaces a version that has CR LF in it.
    for (const [index, file] of Object.keys(files).entries()) {
      if (index % 2 === 0) {
        temp.write(file, index % 4 === 0 ? 'was\r\nso\r\n' : 'was\nso\n');
      }
    }
    const base = temp.commit();
    temp.write('.gitattributes', attributes.join(''));
    for (const [file, bytes] of Object.entries(files)) {
      temp.write(file, bytes);
    }
    for (const setting of ['false', 'true', 'input']) {
      temp.git('config', 'core.autocrlf', setting);
      temp.git('read-tree', base);
      const some = Object.fromEntries(
        Object.entries(files).filter(
          ([file]) => setting === 'true' || !/^(ident|utf16)/.test(file),
        ),
      );
      const ours = await commit(await open(), some, base);
      temp.git('-c', 'core.safecrlf=false', 'add', '--', ...Object.keys(some));
      const theirs = temp.git('ls-files', '--stage', '--', ...Object.keys(some)).split('\n');
      const listed = temp.git('ls-tree', '-r', ours, '--', ...Object.keys(some)).split('\n');
      assert.equal(listed.length, theirs.length);
      assert.deepEqual(
        listed
          .map((line) => line.replace(/ blob ([0-9a-f]+)\t/, ' $1 0\t'))
          .filter((line, index) => line !== theirs[index])
          .map((line) => JSON.stringify([line, files[line.split('\t')[1] ?? '']?.toString()])),
        [],
        `core.autocrlf=${setting}`,
      );
    }
  }).timeout(120_000);

  it('is the bytes themselves where nothing says otherwise, and no process is started for it', async () => {
    const repository = await open();
    const id = await commit(repository, { 'a/b.txt': 'one\r\n' });
    assert.equal(stored(id, 'a/b.txt'), 'one\r');
    assert.deepEqual(started, ['config']);
    await commit(repository, { 'a/c.txt': 'two\r\n' });
    assert.deepEqual(started, ['config'], 'the settings are not asked for again');
  });

  it('follows settings and attributes that change meanwhile', async () => {
    const repository = await open();
    assert.equal(stored(await commit(repository, { a: '1\r\n' }), 'a'), '1\r');
    temp.git('config', 'core.autocrlf', 'input');
    assert.equal(stored(await commit(repository, { a: '1\r\n' }), 'a'), '1');
    temp.write('.gitattributes', '* -text\n');
    assert.equal(stored(await commit(repository, { a: '1\r\n' }), 'a'), '1\r');
    assert.deepEqual(started, ['config', 'config', 'check-attr']);
  });

  it('goes by the attributes of a folder, of the repository and of the user', async () => {
    const user = path.join(temp.parent, 'xdg');
    fs.mkdirSync(path.join(user, 'git'), { recursive: true });
    fs.writeFileSync(path.join(user, 'git/attributes'), '*.user text\n');
    temp.write('deep/folder/.gitattributes', '*.folder text\n');
    fs.mkdirSync(path.join(temp.folder, '.git/info'), { recursive: true });
    const info = path.join(temp.folder, '.git/info/attributes');
    const read = async (file: string) => {
      const repository = await open({ ...gitEnvironment, XDG_CONFIG_HOME: user });
      return stored(await commit(repository, { [file]: 'x\r\n' }), file);
    };
    assert.equal(await read('a.user'), 'x');
    fs.rmSync(path.join(user, 'git/attributes'));
    assert.equal(await read('a.user'), 'x\r');
    assert.equal(await read('deep/folder/new/a.folder'), 'x');
    assert.equal(await read('deep/a.folder'), 'x\r');
    fs.writeFileSync(info, '*.repository text\n');
    assert.equal(await read('a.repository'), 'x');
    fs.rmSync(info);
    fs.writeFileSync(path.join(temp.parent, 'mine'), '*.mine text\n');
    temp.git('config', 'core.attributesFile', path.join(temp.parent, 'mine'));
    assert.equal(await read('a.mine'), 'x');
  });

  it('is what the filter makes of it, and the program knows the path', async () => {
    temp.write('.gitattributes', '*.up filter=up\n*.none filter=nobody\n');
    temp.git('config', 'filter.up.clean', `${script('up.sh', 'echo "$1"; tr a-z A-Z')} %f`);
    const repository = await open();
    const id = await commit(repository, {
      'some folder/"ü".up': 'text',
      '-dash.up': 'text',
      'a.none': 'text',
      'a.txt': 'text',
    });
    assert.equal(stored(id, 'some folder/"ü".up'), 'some folder/"ü".up\nTEXT');
    assert.equal(stored(id, '-dash.up'), '-dash.up\nTEXT');
    assert.equal(stored(id, 'a.none'), 'text');
    assert.equal(stored(id, 'a.txt'), 'text');
    assert.deepEqual(started.sort(), ['check-attr', 'config', 'hash-object', 'hash-object']);
    assert.equal(temp.problems(), '');
  });

  it('is nothing when a filter that is required fails: the path and the filter are named', async () => {
    temp.write('.gitattributes', '*.bin filter=big\n');
    temp.git('config', 'filter.big.clean', script('fail.sh', 'echo "no server" >&2; exit 3'));
    const repository = await open();
    assert.equal(stored(await commit(repository, { 'a.bin': 'x' }), 'a.bin'), 'x');
    temp.git('config', 'filter.big.required', 'true');
    const made = await repository.commit(request(undefined, { 'b/a.bin': 'x', 'c.txt': 'x' }));
    assert.ok(!made.ok && made.error.reason === 'filter-failed');
    assert.equal(made.error.path, 'b/a.bin');
    assert.equal(made.error.filter, 'big');
    assert.match(made.error.message, /"b\/a\.bin" .* filter "big" .*no server/s);
  });

  it('needs the git program only where there are attributes', async () => {
    const repository = await open({ ...gitEnvironment, PATH: '' });
    temp.git('config', 'core.autocrlf', 'true');
    assert.equal(stored(await commit(repository, { a: '1\r\n' }), 'a'), '1');
    temp.write('.gitattributes', '*.bin filter=big\n');
    const made = await repository.commit(request(undefined, { a: '1' }));
    assert.ok(!made.ok && made.error.reason === 'git-missing');
    assert.match(made.error.message, /install Git/);
  });
});
