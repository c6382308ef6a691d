import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import { describeDamage } from '../../../src/core/journal/damage.ts';
import { followJournal, JOURNAL_START, readJournal } from '../../../src/core/journal/reader.ts';
import { encodeRecord } from '../../../src/core/journal/record.ts';
import { JournalWriter } from '../../../src/core/journal/writer.ts';
import {
  created,
  hastyDisk,
  openWriter,
  optionsFor,
  started,
  TempFolder,
  writeJournal,
} from './journalRig.ts';

describe('A journal', function () {
  // Each place something can go wrong at is tried in turn, on whatever machine.
  this.timeout(20_000);
  let folder: TempFolder;

  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.dispose());

  const read = () => readJournal(nodeDisk, folder.run);
  const open = (over = {}) => JournalWriter.open(optionsFor(folder.run, over));

  /** Behind which bytes a record ends. */
  function ends(bytes: Buffer): number[] {
    return [...bytes.keys()].filter((at) => bytes[at] === 0x0a).map((at) => at + 1);
  }

  it('is empty when there is no folder, no file or no byte', async () => {
    const empty = { events: [], end: JOURNAL_START, damage: undefined };
    assert.deepEqual(await readJournal(nodeDisk, path.join(folder.root, 'none')), empty);
    assert.deepEqual(await read(), empty);
    fs.writeFileSync(folder.segment, '');
    assert.deepEqual(await read(), empty);
  });

  it('cut anywhere reads as the events so far and a torn tail, is repaired and written on', async () => {
    const events = await writeJournal(folder.run, ['a', 'b']);
    const whole = fs.readFileSync(folder.segment);
    for (let size = 0; size < whole.length; size++) {
      fs.rmSync(folder.run, { recursive: true });
      fs.mkdirSync(folder.run);
      fs.writeFileSync(folder.segment, whole.subarray(0, size));
      const at = ends(whole).filter((end) => end <= size);
      const left = events.slice(0, at.length);
      const offset = at.at(-1) ?? 0;
      const reading = await readJournal(hastyDisk, folder.run);
      assert.deepEqual(reading.events, left, `${size} bytes`);
      const tail = { segment: 1, offset, bytes: size - offset, lines: 0 };
      const damage = size === offset ? undefined : { kind: 'torn-tail', ...tail };
      assert.deepEqual(reading.damage, damage);

      const opened = await open({ disk: hastyDisk });
      assert.ok(opened.ok);
      assert.deepEqual(opened.value.events, left);
      if (damage === undefined) {
        assert.equal(opened.value.repaired, undefined);
      } else {
        const kept = opened.value.repaired!.kept;
        assert.deepEqual(fs.readFileSync(kept), whole.subarray(offset, size), 'no byte is lost');
      }
      const more = opened.value.writer.append([created]);
      await opened.value.writer.close();
      const again = await readJournal(hastyDisk, folder.run);
      assert.deepEqual([again.events, again.damage], [[...left, ...more], undefined]);
    }
  });

  it('with any one byte changed never yields another event, nor hides that something is wrong', async () => {
    const events = await writeJournal(folder.run, ['a', 'b']);
    const whole = fs.readFileSync(folder.segment);
    const records = ends(whole);
    for (let at = 0; at < whole.length; at++) {
      // One bit, a line feed, NUL as file systems leave it, and what is no UTF-8.
      const others = [whole[at]! ^ (1 << (at % 8)), 0x0a, 0x00, 0xff];
      for (const other of others.filter((one) => one !== whole[at])) {
        const changed = Buffer.from(whole);
        changed[at] = other;
        fs.writeFileSync(folder.segment, changed);
        const { events: taken, damage } = await readJournal(hastyDisk, folder.run);
        const before = records.filter((end) => end <= at).length;
        assert.deepEqual(taken, events.slice(0, before), `byte ${at} as ${other}`);
        assert.equal(damage?.offset, records[before - 1] ?? 0);
        // In the last record, or in the line feed before it, nothing whole stands behind it.
        const isLast = at >= records.at(-2)! - 1;
        assert.equal(damage.kind, isLast ? 'torn-tail' : 'corrupt', `byte ${at} as ${other}`);
      }
    }
  });

  it('with damage in the middle is refused, and kept as it was found', async () => {
    const events = await writeJournal(folder.run, ['a', 'b', 'c']);
    const bytes = fs.readFileSync(folder.segment);
    bytes.fill(0, ends(bytes)[0], ends(bytes)[0]! + 20);
    fs.writeFileSync(folder.segment, bytes);
    for (const attempt of [1, 2]) {
      const opened = await open();
      assert.ok(!opened.ok && opened.error.kind === 'corrupt', `attempt ${attempt}`);
      assert.equal(opened.error.damage.recordsAfter, 2);
      assert.match(describeDamage(opened.error.damage), /checksum is wrong; 2 records behind it/);
      assert.deepEqual(fs.readFileSync(opened.error.copy!), bytes);
    }
    assert.deepEqual((await read()).events, events.slice(0, 1));
    assert.deepEqual(fs.readFileSync(folder.segment), bytes);
    assert.equal(folder.names().length, 2, 'one copy is enough');
  });

  it('holds what it holds as bytes: no character but the line feed ends a record', async () => {
    const writer = await openWriter(folder.run);
    const body = { ...created, workflow: 'a\u2028b\u2029c\u0085d\r\ne\0\ud800' };
    const events = writer.append([body]);
    await writer.close();
    assert.deepEqual((await read()).events, events);
  });

  it('of another run, or with records of another one brought in, is refused', async () => {
    await writeJournal(folder.run, ['a']);
    const other = await open({ run: 'other-2' });
    assert.deepEqual(other, { ok: false, error: { kind: 'other-run', found: 'example-1' } });
    const [, spliced] = fs.readFileSync(folder.segment, 'utf8').split('\n');
    fs.appendFileSync(folder.segment, `${spliced}\n`);
    const opened = await open();
    assert.ok(!opened.ok && opened.error.kind === 'corrupt');
    assert.match(opened.error.damage.reason, /event 2 stands where event 3 belongs/);
  });

  it('notices whole records that do not follow one another', async () => {
    const claim = { epoch: 2, stillOwner: () => true };
    const events = await writeJournal(folder.run, ['a'], { claim });
    const whole = fs.readFileSync(folder.segment);
    const prev = whole.toString('latin1', ends(whole)[0], ends(whole)[0]! + 8);
    const next = { ...events[1]!, seq: 3 };
    const cases: [RunEvent, string, RegExp][] = [
      [{ ...next, seq: 4 }, prev, /event 4 stands where event 3 belongs/],
      [next, '0badcafe', /does not follow the record before it/],
      [{ ...next, epoch: 1 }, prev, /falls back to epoch 1/],
      [{ ...next, run: 'example-2' as RunEvent['run'] }, prev, /belongs to example-2/],
    ];
    for (const [event, follows, reason] of cases) {
      const record = Buffer.from(encodeRecord(event, follows).line);
      fs.writeFileSync(folder.segment, Buffer.concat([whole, record]));
      const { events: taken, damage } = await read();
      assert.deepEqual(taken, events);
      assert.ok(damage?.kind === 'corrupt');
      assert.match(damage.reason, reason);
    }
  });

  it('is not written by who was overtaken', async () => {
    await writeJournal(folder.run, ['a'], { claim: { epoch: 3, stillOwner: () => true } });
    const late = await open({ claim: { epoch: 2, stillOwner: () => true } });
    assert.deepEqual(late, { ok: false, error: { kind: 'superseded', epoch: 3 } });
  });

  it('of a newer version is left alone, and says so', async () => {
    const events = await writeJournal(folder.run, ['a']);
    const json = '{"v":7,"seq":3,"prev":"00000000","new":true}';
    const crc = crc32(json).toString(16).padStart(8, '0');
    fs.appendFileSync(folder.segment, `${crc} ${json}\n${crc} ${json}\n`);
    const before = fs.readFileSync(folder.segment);
    const reading = await read();
    assert.deepEqual(reading.events, events, 'what is known is shown');
    assert.ok(reading.damage?.kind === 'newer-version');
    assert.match(describeDamage(reading.damage), /newer Sluice \(format 7/);
    const opened = await open();
    assert.ok(!opened.ok && opened.error.kind === 'newer-version');
    assert.deepEqual([folder.names(), fs.readFileSync(folder.segment)], [['0001.jsonl'], before]);
  });

  describe('in segments', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `t${n}`);

    it('reads back as one, from the start and from any place', async () => {
      const events = await writeJournal(folder.run, ids, { segmentBytes: 600 });
      assert.ok(folder.names().length > 4, folder.names().join());
      for (const name of folder.names()) {
        assert.ok(fs.statSync(path.join(folder.run, name)).size <= 600);
      }
      assert.deepEqual((await read()).events, events);
      const opened = await open({ segmentBytes: 600 });
      assert.ok(opened.ok);
      const more = opened.value.writer.append([started('more')]);
      await opened.value.writer.close();
      assert.deepEqual((await read()).events, [...events, ...more]);
    });

    it('is refused when one is missing, the first one too', async () => {
      await writeJournal(folder.run, ids, { segmentBytes: 600 });
      for (const [name, missing] of [
        ['0003.jsonl', 'segment 3 is missing'],
        ['0001.jsonl', 'segment 1 is missing'],
      ] as const) {
        fs.rmSync(path.join(folder.run, name));
        const opened = await open();
        assert.ok(!opened.ok && opened.error.kind === 'corrupt');
        assert.equal(opened.error.damage.reason, missing);
      }
    });

    it('with only a torn last one left is damaged, not a new journal', async () => {
      fs.writeFileSync(path.join(folder.run, '0002.jsonl'), '12345678 {"v"');
      const opened = await open();
      assert.ok(!opened.ok && opened.error.kind === 'corrupt');
    });

    it('takes a batch larger than a segment as one', async () => {
      const writer = await openWriter(folder.run, { segmentBytes: 300 });
      writer.append([created]);
      writer.append(ids.map((id) => started(id)));
      await writer.close();
      assert.deepEqual(folder.names(), ['0001.jsonl', '0002.jsonl']);
      assert.equal((await read()).events.length, 21);
    });
  });

  describe('followed while it is written', () => {
    it('gives each event once and never sees half a record as damage', async () => {
      const events = await writeJournal(folder.run, ['a', 'b', 'c', 'd', 'e', 'f']);
      const whole = fs.readFileSync(folder.segment);
      fs.writeFileSync(folder.segment, '');
      const seen: RunEvent[] = [];
      let from = JOURNAL_START;
      for (let at = 0; at < whole.length; at += 7) {
        fs.appendFileSync(folder.segment, whole.subarray(at, at + 7));
        const reading = await followJournal(nodeDisk, folder.run, from);
        assert.equal(reading.damage, undefined);
        seen.push(...reading.events);
        from = reading.end;
      }
      assert.deepEqual(seen, events);
    });

    it('goes on over the ends of segments', async () => {
      const writer = await openWriter(folder.run, { segmentBytes: 500 });
      const events: RunEvent[] = [];
      const seen: RunEvent[] = [];
      let from = JOURNAL_START;
      for (let n = 0; n < 12; n++) {
        events.push(...writer.append(n % 3 === 0 ? [created] : [created, started(`t${n}`)]));
        const reading = await followJournal(nodeDisk, folder.run, from);
        seen.push(...reading.events);
        from = reading.end;
      }
      assert.deepEqual(seen, events);
      assert.deepEqual(await followJournal(nodeDisk, folder.run, from), {
        events: [],
        end: from,
        damage: undefined,
      });
      await writer.close();
    });

    it('asks to be read anew when a batch that was seen in part was taken back', async () => {
      await writeJournal(folder.run, ['a', 'b']);
      const whole = fs.readFileSync(folder.segment);
      const { end } = await followJournal(nodeDisk, folder.run);
      const shorter = whole.subarray(0, ends(whole)[1]);
      fs.writeFileSync(folder.segment, shorter);
      const rewound = { kind: 'rewound', segment: 1, offset: whole.length };
      assert.deepEqual((await followJournal(nodeDisk, folder.run, end)).damage, rewound);
      // Other records of the same length, or longer ones, now stand there.
      for (const ids of [
        ['x', 'y'],
        ['longer-names', 'than-before'],
      ]) {
        const writer = await openWriter(folder.run);
        ids.forEach((id) => writer.append([started(id)]));
        await writer.close();
        assert.deepEqual((await followJournal(nodeDisk, folder.run, end)).damage, rewound);
        fs.writeFileSync(folder.segment, shorter);
      }
      fs.rmSync(folder.segment);
      assert.deepEqual((await followJournal(nodeDisk, folder.run, end)).damage, rewound);
    });
  });
});
