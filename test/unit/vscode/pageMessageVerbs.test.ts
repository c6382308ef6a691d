import assert from 'node:assert/strict';
import { runCommandOf, taskCommandOf } from '../../../src/vscode/graph/verbCommands.ts';
import { keyOf, parseSubject, titleOf } from '../../../src/vscode/graph/graphSubject.ts';
import { runId } from '../../support/runs.ts';

describe('A word of the graph page', () => {
  it('is the command of the menus, where it is offered', () => {
    assert.equal(taskCommandOf('stop', ['stop', 'hold']), 'sluice.stopTask');
    assert.equal(taskCommandOf('rerun', ['rerun']), 'sluice.rerunTask');
    assert.equal(runCommandOf('unpause', ['unpause', 'cancel']), 'sluice.resumeRun');
  });

  it('is nothing where it is not offered now, or is no word of ours', () => {
    assert.equal(taskCommandOf('stop', ['rerun']), undefined);
    assert.equal(runCommandOf('drop', []), undefined);
    for (const word of ['constructor', '__proto__', 'workbench.action.quit', 'sluice.dropRun']) {
      assert.equal(taskCommandOf(word, [word]), undefined);
      assert.equal(runCommandOf(word, [word]), undefined);
    }
  });
});

describe('What a graph panel shows', () => {
  const run = { folder: 'file:///x', run: runId('code-quality-1') };

  it('is found again after a reload', () => {
    assert.deepEqual(parseSubject({ subject: run, view: {} }), run);
    const workflow = { folder: 'file:///x', workflow: 'release' };
    assert.deepEqual(parseSubject({ subject: workflow }), workflow);
    assert.equal(titleOf(workflow), 'release');
    assert.notEqual(keyOf(run), keyOf(workflow));
  });

  it('is nothing where what was kept is not ours', () => {
    for (const state of [undefined, 3, {}, { subject: null }, { subject: { folder: 1 } }]) {
      assert.equal(parseSubject(state), undefined);
    }
    assert.equal(parseSubject({ subject: { folder: 'x', run: '../..' } }), undefined);
  });
});
