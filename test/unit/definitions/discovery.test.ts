import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AGENT_FOLDERS } from '../../../src/core/definitions/agents/agentPlaces.ts';
import {
  discover,
  type DefinitionFolder,
  MAX_ENTRIES,
  WORKFLOW_FOLDER,
} from '../../../src/core/definitions/files/discovery.ts';
import { TemporaryFolder } from './folder.ts';
import { said } from './marked.ts';

const [SLUICE, VSCODE, CLAUDE] = AGENT_FOLDERS;
const never = new AbortController().signal;

describe('Discovery', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  const find = async (wanted: DefinitionFolder | undefined = CLAUDE) => {
    assert.ok(wanted !== undefined);
    const { files, diagnostics } = await discover(folder.path, wanted, never);
    return [...files, ...said(diagnostics)];
  };

  it('finds files by their endings, in the order of their paths', async () => {
    for (const name of ['b.yaml', 'a.YML', 'c.json', 'd.md', 'e.txt', 'f', 'B.md']) {
      folder.write(`.sluice/agents/${name}`, 'x');
      folder.write(`.sluice/workflows/${name}`, 'x');
    }
    const in_ = (folder: string, ...names: string[]) => names.map((name) => `${folder}/${name}`);
    assert.deepEqual(
      await find(SLUICE),
      in_('.sluice/agents', 'B.md', 'a.YML', 'b.yaml', 'c.json', 'd.md'),
    );
    assert.deepEqual(
      await find(WORKFLOW_FOLDER),
      in_('.sluice/workflows', 'a.YML', 'b.yaml', 'c.json'),
    );
  });

  it('looks into folders where other tools do, and only there', async () => {
    folder.write('.claude/agents/a/b/c.md', 'x');
    folder.write('.github/agents/a/b.md', 'x');
    assert.deepEqual(await find(CLAUDE), ['.claude/agents/a/b/c.md']);
    assert.deepEqual(await find(VSCODE), []);
  });

  it('passes over READMEs, drafts, hidden files, node_modules and folders called as files', async () => {
    for (const name of [
      'README.md',
      'readme.de.md',
      '_draft.md',
      '.#lock.md',
      'node_modules/x.md',
      '_old/x.md',
      'x.agent.md/y.md',
      'good.md',
    ]) {
      folder.write(`.claude/agents/${name}`, 'x');
    }
    assert.deepEqual(await find(), ['.claude/agents/good.md']);
  });

  it('finds nothing where there is no folder, or a file in its place', async () => {
    assert.deepEqual(await find(), []);
    folder.write('.claude/agents', 'x');
    assert.deepEqual(await find(), []);
  });

  it('follows links, but never in a circle', async () => {
    folder.write('shared/one.md', 'x');
    folder.write('shared/deep/two.md', 'x');
    folder.link('.claude/agents/linked', path.join(folder.path, 'shared'));
    folder.link('.claude/agents/single.md', '../../shared/one.md');
    folder.link('.claude/agents/self', '.');
    folder.link('.claude/agents/up', '..');
    folder.link('shared/deep/back', '..');
    folder.link('.claude/agents/round.md', 'round.md');
    folder.link('.claude/agents/nowhere.md', 'nothing.md');
    const files = await find();
    assert.deepEqual(
      files.map((file) => path.basename(file)).sort(),
      // The file behind `single.md` is the agent of both names; a link to nowhere is shown.
      ['nowhere.md', 'one.md', 'single.md', 'two.md'],
    );
  });

  it('says so when there are too many files', async function () {
    this.timeout(30_000);
    fs.mkdirSync(path.join(folder.path, '.github/agents'), { recursive: true });
    for (let index = 0; index <= MAX_ENTRIES; index += 1) {
      fs.writeFileSync(path.join(folder.path, `.github/agents/${index}.md`), '');
    }
    const found = await find(VSCODE);
    assert.equal(found.length, MAX_ENTRIES + 1);
    assert.equal(
      found.at(-1),
      'too-many-files: This folder holds more than 10,000 files and folders; the rest is not looked at.',
    );
  });

  it('says so when a folder cannot be read', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) {
      // Nothing is closed to root.
      this.skip();
    }
    folder.write('.claude/agents/open.md', 'x');
    folder.write('.claude/agents/closed/x.md', 'x');
    const closed = path.join(folder.path, '.claude/agents/closed');
    fs.chmodSync(closed, 0);
    try {
      assert.deepEqual(await find(), [
        '.claude/agents/open.md',
        'unreadable: This cannot be read: permission denied.',
      ]);
    } finally {
      fs.chmodSync(closed, 0o700);
    }
  });

  it('ends when it is told to', async () => {
    folder.write('.claude/agents/a.md', 'x');
    const reason = new Error('enough');
    assert.ok(CLAUDE !== undefined);
    await assert.rejects(discover(folder.path, CLAUDE, AbortSignal.abort(reason)), reason);
  });
});
