import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf } from '../../../src/core/base/digest.ts';
import { LogTail } from '../../../src/core/taskLog.ts';

describe('The log of a task that somebody watches', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-log-'));
  const file = path.join(folder, 'live.log');
  const textOf = async (tail: LogTail) => {
    const shown = await tail.ofFile(file);
    return shown?.kind === 'text' ? shown.text : shown?.kind;
  };

  afterEach(() => fs.rmSync(file, { force: true }));
  after(() => fs.rmSync(folder, { recursive: true }));

  it('is nothing before the first word, and then what there is', async () => {
    const tail = new LogTail();
    assert.equal(await textOf(tail), undefined);
    fs.writeFileSync(file, 'one\n');
    assert.equal(await textOf(tail), 'one\n');
    fs.appendFileSync(file, 'two');
    assert.equal(await textOf(tail), 'one\ntwo');
  });

  it('is not read again from its beginning', async () => {
    const tail = new LogTail();
    fs.writeFileSync(file, 'one\n');
    await tail.ofFile(file);
    // In place, so that it is the same file: whoever read it again would see this.
    fs.writeFileSync(file, 'ONE\ntwo\n', { flag: 'r+' });
    assert.equal(await textOf(tail), 'one\ntwo\n');
  });

  it('has every line once when two look at once', async () => {
    const tail = new LogTail();
    fs.writeFileSync(file, 'one\n');
    const looks = [textOf(tail), textOf(tail)];
    fs.appendFileSync(file, 'two\n');
    looks.push(textOf(tail), textOf(tail));
    const texts = await Promise.all(looks);
    for (const text of texts) {
      assert.ok(text === 'one\n' || text === 'one\ntwo\n', String(text));
    }
    assert.equal(texts.at(-1), 'one\ntwo\n');
  });

  it('is read anew when it is another one, or shorter', async () => {
    const tail = new LogTail();
    fs.writeFileSync(file, 'of the first attempt\n');
    await tail.ofFile(file);
    fs.truncateSync(file, 0);
    fs.appendFileSync(file, 'short\n');
    assert.equal(await textOf(tail), 'short\n');
    fs.writeFileSync(`${file}.new`, 'of the second attempt\n');
    fs.renameSync(`${file}.new`, file);
    assert.equal(await textOf(tail), 'of the second attempt\n');
  });

  it('is its end when it is very long, and as much as ever is passed over unread', async () => {
    fs.writeFileSync(file, 'first\n');
    fs.truncateSync(file, 200_000_000);
    const holes = await new LogTail().ofFile(file);
    assert.equal(holes?.kind, 'binary', 'by its beginning');
    const descriptor = fs.openSync(file, 'w');
    fs.writeSync(descriptor, 'x'.repeat(9_999).concat('\n'), 0);
    // What stands in between is a hole: nobody has to write it, and nobody reads it.
    fs.writeSync(descriptor, 'y'.repeat(79).concat('\n').repeat(101_000), 200_000_000);
    fs.closeSync(descriptor);
    const tail = new LogTail();
    const shown = await tail.ofFile(file);
    assert.ok(shown?.kind === 'text' && shown.text.endsWith('y\n'));
    assert.equal(shown.text.length, 2_000_000);
    assert.equal(shown.left + shown.text.length, 208_080_000);
    assert.equal(shown.isCounted, false);
    fs.appendFileSync(file, 'last\n');
    assert.match((await textOf(tail)) ?? '', /y\nlast\n$/);
  });

  it('is read once when it is kept', async () => {
    const tail = new LogTail();
    let reads = 0;
    const ref = { digest: digestOf('kept'), bytes: 4 };
    for (let look = 0; look < 3; look += 1) {
      const shown = await tail.ofBlob(ref, () => {
        reads += 1;
        return Promise.resolve(Buffer.from('kept'));
      });
      assert.ok(shown.kind === 'text' && shown.text === 'kept');
    }
    assert.equal(reads, 1);
  });
});
