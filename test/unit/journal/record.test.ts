import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import { decodeLine, encodeRecord, NO_RECORD } from '../../../src/core/journal/record.ts';
import { anyBody, created, RUN } from './journalRig.ts';

const event: RunEvent = { v: 1, run: RUN, seq: 1, epoch: 1, at: 0, ...created };

/** A line with a right checksum, whatever it says. */
function line(json: string | Uint8Array): Buffer {
  const bytes = Buffer.from(json);
  return Buffer.concat([Buffer.from(`${crc32(bytes).toString(16).padStart(8, '0')} `), bytes]);
}

describe('A record', () => {
  it('gives back the event it was made of, whatever stands in it', () => {
    const header = fc.record({ seq: fc.nat(), epoch: fc.nat(), at: fc.nat() });
    fc.assert(
      fc.property(anyBody, header, fc.stringMatching(/^[0-9a-f]{8}$/), (body, head, prev) => {
        const { seq, epoch, at } = head;
        const event: RunEvent = { v: 1, run: RUN, seq: seq + 1, epoch: epoch + 1, at, ...body };
        const { line, checksum } = encodeRecord(event, prev);
        const bytes = Buffer.from(line);
        assert.equal(bytes.indexOf(0x0a), bytes.length - 1, 'one line, whatever the texts hold');
        assert.deepEqual(decodeLine(bytes.subarray(0, -1)), {
          kind: 'record',
          event,
          prev,
          checksum,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is noticed when any one of its bytes is another', () => {
    const bytes = Buffer.from(encodeRecord(event, NO_RECORD).line);
    for (let at = 0; at < bytes.length - 1; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes.subarray(0, -1));
        flipped[at] = flipped[at]! ^ (1 << bit);
        assert.deepEqual(decodeLine(flipped), { kind: 'garbled' }, `byte ${at}, bit ${bit}`);
      }
    }
  });

  it('is garbled, not an error, whatever bytes stand in its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        assert.equal(decodeLine(Buffer.from(bytes)).kind, 'garbled');
      }),
    );
  });

  it('is refused when its checksum is right and it is no event', () => {
    const { prev: _prev, ...rest } = { ...event, prev: NO_RECORD };
    for (const json of [
      '',
      '{',
      'null',
      '7',
      '[]',
      '{}',
      JSON.stringify(rest),
      JSON.stringify({ ...event, prev: 0 }),
      JSON.stringify({ ...event, prev: NO_RECORD, more: 1 }),
      JSON.stringify({ ...event, prev: NO_RECORD, v: 0 }),
      JSON.stringify({ ...event, prev: NO_RECORD, run: '../../etc-1' }),
      JSON.stringify({ ...event, prev: NO_RECORD, seq: 0 }),
      JSON.stringify({ ...event, prev: NO_RECORD, seq: 1.5 }),
      JSON.stringify({ ...event, prev: NO_RECORD, type: 'task-started', task: '../x', attempt: 1 }),
      `{"__proto__":{},${JSON.stringify({ ...event, prev: NO_RECORD }).slice(1)}`,
    ]) {
      const { kind } = decodeLine(line(json));
      assert.equal(kind, json === '' ? 'garbled' : 'refused', json);
    }
  });

  it('of a newer version is named as such, whatever else it says', () => {
    assert.deepEqual(decodeLine(line('{"v":2,"prev":"x","what":"nobody knows"}')), {
      kind: 'newer',
      version: 2,
    });
  });

  it('is never written when it could not be read', () => {
    const malformed = { ...event, seq: 0 };
    assert.throws(() => encodeRecord(malformed, NO_RECORD), /^Error: Internal error: .*seq/);
  });
});
