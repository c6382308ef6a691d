import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileLinks, headLink, pathInFolder } from '../../../src/vscode/output/links.ts';

describe('Links of output', () => {
  /** The linked text, and where it leads. */
  function linked(line: string): unknown[] {
    return fileLinks(line).map(({ start, end, to }) =>
      to.kind === 'file' ? [line.slice(start, end), to.path, to.line, to.column] : to,
    );
  }

  it('lead from a file with its line and column, as tools write them', () => {
    const cases: readonly (readonly [string, string, string, number?, number?])[] = [
      ['src/a.ts:3:4 - error TS1', 'src/a.ts:3:4', 'src/a.ts', 3, 4],
      ['src/a.ts:3: note', 'src/a.ts:3', 'src/a.ts', 3],
      ['src/App/a.cs(3,14): error', 'src/App/a.cs(3,14)', 'src/App/a.cs', 3, 14],
      ['    at work (/x/y/src/a.ts:3:4)', '/x/y/src/a.ts:3:4', '/x/y/src/a.ts', 3, 4],
      ['  --> src/main.rs:3:4', 'src/main.rs:3:4', 'src/main.rs', 3, 4],
      [
        '  File "tests/test_a.py", line 12, in x',
        'tests/test_a.py", line 12',
        'tests/test_a.py',
        12,
      ],
      ['C:\\work\\a.ts:3:4', 'C:\\work\\a.ts:3:4', 'C:\\work\\a.ts', 3, 4],
      ['wrote docs/api.md.', 'docs/api.md', 'docs/api.md'],
      ['./run.sh:1: not found', './run.sh:1', './run.sh', 1],
      ['.github/workflows/ci.yml', '.github/workflows/ci.yml', '.github/workflows/ci.yml'],
      ['(see README.md)', 'README.md', 'README.md'],
    ];
    for (const [line, text, path, at, column] of cases) {
      assert.deepEqual(linked(line), [[text, path, at, column]], line);
    }
  });

  it('lead nowhere from web addresses, versions and numbers', () => {
    for (const line of [
      'https://example.org/src/a.ts:3:4',
      'see http://localhost:3000/index.html',
      'version 1.2.3 in 4.5 s',
      'Done.',
      '',
    ]) {
      assert.deepEqual(linked(line), [], line);
    }
  });

  it('are found in any text without losing their way, and stand where they say', () => {
    const text = fc.array(
      fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('src/a.ts:1:2', 'x'.repeat(500), '../', '.', ':3', '(4)', '/', '\\', '"'),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const line = parts.join('');
        let before = 0;
        for (const { start, end, to } of fileLinks(line)) {
          assert.ok(start >= before && end > start && end <= line.length);
          assert.ok(to.kind === 'file' && line.slice(start, end).startsWith(to.path));
          before = end;
        }
      }),
    );
  });

  it('lead from the head to the run, the branch, artifacts and the agent', () => {
    const at = (line: string) => {
      const found = headLink(line);
      return found && [line.slice(found.start, found.end), found.to.kind];
    };
    assert.deepEqual(at('Run: release-3 (release)'), ['release-3', 'run']);
    assert.deepEqual(at('Branch: ai/generated/release-3/api'), [
      'ai/generated/release-3/api',
      'branch',
    ]);
    assert.deepEqual(at('Artifact: docs/a (1).md (1.5 KB)'), ['docs/a (1).md', 'artifact']);
    assert.deepEqual(at('Agent: coder (.sluice/agents/coder.yaml)'), [
      '.sluice/agents/coder.yaml',
      'file',
    ]);
    assert.equal(at('Asks: May it pass?'), undefined);
  });

  it('mean files below the folder: of the copy a task worked in, and of the folder itself', () => {
    const inFolder = (path: string) => pathInFolder(path, '/home/ada/shop', 'release-3');
    assert.equal(inFolder('src/a.ts'), 'src/a.ts');
    assert.equal(inFolder('./src//a.ts'), 'src/a.ts');
    assert.equal(inFolder('src\\a.ts'), 'src/a.ts');
    assert.equal(inFolder('/home/ada/shop/src/a.ts'), 'src/a.ts');
    assert.equal(inFolder('/tmp/copies/4f/release-3/api.2/src/a.ts'), 'src/a.ts');
  });

  it('never mean a file outside it', () => {
    const inFolder = (path: string) => pathInFolder(path, '/home/ada/shop', 'release-3');
    for (const path of [
      '/etc/passwd.txt',
      '../secret.txt',
      'src/../../secret.txt',
      '/home/ada/shopping/a.ts',
      '/home/ada/shop/../secret.txt',
      '/tmp/copies/4f/release-3/api.2/../../../x.txt',
      'C:\\Windows\\a.ini',
    ]) {
      assert.equal(inFolder(path), undefined, path);
    }
  });
});
