import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import {
  jsonLines,
  LineTooLong,
  type JsonLine,
} from '../../../../src/core/runners/codingAgent/jsonLines.ts';

async function read(chunks: readonly Buffer[], longest?: number): Promise<JsonLine[]> {
  const lines: JsonLine[] = [];
  for await (const line of jsonLines(Readable.from(chunks), () => undefined, longest)) {
    lines.push(line);
  }
  return lines;
}

/** The bytes in pieces that end at the given places. */
function split(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...ends].map((begin, index) => bytes.subarray(begin, ends[index]));
}

describe('lines of JSON', () => {
  it('are the same however their bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }) }, { noNullPrototype: true })),
        fc.array(fc.nat()),
        fc.boolean(),
        async (messages, places, endsLine) => {
          const text = messages.map((message) => JSON.stringify(message)).join('\n');
          const bytes = Buffer.from(endsLine ? `${text}\n` : text);
          const expected = messages.map((message) => ({ kind: 'message', message }));
          assert.deepEqual(await read(split(bytes, places)), expected);
        },
      ),
    );
  });

  it('never fail for what is no JSON object', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), async (chunks) => {
        for (const line of await read(chunks.map((chunk) => Buffer.from(chunk)))) {
          assert.ok(line.kind === 'stray' || typeof line.message === 'object');
        }
      }),
    );
    assert.deepEqual(await read([Buffer.from('[1]\n\r\n{"half":\nnpm notice')]), [
      { kind: 'stray', text: '[1]' },
      { kind: 'stray', text: '{"half":' },
      { kind: 'stray', text: 'npm notice' },
    ]);
  });

  it('are not held without end', async () => {
    const chunks = Array.from({ length: 20 }, () => Buffer.alloc(100, 'x'));
    await assert.rejects(read(chunks, 1000), LineTooLong);
    assert.equal((await read(chunks, 2000)).length, 1);
  });
});
