import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { placesToWatch } from '../../../src/core/definitions/files/placesToWatch.ts';
import { TemporaryFolder } from './folder.ts';

describe('The places to watch for definitions', () => {
  let top: TemporaryFolder;
  let folder: string;
  let home: string;
  beforeEach(() => {
    top = new TemporaryFolder();
    [folder, home] = [path.join(top.path, 'project'), path.join(top.path, 'home')];
    fs.mkdirSync(folder);
    fs.mkdirSync(home);
  });
  afterEach(() => top.dispose());

  /** `folder: the names that count`; the user's home is `~`. */
  const watched = (files: readonly string[] = [], user = true) =>
    [...placesToWatch(folder, user ? home : undefined, files).folders()].map(
      ({ path: at, only, outside }) => {
        const name = at === folder ? '.' : path.relative(folder, at).replace('../home', '~');
        assert.equal(outside, name.startsWith('~'));
        return `${name}: ${only === undefined ? 'all' : [...only].sort().join(' ')}`;
      },
    );

  it('are the folders agents and workflows stand in, and all above them, outer ones first', () => {
    assert.deepEqual(
      watched([], false).sort(),
      [
        '.: .claude .github .sluice',
        '.claude: agents claude.json',
        '.claude/agents: all',
        '.github: agents',
        '.github/agents: all',
        '.sluice: agents agents.yaml todos workflows',
        '.sluice/agents: all',
        '.sluice/todos: all',
        '.sluice/workflows: all',
      ].sort(),
    );
    const order = watched().map((line) => line.split(':')[0] ?? '');
    for (const at of order) {
      const outer = at === '~' ? -1 : order.indexOf(path.dirname(at));
      assert.ok(at === '.' || outer < order.indexOf(at), `${at} comes behind what is around it`);
    }
  });

  it('are those of the user too, of whose home folder nothing else counts', () => {
    assert.deepEqual(
      watched()
        .filter((line) => line.startsWith('~'))
        .sort(),
      [
        '~/.claude/agents: all',
        '~/.claude: agents',
        '~/.copilot/agents: all',
        '~/.copilot: agents',
        '~: .claude .copilot',
      ].sort(),
    );
  });

  it('are every folder below those that are looked into, also behind a link, but none twice', () => {
    top.write('project/.claude/agents/a/b/c.md', 'x');
    top.write('project/.claude/agents/node_modules/x/y.md', 'x');
    top.write('project/.github/agents/a/b.md', 'x');
    top.write('shared/deep/d.md', 'x');
    top.link('project/.claude/agents/linked', path.join(top.path, 'shared'));
    top.link('project/.claude/agents/a/loop', '..');
    const below = watched().filter((line) => line.startsWith('.claude/agents/'));
    assert.deepEqual(
      below.sort(),
      [
        '.claude/agents/a/b: all',
        '.claude/agents/a: all',
        '.claude/agents/linked/deep: all',
        '.claude/agents/linked: all',
      ].sort(),
    );
    assert.ok(!watched().includes('.github/agents/a: all'));
  });

  it('are files that others name, wherever they stand in the folder', () => {
    const files = ['schemas/a.json', '.claude/prompts/x.md', '.claude/agents/deep/known.md'];
    const lines = watched(files);
    assert.ok(lines.includes('.: .claude .github .sluice schemas'));
    assert.ok(lines.includes('schemas: a.json'));
    assert.ok(lines.includes('.claude: agents claude.json prompts'));
    assert.ok(lines.includes('.claude/prompts: x.md'));
    const { patterns } = placesToWatch(folder, home, files);
    assert.ok(patterns.includes('schemas/a.json') && patterns.includes('schemas'));
    assert.ok(!patterns.some((pattern) => pattern.includes('known')), 'its folder is watched');
  });

  it('are globs too, which match the names in them alone', () => {
    const { patterns } = placesToWatch(folder, home, ['odd [1]{x}/*.json']);
    assert.ok(patterns.includes('odd [[]1[]][{]x[}]/[*].json'));
    for (const wanted of [
      ...[
        '.sluice',
        '.sluice/agents',
        '.sluice/agents/*',
        '.sluice/workflows/*',
        '.sluice/todos/*',
      ],
      ...['.sluice/agents.yaml', '.github/agents/*', '.claude/agents/**', '.claude/claude.json'],
    ]) {
      assert.ok(patterns.includes(wanted), wanted);
    }
    assert.ok(!patterns.some((pattern) => path.isAbsolute(pattern)));
  });

  it('are told once where the home folder itself is open', () => {
    const lines = [...placesToWatch(home, home, []).folders()];
    const paths = lines.map((line) => line.path);
    assert.equal(new Set(paths).size, paths.length);
    assert.ok(lines.every(({ outside }) => !outside));
  });
});
