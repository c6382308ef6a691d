import assert from 'node:assert/strict';
import { linkedFolders, USUAL_LINKED_FOLDERS } from '../../../src/core/git/linkedFolders.ts';

describe('folders that are linked into copies', () => {
  const ignored = ['packages/a/node_modules', 'node_modules', 'dist', '.venv', 'web/.cache'];

  it('are dependency folders, wherever they are', () => {
    assert.deepEqual(linkedFolders(ignored, USUAL_LINKED_FOLDERS), {
      linked: ['.venv', 'node_modules', 'packages/a/node_modules'],
      others: ['dist', 'web/.cache'],
      faults: [],
    });
  });

  it('are those that settings name, by name, by path or by glob', () => {
    const linked = (...names: string[]) => linkedFolders(ignored, names).linked;
    assert.deepEqual(linked('.cache/'), ['web/.cache']);
    assert.deepEqual(linked('/node_modules'), ['node_modules', 'packages/a/node_modules']);
    assert.deepEqual(linked('./packages/a/node_modules'), ['packages/a/node_modules']);
    assert.deepEqual(linked('packages/*/node_modules', 'd{ist,one}'), [
      'dist',
      'packages/a/node_modules',
    ]);
    assert.deepEqual(linked(), []);
  });

  it('are not named by what cannot be read, which is told', () => {
    const { linked, faults } = linkedFolders(ignored, ['../x', '', 'a[', 'dist']);
    assert.deepEqual(linked, ['dist']);
    assert.equal(faults.length, 3);
    assert.match(faults[0] ?? '', /^The name "\.\.\/x" .*"\.\."/);
  });
});
