import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FolderWatches } from '../../../src/vscode/folderWatches.ts';
import { met } from '../../support/project.ts';
import { TemporaryFolder } from '../definitions/folder.ts';

describe('Watches of single folders', function () {
  this.timeout(20_000);

  let folder: TemporaryFolder;
  let changes: number;
  let watches: FolderWatches;
  beforeEach(() => {
    folder = new TemporaryFolder();
    changes = 0;
    watches = new FolderWatches(() => (changes += 1));
  });
  afterEach(() => {
    watches.dispose();
    folder.dispose();
  });

  const at = (name: string) => path.join(folder.path, name);
  const watched = (name: string, ...only: string[]) => ({
    path: at(name),
    only: only.length === 0 ? undefined : new Set(only),
    outside: false,
  });
  /** Does it, and resolves once a change has been told. */
  const tells = async (work: () => void) => {
    const before = changes;
    work();
    await met(() => changes > before);
  };

  it('tell of files that come, change, are renamed and go', async () => {
    folder.write('a/x.md', '1');
    watches.follow([watched('a')]);
    await tells(() => folder.write('a/y.md', '1'));
    await tells(() => folder.write('a/x.md', '2'));
    await tells(() => fs.renameSync(at('a/x.md'), at('a/z.md')));
    await tells(() => fs.rmSync(at('a/z.md')));
  });

  it('tell of nothing but the names that count', async () => {
    folder.write('a/x.md', '1');
    watches.follow([watched('a', 'b')]);
    for (let n = 0; n < 20; n += 1) {
      folder.write('a/x.md', `${n}`);
    }
    // What is told comes in order: none of the others was.
    await tells(() => fs.mkdirSync(at('a/b')));
    assert.ok(changes <= 2, `${changes} changes`);
  });

  it('follow a folder that comes later, and another that takes the place of one', async () => {
    watches.follow([watched('.', 'late')]);
    await tells(() => folder.write('late/x.md', '1'));
    watches.follow([watched('.', 'late'), watched('late')]);
    await tells(() => folder.write('late/y.md', '1'));
    fs.renameSync(at('late'), at('aside'));
    folder.write('late/x.md', '1');
    watches.follow([watched('late')]);
    await tells(() => folder.write('late/z.md', '1'));
  });

  it('pass over what is not there, is no folder or cannot be looked at', () => {
    folder.write('file', '1');
    folder.link('loop', 'loop');
    watches.follow([watched('none'), watched('file'), watched('loop'), watched('file/deep')]);
    assert.equal(changes, 0);
  });
});
