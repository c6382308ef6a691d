import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';
import { JournalError, JournalWriter } from '../../../src/core/journal/writer.ts';
import { FaultyDisk, Stopped, type DiskFault } from '../../support/faultyDisk.ts';
import { created, openWriter, optionsFor, started, TempFolder } from './journalRig.ts';

/** Keeps in `flushed` how many bytes of each file a flush has covered. */
function noting(disk: Disk, flushed: Map<string, number>): Disk {
  const paths = new Map<number, string>();
  const opened = (file: string, fd: number) => {
    paths.set(fd, file);
    return fd;
  };
  const sizeOf = (fd: number) => fs.fstatSync(fd).size;
  const covered = (fd: number, size: number) => void flushed.set(paths.get(fd) ?? '', size);
  return {
    ...disk,
    open: async (file, flag, mode) => opened(file, await disk.open(file, flag, mode)),
    fdatasync: async (fd) => {
      const size = sizeOf(fd);
      await disk.fdatasync(fd);
      covered(fd, size);
    },
    sync: {
      ...disk.sync,
      open: (file, flag, mode) => opened(file, disk.sync.open(file, flag, mode)),
      fdatasync: (fd) => {
        disk.sync.fdatasync(fd);
        covered(fd, sizeOf(fd));
      },
    },
  };
}

describe('A journal being written', function () {
  // Each place something can go wrong at is tried in turn, on whatever machine.
  this.timeout(20_000);
  let folder: TempFolder;

  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.dispose());

  const reason = (expected: string) => (error: unknown) =>
    error instanceof JournalError && error.reason === expected;

  it('holds what was appended, in order and stamped, also when nobody flushed or closed', async () => {
    const writer = await openWriter(folder.run);
    const events = [...writer.append([created, started('a')]), ...writer.append([started('b')])];
    assert.deepEqual(
      events.map(({ v, run, seq, epoch }) => [v, run, seq, epoch]),
      [1, 2, 3].map((seq) => [1, 'example-1', seq, 1]),
    );
    assert.deepEqual((await readJournal(nodeDisk, folder.run)).events, events);
    await writer.close();
  });

  it('takes no batch that holds an event no reader would take', async () => {
    const writer = await openWriter(folder.run);
    writer.append([created]);
    const before = fs.readFileSync(folder.segment);
    assert.throws(() => writer.append([started('a'), started('b', 0)]), /Internal error/);
    assert.deepEqual(fs.readFileSync(folder.segment), before);
    assert.deepEqual(writer.append([]), []);
    assert.equal(writer.append([started('c')])[0]?.seq, 2);
    await writer.close();
  });

  it('is closed once, and then takes nothing', async () => {
    const writer = await openWriter(folder.run);
    writer.append([created]);
    await Promise.all([writer.close(), writer.close()]);
    assert.throws(() => writer.append([created]), reason('closed'));
    await assert.rejects(writer.sync(), reason('closed'));
  });

  describe('on a disk whose flushes take their time', () => {
    let flushes: { end(error?: Error): void }[];
    let isOwner: boolean;
    let isOpen: boolean;
    let writer: JournalWriter;

    beforeEach(async () => {
      flushes = [];
      isOwner = true;
      isOpen = false;
      const disk: Disk = {
        ...nodeDisk,
        fdatasync: (fd) =>
          !isOpen
            ? nodeDisk.fdatasync(fd)
            : new Promise((resolve, reject) => {
                flushes.push({ end: (error) => (error === undefined ? resolve() : reject(error)) });
              }),
      };
      const claim = { epoch: 1, stillOwner: () => isOwner };
      writer = await openWriter(folder.run, { disk, claim });
      isOpen = true;
    });

    it('makes callers share flushes: one is under way, one more is for all who came meanwhile', async () => {
      const done: string[] = [];
      const sync = (name: string) => writer.sync().then(() => void done.push(name));
      await sync('nothing to flush');
      writer.append([created]);
      const first = sync('first');
      const same = sync('same');
      writer.append([started('a')]);
      const second = sync('second');
      writer.append([started('b')]);
      const third = sync('third');
      assert.equal(flushes.length, 1);
      flushes[0]!.end();
      await Promise.all([first, same]);
      assert.deepEqual(done, ['nothing to flush', 'first', 'same']);
      assert.equal(flushes.length, 2);
      flushes[1]!.end();
      await Promise.all([second, third]);
      await writer.sync();
      assert.equal(flushes.length, 2);
      await writer.close();
    });

    it('is broken by a failed flush, for all who wait and all who come', async () => {
      writer.append([created]);
      const first = writer.sync();
      writer.append([started('a')]);
      const second = writer.sync();
      flushes[0]!.end(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await assert.rejects(first, reason('flush'));
      await assert.rejects(second, reason('flush'));
      await assert.rejects(writer.sync(), reason('flush'));
      assert.throws(() => writer.append([started('b')]), reason('flush'));
      assert.equal(flushes.length, 1, 'a failed flush is not tried again');
      await writer.close();
      const again = await JournalWriter.open(optionsFor(folder.run));
      assert.ok(again.ok && again.value.events.length === 2);
      await again.value.writer.close();
    });

    it('acknowledges nothing once another program has taken the run over', async () => {
      writer.append([created]);
      isOwner = false;
      await assert.rejects(writer.sync(), reason('superseded'));
      assert.throws(() => writer.append([started('a')]), reason('superseded'));
      await writer.close();
      assert.equal(flushes.length, 0);
    });

    it('waits with closing for the flush that is under way', async () => {
      writer.append([created]);
      const synced = writer.sync();
      writer.append([started('a')]);
      const closed = writer.close();
      flushes[0]!.end();
      await synced;
      assert.equal(flushes.length, 2, 'what came after is flushed as well');
      flushes[1]!.end();
      await closed;
    });
  });

  describe('on a disk that fails', () => {
    const batches: readonly (readonly EventBody[])[] = [
      [created],
      [started('a'), started('b'), started('c')],
      [started('d')],
      [started('e'), started('f')],
      [started('g')],
    ];

    /** After these nobody waits for a flush; a segment begins behind each of them. */
    const lazy = new Set([batches[1], batches[2]]);

    interface Outcome {
      /** By `append`. */
      readonly returned: RunEvent[];
      /** How many of them a `sync` has acknowledged. */
      synced: number;
      readonly refusals: JournalError[];
    }

    /** Opens, appends each batch, and flushes, as a driver does that goes on where it can. */
    async function write(disk: Disk): Promise<Outcome> {
      const outcome: Outcome = { returned: [], synced: 0, refusals: [] };
      const note = (error: unknown) => {
        assert.ok(error instanceof JournalError, String(error));
        outcome.refusals.push(error);
      };
      const opened = await JournalWriter.open(optionsFor(folder.run, { disk, segmentBytes: 700 }));
      assert.ok(opened.ok);
      const { writer } = opened.value;
      for (const batch of batches) {
        try {
          outcome.returned.push(...writer.append(batch));
          if (!lazy.has(batch)) {
            await writer.sync();
            outcome.synced = outcome.returned.length;
          }
        } catch (error) {
          note(error);
        }
      }
      await writer.close().catch(note);
      return outcome;
    }

    const flushed = new Map<string, number>();

    /** Names that were not flushed may be gone, and of what was appended since the last flush, half. */
    function losePower(faulty: FaultyDisk, lose: () => boolean): void {
      const before = new Map(
        folder.names().map((name) => {
          const file = path.join(folder.run, name);
          return [file, fs.readFileSync(file)] as const;
        }),
      );
      faulty.losePower(lose);
      for (const [file, bytes] of before) {
        if (fs.existsSync(file)) {
          const kept = Math.min(flushed.get(file) ?? 0, bytes.length);
          fs.writeFileSync(file, bytes.subarray(0, Math.floor((kept + bytes.length) / 2)));
        }
      }
    }

    /** Runs `write` with a fault at each of the operations there are, and once without. */
    async function withEachFault(
      fault: (at: number) => DiskFault,
      check: (outcome: Outcome | undefined, faulty: FaultyDisk) => Promise<void>,
      largestWrite = Infinity,
    ): Promise<void> {
      for (let at = 1; ; at++) {
        const faulty = new FaultyDisk(fault(at), { largestWrite });
        let outcome: Outcome | undefined;
        flushed.clear();
        try {
          outcome = await write(noting(faulty.disk, flushed));
        } catch (error) {
          assert.ok(error instanceof Error && 'syscall' in error, String(error));
        }
        await faulty.idle();
        await check(outcome, faulty);
        fs.rmSync(folder.run, { recursive: true });
        fs.mkdirSync(folder.run);
        if (faulty.operations < at) {
          assert.ok(at > 10);
          return;
        }
      }
    }

    /** Opened again, the journal takes another event and reads back whole; returns what stood in it. */
    async function reopen(): Promise<RunEvent[]> {
      const opened = await JournalWriter.open(optionsFor(folder.run, { segmentBytes: 700 }));
      assert.ok(opened.ok, opened.ok ? '' : opened.error.kind);
      const { writer, events } = opened.value;
      const more = writer.append([started('more')]);
      await writer.close();
      const reading = await readJournal(nodeDisk, folder.run);
      assert.deepEqual([reading.events, reading.damage], [[...events, ...more], undefined]);
      return events;
    }

    const isStartOf = (start: readonly RunEvent[], events: readonly RunEvent[]) =>
      assert.deepEqual(events.slice(0, start.length), start);

    for (const code of ['ENOSPC', 'EIO']) {
      it(`with ${code} at any one step, holds each batch whole or not at all`, async () => {
        await withEachFault(
          (at) => ({ kind: 'error', at, code }),
          async (outcome, faulty) => {
            const events = await reopen();
            if (outcome === undefined) {
              assert.deepEqual(events, [], 'it could not be opened');
              return;
            }
            assert.deepEqual(events, outcome.returned, faulty.log.join());
            const takenBack = faulty.log.indexOf('truncate');
            assert.ok(takenBack < 0 || faulty.log[takenBack + 1] === 'fsync');
            const reasons = outcome.refusals.map((refusal) => refusal.reason);
            if (reasons.some((one) => one !== 'write')) {
              const broken = reasons.findIndex((one) => one !== 'write');
              assert.equal(new Set(reasons.slice(broken)).size, 1, 'broken is broken');
            }
          },
          // More writes than one for each batch: the first may succeed before the next fails.
          150,
        );
      });
    }

    it('killed at any step, holds all that was appended and at most a part of the next batch', async () => {
      for (const kind of ['stop', 'torn'] as const) {
        await withEachFault(
          (at) => ({ kind, at }),
          async (outcome) => {
            const events = await reopen();
            isStartOf(outcome?.returned ?? [], events);
            const bodies = batches.flat().slice(0, events.length);
            assert.deepEqual(
              events.map((event) => ({ ...event, ...bodies[event.seq - 1] })),
              events,
              'each of them was meant',
            );
          },
        );
      }
    });

    it('losing power at any step, holds all that a flush has acknowledged', async () => {
      for (const kind of ['stop', 'torn'] as const) {
        for (const namesAreLost of [true, false]) {
          await withEachFault(
            (at) => ({ kind, at }),
            async (outcome, faulty) => {
              losePower(faulty, () => namesAreLost);
              const events = await reopen();
              isStartOf(outcome?.returned.slice(0, outcome.synced) ?? [], events);
            },
          );
        }
      }
    });

    it('gives nothing to who opens it that a power loss could still take', async () => {
      const first = await openWriter(folder.run);
      first.append([created, started('a')]);
      const disk = noting(nodeDisk, flushed);
      const second = await JournalWriter.open(optionsFor(folder.run, { disk }));
      assert.ok(second.ok && second.value.events.length === 2);
      assert.equal(flushed.get(folder.segment), fs.statSync(folder.segment).size);
      await Promise.all([first.close(), second.value.writer.close()]);
    });

    it('writes all of a batch on a disk that takes few bytes at a time', async () => {
      const { disk } = new FaultyDisk(undefined, { largestWrite: 7 });
      const outcome = await write(disk);
      assert.deepEqual([outcome.synced, outcome.refusals], [batches.flat().length, []]);
      assert.deepEqual(await reopen(), outcome.returned);
    });

    it('says that a batch could not be taken back, and repairs it when opened again', async () => {
      let isFull = false;
      const disk: Disk = {
        ...nodeDisk,
        sync: {
          ...nodeDisk.sync,
          write: (fd, bytes, offset, position) => {
            if (isFull) {
              throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
            }
            isFull = true;
            return nodeDisk.sync.write(fd, bytes.subarray(0, -5), offset, position);
          },
          truncate: () => {
            throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'ftruncate' });
          },
        },
      };
      const writer = await openWriter(folder.run, { disk });
      assert.throws(() => writer.append([created]), reason('write'));
      isFull = false;
      assert.throws(() => writer.append([created]), reason('repair'));
      await writer.close();
      assert.deepEqual(await reopen(), []);
      assert.deepEqual(folder.names(), ['0001.jsonl', '0001.jsonl.torn-1']);
    });

    it('repairs a tail whatever stops the repair, and loses no byte of it', async () => {
      const writer = await openWriter(folder.run);
      const events = writer.append([created]);
      await writer.close();
      const whole = fs.readFileSync(folder.segment);
      for (let at = 1, isDone = false; !isDone; at++) {
        fs.rmSync(folder.run, { recursive: true });
        fs.mkdirSync(folder.run);
        fs.writeFileSync(folder.segment, Buffer.concat([whole, Buffer.from('12345678 {"v"')]));
        const faulty = new FaultyDisk({ kind: 'stop', at });
        try {
          const opened = await JournalWriter.open(optionsFor(folder.run, { disk: faulty.disk }));
          assert.ok(opened.ok);
          isDone = faulty.operations < at;
          await opened.value.writer.close();
        } catch (error) {
          assert.ok(error instanceof Stopped);
        }
        await faulty.idle();
        assert.deepEqual(await reopen(), events);
        const torn = folder.names().filter((name) => name.includes('.torn-'));
        assert.ok(torn.length > 0, `stopped at ${at}`);
        for (const name of torn) {
          assert.equal(fs.readFileSync(path.join(folder.run, name), 'latin1'), '12345678 {"v"');
        }
      }
    });
  });
});
