import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isTrue, lastSetting, parseGitConfig } from '../../../src/core/git/gitConfig.ts';

describe('a Git configuration', () => {
  it('is read as Git reads it', () => {
    const text = [
      '# a comment',
      '[core]',
      '\trepositoryformatversion = 0',
      '\tFileMode = true ; and why',
      '\tbare',
      '[Remote "Origin \\"x\\""] url = https://example.org/a#b',
      '\tfetch = "+refs/heads/*:refs/remotes/origin/*" # all',
      '\tpushurl=  spaced   out\t ',
      '[alias]',
      '  one = !echo \\',
      'two \\"three\\" \\\\ \\t',
      '  quoted = "  kept  " and more  ',
      '[Old.Form]',
      '  name = "a;b"',
      '[extensions] objectFormat = SHA256',
      '',
    ].join('\n');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-config-'));
    try {
      const file = path.join(folder, 'config');
      fs.writeFileSync(file, text);
      const listed = execFileSync('git', ['config', '--file', file, '--list', '-z'])
        .toString()
        .split('\0')
        .filter((entry) => entry !== '');
      const read = parseGitConfig(text).map(
        ({ section, subsection, name, value }) =>
          `${section}${subsection === undefined ? '' : `.${subsection}`}.${name}${value === undefined ? '' : `\n${value}`}`,
      );
      assert.deepEqual(read, listed);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('with Windows line ends and a byte order mark is read', () => {
    const settings = parseGitConfig('\ufeff[core]\r\n\tbare = true\r\n\tx\r\n');
    assert.equal(isTrue(lastSetting(settings, 'core', 'bare')), true);
    assert.equal(isTrue(lastSetting(settings, 'core', 'x')), true);
  });

  it('says the last word last', () => {
    const settings = parseGitConfig(
      '[core]\nbare = true\n[core]\nbare = no\n[core "a"]\nbare = 1\n',
    );
    assert.equal(isTrue(lastSetting(settings, 'core', 'bare')), false);
  });

  it('that Git would refuse is refused with the line', () => {
    assert.throws(() => parseGitConfig('[core]\n= x\n'), /line 2/);
    assert.throws(() => parseGitConfig('bare = true\n'), /line 1/);
  });
});
