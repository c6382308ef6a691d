import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sourceOf } from '../definitions/marked.ts';

describe('A position in a text', () => {
  it('leads back to its offset, whatever ends the lines', () => {
    const line = fc.constantFrom('a', 'bc', '', '\n', '\r\n', '\r', 'é', '💥');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat({ max: 30 }), (parts, at) => {
        const source = sourceOf('x.yaml', parts.join(''));
        const offset = Math.min(at, source.text.length);
        const isInLineEnd = source.text.slice(offset - 1, offset + 1) === '\r\n';
        const { start } = source.range(offset, offset);
        assert.equal(source.offsetAt(start), isInLineEnd ? offset - 1 : offset);
      }),
    );
  });

  it('means the end of its line, or of the text, where it is behind them', () => {
    const source = sourceOf('x.yaml', 'ab\r\ncd');
    assert.equal(source.offsetAt({ line: 1, column: 99 }), 2);
    assert.equal(source.offsetAt({ line: 2, column: 99 }), 6);
    assert.equal(source.offsetAt({ line: 9, column: 1 }), 6);
    assert.equal(source.offsetAt({ line: 0, column: 0 }), 0);
  });
});
