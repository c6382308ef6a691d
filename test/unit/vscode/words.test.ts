import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitWords } from '../../../src/vscode/commands/words.ts';

function wordsOf(line: string): readonly string[] {
  const words = splitWords(line);
  assert.ok(words.ok, line);
  return words.value;
}

describe('A command typed as a line', () => {
  it('is cut at spaces', () => {
    assert.deepEqual(wordsOf('  npm test\t--  a '), ['npm', 'test', '--', 'a']);
  });

  it('keeps together what quotes hold, as a shell does', () => {
    assert.deepEqual(wordsOf(`git commit -m 'It is "done"' --author="A B"`), [
      ...['git', 'commit', '-m', 'It is "done"', '--author=A B'],
    ]);
    assert.deepEqual(wordsOf(`echo '' "" a''b`), ['echo', '', '', 'ab']);
  });

  it('takes the character behind a backslash as it is, but in single quotes', () => {
    assert.deepEqual(wordsOf(String.raw`a\ b c\'d \\ e`), ['a b', "c'd", '\\', 'e']);
    assert.deepEqual(wordsOf(String.raw`x "a\"b\\c\n" 'd\e'`), [
      'x',
      String.raw`a"b\c\n`,
      String.raw`d\e`,
    ]);
    assert.deepEqual(wordsOf('a\\'), ['a\\']);
  });

  it('is no shell line: nothing in it is looked up', () => {
    assert.deepEqual(wordsOf('echo $HOME | cat > *.md; `ls`'), [
      ...['echo', '$HOME', '|', 'cat', '>', '*.md;', '`ls`'],
    ]);
  });

  it('is refused while a quote is open or no program is named', () => {
    assert.deepEqual(splitWords(`say 'it`), { ok: false, error: "A ' is open; close it." });
    assert.deepEqual(splitWords('say "it'), { ok: false, error: 'A " is open; close it.' });
    for (const line of ['', '   ', `''`, `"" a`]) {
      assert.equal(splitWords(line).ok, false, JSON.stringify(line));
    }
  });

  it('gives back any words that were quoted', () => {
    const program = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(program, fc.array(fc.string()), (first, rest) => {
        const words = [first, ...rest];
        const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        assert.deepEqual(wordsOf(line), words);
      }),
    );
  });
});
