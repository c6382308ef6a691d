import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mergeChanges } from '../../../src/core/artifacts/merge/mergeChanges.ts';
import { mergedCommit, type MergedResult } from '../../../src/core/artifacts/merge/mergedCommit.ts';
import { MergeTree } from '../../../src/core/artifacts/merge/mergeTree.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { choiceKey } from '../../../src/core/domain/merge.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { gitEnvironment, TempRepository } from '../../support/tempRepository.ts';
import { treeOf, Versions } from './versions.ts';

describe('the commit of a merged result', () => {
  let temp: TempRepository;
  let versions: Versions;
  beforeEach(() => {
    temp = new TempRepository();
    versions = new Versions();
  });
  afterEach(() => temp.dispose());

  const task = taskIdOf(stepId('api'));
  const result = async (): Promise<MergedResult> => {
    temp.write('a.txt', '1\n2\n3\n');
    temp.write('b.txt', 'b');
    temp.write('c.txt', 'c');
    const base = temp.commit();
    temp.write('a.txt', '1\n2\n3\nfour\n');
    const onto = temp.commit('what was merged before');
    temp.git('checkout', '--quiet', '-b', 'task', base);
    temp.write('a.txt', 'one\n2\n3\n');
    const commit = temp.commit('what the task did');
    temp.git('checkout', '--quiet', 'main');
    const was = versions.of('1\n2\n3\n');
    const merged = await mergeChanges(
      task,
      MergeTree.of(
        treeOf(
          new Map([
            ['a.txt', versions.of('1\n2\n3\nfour\n')],
            ['b.txt', versions.of('b')],
            ['c.txt', versions.of('c')],
          ]),
        ),
      ),
      [
        { path: 'a.txt', was, is: versions.of('one\n2\n3\n') },
        { path: 'b.txt', was: versions.of('b'), is: undefined },
        { path: 'c.txt', was: versions.of('old'), is: versions.of('new', true) },
      ],
      versions.read,
      new Map([[choiceKey(task, 'c.txt'), 'theirs']]),
    );
    assert.ok(merged.kind === 'merged');
    versions.keep(merged.made);
    return {
      run: runIdOf('Review', 3),
      task,
      onto,
      commit,
      merged,
      author: { name: 'Sluice', email: 'sluice@localhost' },
      at: 1_700_000_000_999,
      read: versions.read,
    };
  };

  it('follows what was merged before and the commit of the task, and says what was chosen', async () => {
    const asked = await result();
    const opened = await openRepository(temp.folder, {
      disk: new FaultyDisk().disk,
      program: gitProgram(gitEnvironment),
    });
    assert.ok(opened.kind === 'repository');
    const written = await opened.repository.commit(mergedCommit(asked));
    assert.ok(written.ok, JSON.stringify(written));
    const again = await opened.repository.commit(mergedCommit(asked));
    assert.deepEqual(again, written);
    const commit = written.value;
    assert.equal(temp.git('log', '-1', '--format=%P', commit), `${asked.onto} ${asked.commit}`);
    assert.equal(
      temp.git('diff', '--name-status', asked.onto ?? '', commit),
      'M\ta.txt\nD\tb.txt\nM\tc.txt',
    );
    assert.equal(temp.git('show', `${commit}:a.txt`), 'one\n2\n3\nfour');
    assert.match(temp.git('ls-tree', commit, 'c.txt'), /^100755/);
    const message = temp.git('log', '-1', '--format=%B', commit);
    assert.match(message, /^Merge api of review-3\n\n- c\.txt: taken from the task\n\nSluice-Run/);
    assert.deepEqual(
      execFileSync('git', ['interpret-trailers', '--parse'], { input: message })
        .toString()
        .trim()
        .split('\n'),
      [
        'Sluice-Run: review-3',
        'Sluice-Merged-Task: api',
        `Sluice-Merged-Commit: ${asked.commit}`,
        'Sluice-Files: 3',
        'Sluice-Chosen: theirs c.txt',
      ],
    );
    assert.equal(temp.git('log', '-1', '--format=%at %an', commit), '1700000000 Sluice');
    assert.equal(temp.problems(), '');
  });

  it('has the task alone before it where the repository had no commit', async () => {
    const asked = await result();
    const first = mergedCommit({ ...asked, onto: undefined });
    assert.deepEqual([first.base, first.parents], [undefined, [asked.commit]]);
    const onItself = mergedCommit({ ...asked, onto: asked.commit });
    assert.deepEqual(onItself.parents, [asked.commit]);
    assert.deepEqual(mergedCommit(asked).parents, [asked.onto, asked.commit] as ObjectId[]);
  });
});
