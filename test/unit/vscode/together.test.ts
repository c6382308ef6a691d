import assert from 'node:assert/strict';
import { Together } from '../../../src/vscode/together.ts';
import { met } from '../../support/project.ts';

describe('Calls that are answered together', function () {
  this.timeout(20_000);

  it('are answered once when they have stopped', async () => {
    let answers = 0;
    const together = new Together(() => (answers += 1));
    for (let n = 0; n < 100; n += 1) {
      together.soon();
    }
    assert.equal(answers, 0);
    await met(() => answers > 0);
    assert.equal(answers, 1);
    together.soon();
    await met(() => answers === 2);
  });

  it('are answered while they go on', async () => {
    let answers = 0;
    const together = new Together(() => (answers += 1));
    const calls = setInterval(() => together.soon(), 5);
    try {
      await met(() => answers >= 2);
    } finally {
      clearInterval(calls);
      together.dispose();
    }
  });

  it('are not answered once nobody wants to know', async () => {
    let answers = 0;
    const gone = new Together(() => (answers += 1));
    gone.soon();
    gone.dispose();
    gone.soon();
    let others = 0;
    const other = new Together(() => (others += 1));
    other.soon();
    await met(() => others > 0);
    assert.equal(answers, 0);
  });
});
