import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { userFolders } from '../../../../src/core/user.ts';
import { until } from '../../../ui/support/until.ts';
import { outputOf, RUN, sluice, startFirst, windowFolder } from '../inWindow.ts';

describe('a folder without Git', () => {
  it('runs a workflow; what it makes stays with the run, and no repository appears', async () => {
    const folder = windowFolder(0, onlyStore);
    assert.equal(fs.existsSync(folder.file('.git')), false);
    folder.agent('writer', `fs.writeFileSync('notes.md', 'Notes'); console.log('written');`);
    folder.workflow('notes', { write: { agent: 'writer', produces: ['notes.md'] } });
    const before = fs.readdirSync(folder.path, { recursive: true });
    await sluice().activate();
    await startFirst('sluice.runWorkflow', folder);
    assert.equal(await until('the end', () => folder.endOf('notes-1'), RUN), 'succeeded');
    assert.match(await outputOf(folder, 'notes-1', 'write'), /Artifact: notes\.md/);
    assert.deepEqual(await folder.eventsOf('notes-1', 'landing-started'), []);
    assert.deepEqual(fs.readdirSync(folder.path, { recursive: true }), before);
  });
});

/** The store of the one folder without Git that was opened with these user folders. */
function onlyStore(): string {
  const folders = path.join(userFolders(process.env, process.platform).state, 'folders');
  const [only, ...more] = fs.existsSync(folders) ? fs.readdirSync(folders) : [];
  assert.deepEqual(more, []);
  return path.join(folders, only ?? 'none yet');
}
