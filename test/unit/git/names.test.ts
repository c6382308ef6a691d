import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { branchPrefixFault } from '../../../src/core/domain/branchPrefix.ts';
import { isOwnRef } from '../../../src/core/git/refName.ts';
import { treePathProblem } from '../../../src/core/git/treePath.ts';
import { anyText } from '../../support/anyText.ts';

describe('paths in a tree', () => {
  it('may be any a person would choose', () => {
    for (const path of [
      'README.md',
      'src/core/git/treePath.ts',
      'docs/Übersicht/日本語.md',
      'a b/c d.txt',
      '.gitignore',
      '.github.md',
      'git',
      'x.git',
      'con-text.md',
      'console.log',
      'backup~',
      'file.~1~',
      'long/'.repeat(50) + 'x',
      'e\u0301.md',
      '😀.md',
      'quotes\'"?*|<>',
    ]) {
      assert.equal(treePathProblem(path), undefined, path);
    }
  });

  it('may not reach .git or leave their place on any system', () => {
    for (const path of [
      '',
      '/etc/passwd',
      'a//b',
      'a/',
      './a',
      'a/../b',
      '..',
      '.git',
      '.git/config',
      'a/.GIT/hooks/post-commit',
      '.Git/x',
      '.git./x',
      '.git /x',
      '.git. . /x',
      '.g\u200cit/config',
      '\u2060.git/config',
      '.git\ufeff/config',
      '.gıt/x',
      '.ｇｉｔ/x',
      'git~1/config',
      'GIT~2',
      'GI7EBA~1',
      'VSCODE~1/tasks.json',
      'a~1.COD',
      '.git::$INDEX_ALLOCATION/x',
      'file.txt:stream',
      'C:/x',
      'a\\b',
      'a\0b',
      'a\nb',
      'a\u007fb',
      'a\u0085b',
      'con',
      'AUX.md',
      'docs/nul.tar.gz',
      'com1',
      'LPT9.txt',
      'COM¹',
      'conin$',
      'prn .txt',
      'a. /x',
      'dot.',
      'blank ',
      '\ud800',
      'x'.repeat(256),
      'é'.repeat(128),
      'long/'.repeat(1000),
    ]) {
      assert.notEqual(treePathProblem(path), undefined, JSON.stringify(path));
    }
  });

  it('are refused for every spelling of .git that a file system could fold', () => {
    const ignorable = fc.constantFrom(
      '',
      '\u200c',
      '\u200d',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u180e',
    );
    const spelled = fc
      .tuple(
        ...['.', 'g', 'i', 't'].map((letter) =>
          fc.tuple(ignorable, fc.constantFrom(letter, letter.toUpperCase())),
        ),
        fc.tuple(ignorable, fc.constantFrom('', '.', ' ', '. .', ' ...')),
      )
      .map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(spelled, fc.constantFrom('', 'a/', 'a/b/'), (name, before) => {
        assert.notEqual(treePathProblem(`${before}${name}/config`), undefined);
        assert.notEqual(treePathProblem(`${before}${name}`), undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('that are taken have only plain, short parts', () => {
    const part = fc.oneof(
      anyText({ maxLength: 8 }),
      fc.constantFrom('a', '..', '.', '', '.git', 'nul', 'ab~1', 'x.', 'é'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        if (treePathProblem(path) === undefined) {
          for (const name of path.split('/')) {
            assert.ok(name !== '' && name !== '.' && name !== '..' && !/[\p{Cc}\\:]/u.test(name));
            assert.ok(!/^\.git$/i.test(name) && Buffer.byteLength(name) <= 255);
            assert.equal(Buffer.from(name).toString(), name);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('refs Sluice writes', () => {
  it('are its branches and tags', () => {
    for (const ref of [
      'refs/heads/ai/generated/review-1/lint',
      'refs/heads/ai/generated/review-1/Lint_2.b',
      'refs/tags/workflow_review-1_lint',
      'refs/tags/workflow_review-12_Step.One',
    ]) {
      assert.ok(isOwnRef(ref, 'ai/generated'), ref);
    }
  });

  it('are no others', () => {
    for (const ref of [
      'HEAD',
      'hooks/post-commit',
      'refs/heads/main',
      'refs/heads/ai',
      'refs/heads/ai/generated',
      'refs/heads/ai/generated/',
      'refs/heads/ai/generated/a/../../../main',
      'refs/heads/ai/generated/..',
      'refs/heads/ai/generated/a..b',
      'refs/heads/ai/generated/a.lock',
      'refs/heads/ai/generated/a.lock/b',
      'refs/heads/ai/generated/a.LOCK/b',
      'refs/heads/ai/generated/a./b',
      'refs/heads/ai/generated/a.',
      'refs/heads/ai/generated/A/b',
      'refs/heads/ai/generated/-a',
      'refs/heads/ai/generated/.a',
      'refs/heads/ai/generated/a b',
      'refs/heads/ai/generated/a\n',
      'refs/heads/ai/generated/ä',
      'refs/heads/ai/generated/@{1}',
      'refs/heads/ai/generated/a//b',
      'refs/heads/ai/generatedx/a',
      `refs/heads/ai/generated/${'a'.repeat(82)}`,
      'refs/tags/v1',
      'refs/tags/workflow_',
      'refs/tags/workflow_a/b',
      'refs/tags/workflow_a..b',
      'refs/tags/workflow_a.lock',
      'refs/tags/workflow_a.',
      'refs/remotes/origin/main',
      '/refs/heads/ai/generated/a',
      'refs/heads/-x',
    ]) {
      assert.equal(isOwnRef(ref, 'ai/generated'), false, ref);
    }
  });

  it('are names Git takes, whatever is asked', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'B', '0', '.', '-', '_', '/', '@', '~', ' ', '..', '.lock', 'é'),
      maxLength: 6,
    });
    const taken = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom('refs/heads/ai/generated/', 'refs/tags/workflow_'),
        part,
        (start, rest) => {
          const ref = `${start}${rest}`;
          if (isOwnRef(ref, 'ai/generated')) {
            assert.match(
              ref,
              /^refs\/(heads\/ai\/generated\/[A-Za-z0-9]|tags\/workflow_[A-Za-z0-9])/,
            );
            assert.doesNotMatch(ref, /\.\.|\.lock(?:\/|$)|\.(?:\/|$)|\/\/|[^A-Za-z0-9._/-]/);
            taken.add(ref);
          }
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(taken.size > 20);
    for (const ref of [...taken].slice(0, 20)) {
      assert.equal(spawnSync('git', ['check-ref-format', ref]).status, 0, ref);
    }
  });

  it('are below the prefix of their run, whatever it is', () => {
    for (const prefix of ['sluice', 'Team/AI', 'ki/erzeugt-für-dich', 'a.b/c_d']) {
      assert.ok(isOwnRef(`refs/heads/${prefix}/review-1/Lint`, prefix));
      assert.equal(isOwnRef(`refs/heads/${prefix}`, prefix), false);
      assert.equal(isOwnRef(`refs/heads/${prefix}x/review-1/lint`, prefix), false);
      assert.equal(isOwnRef('refs/heads/ai/generated/review-1/lint', prefix), false);
      assert.ok(isOwnRef('refs/tags/workflow_review-1_lint', prefix));
    }
    assert.equal(isOwnRef('refs/heads/../x/a', '..'), false);
    assert.equal(isOwnRef('refs/heads//a', ''), false);
  });
});

describe('a prefix of branches', () => {
  it('is refused with the reason', () => {
    for (const [prefix, reason] of [
      ['', /empty/],
      ['HEAD', /checked out/],
      ['@', /checked out/],
      ['refs/heads/ai', /refs\//],
      ['/ai', /slash/],
      ['ai/', /slash/],
      ['ai//x', /two slashes/],
      ['-ai', /dash/],
      ['.ai', /dot/],
      ['ai/.x', /dot/],
      ['ai./x', /dot/],
      ['a..b', /range/],
      ['a@{b', /time/],
      ['a.lock/b', /\.lock/],
      ['a.LOCK', /\.lock/],
      ['a b', /blank/],
      ['a\tb', /blank/],
      ['a\u0000', /control/],
      ['a~b', /~/],
      ['a^', /\^/],
      ['a:b', /:/],
      ['a?', /\?/],
      ['a*', /\*/],
      ['a[b', /\[/],
      ['a\\b', /\\/],
      ['a|b', /\|/],
      ['e\u0301', /accents/],
      ['aux/x', /device/],
      ['x'.repeat(101), /longer/],
    ] as const) {
      assert.match(branchPrefixFault(prefix) ?? 'none', reason, JSON.stringify(prefix));
    }
  });

  it('that is taken makes names Git takes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', '0', '.', '-', '_', '/', '@', '{', '~', ' ', '\u007f', 'é'),
      maxLength: 8,
    });
    const taken = new Set<string>();
    fc.assert(
      fc.property(text, (prefix) => {
        if (branchPrefixFault(prefix) === undefined) {
          taken.add(prefix);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken.size > 40);
    for (const prefix of [...taken].slice(0, 40)) {
      const ref = `${prefix}/run-1/task`;
      assert.equal(spawnSync('git', ['check-ref-format', '--branch', ref]).status, 0, prefix);
    }
  });
});
