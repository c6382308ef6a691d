import assert from 'node:assert/strict';
import { parseYaml } from '../../../src/core/definitions/source/yamlSource.ts';
import { decodeSource } from '../../../src/core/definitions/source/sourceText.ts';

function parsed(text: string) {
  const source = decodeSource('a.yaml', Buffer.from(text));
  assert.ok(source.ok);
  return { ...parseYaml(source.value), source: source.value };
}

/** The text after the first repair that is offered; `undefined`: none is. */
function repaired(text: string): string | undefined {
  const { diagnostics, source } = parsed(text);
  const [edit] = diagnostics[0]?.fixes?.[0]?.edits ?? [];
  return (
    edit &&
    text.slice(0, source.offsetAt(edit.range.start)) +
      edit.text +
      text.slice(source.offsetAt(edit.range.end))
  );
}

describe('A value that holds ": "', () => {
  it('can be put in quotes', () => {
    const text = 'name: a\ndescription: Looks for holes: injection, "secrets".\nmodel: b\n';
    const mended = repaired(text) ?? '';
    assert.equal(
      mended,
      'name: a\ndescription: "Looks for holes: injection, \\"secrets\\"."\nmodel: b\n',
    );
    assert.deepEqual(parsed(mended).diagnostics, []);
    assert.deepEqual(
      { ...(parsed(mended).document?.root.value as object) },
      {
        name: 'a',
        description: 'Looks for holes: injection, "secrets".',
        model: 'b',
      },
    );
  });

  it('keeps the comment behind it, and the line end', () => {
    assert.equal(repaired('a: b: c # why\r\nd: e\r\n'), 'a: "b: c" # why\r\nd: e\r\n');
  });

  it('is left alone where quotes would not mend it', () => {
    for (const text of ['a: [b: c\n', 'a: "b": c\n', 'a: &b c: d\n', 'a:\n  b: c\n d\n']) {
      assert.equal(repaired(text), undefined, text);
    }
  });

  it('is left alone in a file that takes long to read', () => {
    assert.equal(repaired(`a: b: c\n${'# more\n'.repeat(20_000)}`), undefined);
  });
});
