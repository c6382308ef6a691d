import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasMarks, markedText, takesOwnVersion } from '../../../src/vscode/conflictText.ts';
import { mergeCommand } from '../../../src/vscode/mergeCommand.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const marked = (ours: string | undefined, theirs: string | undefined) =>
  markedText(
    { name: 'ours', bytes: ours === undefined ? undefined : bytes(ours) },
    { name: 'theirs', bytes: theirs === undefined ? undefined : bytes(theirs) },
  );

describe('A text with the marks of a conflict', () => {
  it('has what is the same once, and both versions of what is not', () => {
    assert.equal(
      marked('a\nours\nz\n', 'a\ntheirs\nz\n'),
      'a\n<<<<<<< ours\nours\n=======\ntheirs\n>>>>>>> theirs\nz\n',
    );
  });

  it('shows a removed file as nothing, and a last line without an end on a line of its own', () => {
    assert.equal(marked('a', undefined), '<<<<<<< ours\na\n=======\n>>>>>>> theirs\n');
  });

  it('keeps the line ends of Windows', () => {
    assert.equal(
      marked('a\r\nx\r\n', 'a\r\ny\r\n'),
      'a\r\n<<<<<<< ours\r\nx\r\n=======\r\ny\r\n>>>>>>> theirs\r\n',
    );
  });

  it('is none of bytes that are no text', () => {
    assert.equal(marked('a\u0000', 'b'), undefined);
  });

  it('comes back to either version when the other side is taken out', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, (ours, theirs) => {
        const text = marked(ours.join(''), theirs.join('')) ?? '';
        const sides = /^([^]*?)<{7} ours\n([^]*?)={7}\n([^]*?)>{7} theirs\n([^]*)$/.exec(text);
        assert.ok(sides);
        const [, before = '', one = '', other = '', after = ''] = sides;
        assert.equal(before + one + after, ours.join(''));
        assert.equal(before + other + after, theirs.join(''));
        assert.ok(hasMarks(text));
        assert.ok(!hasMarks(before + one + after));
      }),
    );
  });
});

describe('What can be chosen of a conflict', () => {
  it('is a version of their own only where there are lines', () => {
    const version = { digest: 'd', bytes: 1, executable: false } as never;
    const base = { path: 'a', was: version, ours: version, theirs: version };
    assert.ok(takesOwnVersion({ ...base, kind: 'content' }));
    assert.ok(takesOwnVersion({ ...base, kind: 'removed', ours: undefined }));
    for (const kind of ['binary', 'folder', 'mode', 'kind'] as const) {
      assert.ok(!takesOwnVersion({ ...base, kind }), kind);
    }
  });
});

describe('The command that brings a branch in', () => {
  it('is plain where a shell reads the name as a name, and quoted elsewhere', () => {
    assert.equal(mergeCommand('ai/generated/x-1/merged'), 'git merge ai/generated/x-1/merged');
    assert.equal(mergeCommand('a$(b)/x-1/merged'), `git merge 'a$(b)/x-1/merged'`);
    assert.equal(mergeCommand(`a'b/x`), `git merge 'a'"'"'b/x'`);
  });
});
