import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../../../src/vscode/ids.ts';
import { sluice } from './inWindow.ts';

describe('the extension', () => {
  it('sleeps in a folder without agents and workflows, and activates', async () => {
    const extension = sluice();
    assert.equal(extension.isActive, false);
    const start = performance.now();
    await extension.activate();
    console.log(`      [activation] ${(performance.now() - start).toFixed(0)} ms`);
    assert.equal(extension.isActive, true);
  });

  it('has registered every command it contributes', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      COMMANDS.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('has its views, each of which can be shown', async () => {
    for (const view of VIEWS) {
      await vscode.commands.executeCommand(`${view}.focus`);
    }
  });
});
