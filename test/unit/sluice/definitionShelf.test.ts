import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/core/base/clock.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { DefinitionShelf } from '../../../src/core/definitionShelf.ts';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import { readSourceFile } from '../../../src/core/definitions/files/readSource.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

const never = new AbortController().signal;
const FILES = 40;

describe('Agents that one program has read', () => {
  let folder: TemporaryFolder;
  let cache: TemporaryFolder;
  let debug: string[];
  let read: string[];

  beforeEach(() => {
    folder = new TemporaryFolder();
    cache = new TemporaryFolder();
    [debug, read] = [[], []];
    for (let n = 0; n < FILES; n += 1) {
      folder.write(`.claude/agents/a${n}.md`, agent(`a${n}`));
    }
  });
  afterEach(() => {
    folder.dispose();
    cache.dispose();
  });

  const fail = () => assert.fail('nothing but details is told');
  const ports = {
    // At which every file was written long ago.
    clock: { ...systemClock, now: () => Date.now() + 60_000 },
    disk: nodeDisk,
    log: {
      debug: (message: string) => void debug.push(message),
      info: fail,
      warn: fail,
      error: fail,
    },
    home: undefined,
    build: 'a build' as string | undefined,
  };
  const program = (changed: Partial<typeof ports> = {}) =>
    new DefinitionShelf(
      {
        folder: folder.path,
        signal: never,
        changed: () => undefined,
        read: (at, file) => {
          read.push(file);
          return readSourceFile(at, file);
        },
      },
      { ...ports, cacheFolder: cache.path, ...changed },
    );
  /** Opens the folder, reads it once and closes it; gives what was read of the folder. */
  const once = async (changed: Partial<typeof ports> = {}) => {
    read = [];
    const shelf = program(changed);
    await shelf.refresh();
    await shelf.close();
    assert.deepEqual(shelf.definitions, await readDefinitions(folder.path, never));
    return read.length;
  };
  const kept = () => {
    const at = path.join(cache.path, 'definitions');
    return fs.existsSync(at) ? fs.readdirSync(at).map((name) => path.join(at, name)) : [];
  };

  it('need not be read by the next, but for those that have changed', async () => {
    assert.equal(await once(), FILES);
    assert.equal(await once(), 0);
    folder.write('.claude/agents/a3.md', agent('other'));
    assert.equal(await once(), 1);
    assert.deepEqual(debug, []);
    assert.equal(kept().length, 1);
    assert.equal(fs.statSync(kept()[0] ?? '').mode & 0o077, 0, 'nobody else may read it');
  });

  it('are kept again when many have changed', async () => {
    await once();
    for (let n = 0; n < FILES; n += 1) {
      folder.write(`.claude/agents/a${n}.md`, agent(`b${n}`));
    }
    assert.equal(await once(), FILES);
    assert.equal(await once(), 0);
  });

  it('are not kept where few are as quick to read, nor by a build that nobody can tell', async () => {
    await once({ build: undefined });
    assert.deepEqual(kept(), []);
    for (let n = 20; n < FILES; n += 1) {
      fs.rmSync(path.join(folder.path, `.claude/agents/a${n}.md`));
    }
    await once();
    assert.deepEqual(kept(), []);
  });

  it('are read again by another build', async () => {
    await once();
    assert.equal(await once({ build: 'another build' }), FILES);
    assert.match(debug.join(), /is not used: another build wrote it/);
    assert.equal(await once({ build: 'another build' }), 0);
  });

  it('are read again when what is kept is damaged, too large or a folder, which only a log of details tells', async () => {
    await once();
    const [file = ''] = kept();
    const good = fs.readFileSync(file);
    const damages: readonly (() => void)[] = [
      () => fs.writeFileSync(file, good.subarray(0, good.length >> 1)),
      () => fs.writeFileSync(file, ''),
      () => fs.truncateSync(file, 2 ** 31),
    ];
    for (const damage of damages) {
      damage();
      debug = [];
      assert.equal(await once(), FILES);
      assert.equal(debug.length, 1, debug.join('\n'));
      assert.equal(await once(), 0, 'and it is made anew');
    }
    fs.rmSync(file);
    fs.mkdirSync(file);
    debug = [];
    assert.equal(await once(), FILES);
    assert.equal(debug.length, 2, debug.join('\n'));
  });

  it('stay right when the disk fails or the program dies while they are kept', async function () {
    this.timeout(30_000);
    for (let at = 1; at < 12; at += 1) {
      for (const kind of ['stop', 'torn', 'error'] as const) {
        const faulty = new FaultyDisk(
          kind === 'error' ? { kind, at, code: 'ENOSPC' } : { kind, at },
        );
        await once({ disk: faulty.disk });
        await once();
        fs.rmSync(path.join(cache.path, 'definitions'), { recursive: true, force: true });
      }
    }
  });

  it('are kept also when the folder is closed at once', async () => {
    const shelf = program();
    await shelf.refresh();
    await shelf.close();
    assert.equal(kept().length, 1);
  });
});

function agent(name: string): string {
  return `---\nname: ${name}\ndescription: Does ${name}.\n---\n\nDo it.\n`;
}
