import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  folderOfGlob,
  globCovers,
  globFault,
  globMatches,
  globsOverlap,
  parseGlob,
} from '../../../src/core/base/glob.ts';

const matches = (glob: string, path: string) => globMatches(parseGlob(glob), path);
const covers = (glob: string, path: string) => globCovers(parseGlob(glob), path);
const overlap = (a: string, b: string) => globsOverlap(parseGlob(a), parseGlob(b));

describe('a glob', () => {
  it('stands for names within a folder, and for folders with two stars', () => {
    assert.ok(matches('src/*.ts', 'src/a.ts'));
    assert.ok(!matches('src/*.ts', 'src/deep/a.ts'));
    assert.ok(matches('src/**/*.ts', 'src/a.ts'));
    assert.ok(matches('src/**/*.ts', 'src/deep/er/a.ts'));
    assert.ok(matches('**', 'anything/at/all'));
    assert.ok(matches('a?c', 'abc') && !matches('a?c', 'ac'));
    assert.ok(matches('[a-c]x', 'bx') && !matches('[!a-c]x', 'bx'));
    assert.ok(matches('*', '.hidden'));
    assert.ok(matches('{src,test}/{a,b{c,d}}.ts', 'test/bd.ts'));
    assert.ok(!matches('{src,test}/{a,b{c,d}}.ts', 'test/b.ts'));
  });

  it('covers what is in a folder that it matches', () => {
    assert.ok(covers('src/api', 'src/api/deep/a.ts'));
    assert.ok(covers('src/api/', 'src/api'));
    assert.ok(covers('src/*', 'src/api/a.ts'));
    assert.ok(!covers('src/api', 'src/apis'));
  });

  it('is refused with what is wrong', () => {
    for (const [glob, fault] of [
      ['', /empty/],
      ['/etc/*', /absolute/],
      ['C:/x', /absolute/],
      ['a\\b', /backslash/],
      ['a//b', /two slashes/],
      ['../x', /"\.\."/],
      ['a/./b', /"\."/],
      ['a/**b', /"\*\*" beside/],
      ['a/[b', /"\[" without/],
      ['a/{b', /"\{" without/],
      ['a}', /"\}" without/],
      ['{a,b}'.repeat(7), /more than 64/],
      ['x'.repeat(1001), /longer/],
    ] as const) {
      assert.match(globFault(glob) ?? 'none', fault, glob);
    }
    assert.equal(globFault('src/**/[a-z]*.{ts,tsx}'), undefined);
  });

  it('begins in a folder', () => {
    assert.equal(folderOfGlob('src/api/**/*.ts'), 'src/api');
    assert.equal(folderOfGlob('*.ts'), '');
    assert.equal(folderOfGlob('src/a.ts'), 'src');
  });

  it('overlaps another where a path could be under both', () => {
    assert.ok(overlap('src/api/**', 'src/**/*.ts'));
    assert.ok(overlap('src', 'src/api/a.ts'));
    assert.ok(overlap('**/*.md', 'docs/**'));
    assert.ok(overlap('a*', '*b'));
    assert.ok(!overlap('src/api/**', 'src/auth/**'));
    assert.ok(!overlap('a[0-4]/**', 'a[5-9]/**'));
    assert.ok(!overlap('src/a.ts', 'src/b.ts'));
    assert.ok(overlap('src/a.ts', 'src/a.ts/x'), 'a folder may stand where a file stood');
  });

  const name = fc.stringMatching(/^[ab.]{1,3}$/).filter((text) => !/^\.+$/.test(text));
  const wild = fc.constantFrom('*', '?', 'a*', '*b', '[ab]', '[!a]', '**', '{a,b}');
  const segment = fc.oneof(name, wild);
  const glob = fc.array(segment, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));

  it('overlaps another whenever both cover a path', () => {
    fc.assert(
      fc.property(glob, glob, path, (a, b, at) => {
        assert.equal(overlap(a, b), overlap(b, a));
        if (covers(a, at) && covers(b, at)) {
          assert.ok(overlap(a, b), `${a} and ${b} both cover ${at}`);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('matches what the regular expression of the same meaning matches', () => {
    fc.assert(
      fc.property(glob, path, (text, at) => {
        const pattern = text
          .split('/')
          .map((part) =>
            part === '**'
              ? '**'
              : part
                  .replaceAll('.', '\\.')
                  .replaceAll('*', '[^/]*')
                  .replaceAll('?', '[^/]')
                  .replaceAll('[!a]', '[^a/]')
                  .replaceAll('{a,b}', '(?:a|b)'),
          )
          .join('/');
        // Any number of folders, none too: a slash goes with each.
        const spelled = `/${pattern}`.replaceAll('/**', '(?:/[^/]+)*');
        assert.equal(matches(text, at), new RegExp(`^${spelled}$`).test(`/${at}`));
      }),
      { numRuns: 3000 },
    );
  });

  it('is never slow', () => {
    const started = performance.now();
    const hostile = parseGlob(`${'*a'.repeat(400)}b`);
    assert.ok(!globMatches(hostile, 'a'.repeat(2000)));
    assert.ok(globsOverlap(hostile, parseGlob('a*'.repeat(400))));
    assert.ok(performance.now() - started < 2000);
  });
});
