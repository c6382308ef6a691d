import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactor } from '../../../src/core/base/redact.ts';
import { plainText } from '../../../src/core/base/text.ts';
import { tailOf, TextTail } from '../../../src/core/base/textTail.ts';

const LIMIT = 400;
const hide = redactor(() => []);

/** What programs print, and what makes it hard: cut characters, line ends, colours, keys. */
const printed = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom(
        ...[
          '\n',
          '\r\n',
          '\r',
          '\n\n',
          '\u001b[31mred\u001b[0m',
          '\u001b]0;title\u0007',
          '\u001b]0;',
        ],
        ...['\u001b', '\u0000x', '\u202e', '日本語', '👩‍👩‍👧', 'src/a.ts:3:4'],
        ...[`ghp_${'a1'.repeat(18)}`, `password = ${'x9'.repeat(9)}`, 'bearer', ' = ', ': '],
        ...['https://ada:swordfish@example.org/', 'sk-', 'a1b2c3d4e5f6a7b8c9'],
        `-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n`,
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join('').replaceAll('\u0000', ''));

function inPieces(bytes: Uint8Array, cuts: readonly number[], look: boolean): TextTail {
  const tail = new TextTail(LIMIT);
  let at = 0;
  for (const cut of [
    ...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ]) {
    tail.push(bytes.subarray(at, cut));
    at = cut;
    if (look) {
      assert.equal(tail.shown.kind, 'text');
    }
  }
  return tail;
}

describe('The end of a text that comes in pieces', () => {
  it('is the same whatever the pieces were, and whether somebody looked between them (T1)', () => {
    fc.assert(
      fc.property(
        printed,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.boolean(),
        (text, cuts, look) => {
          const bytes = Buffer.from(text);
          assert.deepEqual(inPieces(bytes, cuts, look).shown, tailOf(bytes, LIMIT));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the end of the plain text without secrets, and counts what stands before', () => {
    fc.assert(
      fc.property(printed, (text) => {
        const shown = tailOf(Buffer.from(text), LIMIT);
        const whole = hide(plainText(text));
        assert.deepEqual(shown, {
          kind: 'text',
          text: whole.slice(-LIMIT),
          left: Math.max(0, whole.length - LIMIT),
          isCounted: true,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never shows a key, wherever the bytes are cut', () => {
    const key = `sk-ant-${'a1B2'.repeat(8)}`;
    const bytes = Buffer.from(`before\n${key}\nafter`);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const tail = new TextTail(LIMIT);
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        tail.push(piece);
        const { shown } = tail;
        assert.ok(shown.kind === 'text' && !shown.text.includes(key), `cut at ${cut}`);
      }
    }
  });

  it('is told to be no text by its beginning', () => {
    const tail = new TextTail(LIMIT);
    tail.push(Buffer.from('text '));
    tail.push(Buffer.from([0, 1]));
    assert.deepEqual(tail.shown, { kind: 'binary', bytes: 7 });
    const late = new TextTail(LIMIT);
    late.push(Buffer.alloc(8192, 'x'));
    late.push(Buffer.from([0]));
    assert.equal(late.shown.kind, 'text', 'git looks no further either');
  });

  it('does not wait for the end of a line that never ends', () => {
    const tail = new TextTail(LIMIT);
    for (let n = 0; n < 50; n += 1) {
      tail.push(Buffer.alloc(10_000, 'x'));
    }
    assert.deepEqual(tail.shown, {
      kind: 'text',
      text: 'x'.repeat(LIMIT),
      left: 500_000 - LIMIT,
      isCounted: true,
    });
  });
});
