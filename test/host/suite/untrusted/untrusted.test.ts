import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { digestCheckout } from '../../../support/tempRepository.ts';
import { filesWithProblems, outputOf, sluice, windowFolder } from '../inWindow.ts';

describe('a folder nobody has trusted', () => {
  it('is not read, and nothing in it runs, whatever is asked', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const folder = windowFolder();
    const before = digestCheckout(folder.path);
    await sluice().activate();
    // As a keybinding would: the palette does not offer them.
    for (const command of [
      'sluice.refresh',
      'sluice.runWorkflow',
      'sluice.runAgent',
      'sluice.showGraph',
      'sluice.showCache',
      'sluice.clearCache',
      'sluice.rerunTaskWithoutCache',
      'sluice.approveGate',
      'sluice.cancelRun',
    ]) {
      await vscode.commands.executeCommand(command);
    }
    assert.deepEqual(filesWithProblems(), [], 'its broken workflow would be reported');
    assert.deepEqual(
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs),
      [],
    );
    assert.match(await outputOf(folder, 'checks-1', 'hello'), /not trusted/);
    const cache = vscode.Uri.from({
      scheme: 'sluice-cache',
      path: '/Cache of it.md',
      query: vscode.Uri.file(folder.path).toString(),
    });
    assert.match((await vscode.workspace.openTextDocument(cache)).getText(), /not trusted/);
    assert.equal(fs.existsSync(folder.file('.git/sluice')), false);
    assert.deepEqual(digestCheckout(folder.path), before);
  });

  it('has no command enabled that would run or answer something', () => {
    const { commands } = (
      sluice().packageJSON as {
        contributes: { commands: { command: string; enablement?: string }[] };
      }
    ).contributes;
    const enabled = commands
      .filter(({ enablement }) => !enablement?.includes('isWorkspaceTrusted'))
      .map(({ command }) => command);
    assert.deepEqual(
      enabled.filter((command) => /run|cancel|resume|approve|reject/i.test(command)),
      [],
    );
  });
});
