import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension', () => {
  it('is present and activates', async () => {
    const extension = vscode.extensions.getExtension('sluice.sluice');
    assert.ok(extension, 'VS Code does not list sluice.sluice');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
