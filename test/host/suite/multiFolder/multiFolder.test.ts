import assert from 'node:assert/strict';
import { digestCheckout } from '../../../support/tempRepository.ts';
import type { TestFolder } from '../../../ui/support/testFolder.ts';
import { until } from '../../../ui/support/until.ts';
import {
  filesWithProblems,
  NOTICED,
  outputOf,
  RUN,
  sluice,
  startFirst,
  windowFolder,
} from '../inWindow.ts';

describe('a window with two folders', () => {
  let first: TestFolder;
  let second: TestFolder;

  before(async () => {
    [first, second] = [windowFolder(0), windowFolder(1)];
    await sluice().activate();
  });

  it('reports the problems of both', async () => {
    const broken = '.sluice/workflows/broken.json';
    for (const folder of [first, second]) {
      folder.write(broken, '{}');
    }
    await until('both problems', () => filesWithProblems().length === 2, NOTICED);
    assert.deepEqual(filesWithProblems().sort(), [first.file(broken), second.file(broken)]);
    first.remove(broken);
    await until('one problem', () => filesWithProblems().length === 1, NOTICED);
    assert.deepEqual(filesWithProblems(), [second.file(broken)]);
    second.remove(broken);
    await until('no problem', () => filesWithProblems().length === 0, NOTICED);
  });

  it('runs in the folder whose workflow is picked, and leaves the other alone', async () => {
    const untouched = digestCheckout(first.path);
    second.agent('hello', `console.log('from the second');`);
    second.workflow('greet', { say: { agent: 'hello' } });
    await startFirst('sluice.runWorkflow', second);
    assert.equal(await until('the end', () => second.endOf('greet-1'), RUN), 'succeeded');
    assert.match(await outputOf(second, 'greet-1', 'say'), /from the second/);
    assert.deepEqual(first.runs(), []);
    assert.deepEqual(digestCheckout(first.path), untouched);

    first.agent('hello', `console.log('from the first');`);
    first.workflow('greet', { say: { agent: 'hello' } });
    await startFirst('sluice.runWorkflow', first);
    assert.equal(await until('the end', () => first.endOf('greet-1'), RUN), 'succeeded');
    assert.match(await outputOf(first, 'greet-1', 'say'), /from the first/);
    assert.match(await outputOf(second, 'greet-1', 'say'), /from the second/);
    assert.deepEqual(second.runs(), ['greet-1']);
  });
});
