import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk } from '../../../src/core/base/disk.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { RunRequest } from '../../../src/core/domain/request.ts';
import { postRequest, takeRequests } from '../../../src/core/journal/inbox.ts';
import { ADA, task, TempFolder } from './journalRig.ts';

describe('The inbox of a run', () => {
  let folder: TempFolder;
  let inbox: string;

  const cancel: RunRequest = { kind: 'cancel', by: ADA };
  const answer: RunRequest = {
    kind: 'answer',
    task: task('gate'),
    digest: digestOf('shown'),
    decision: 'approved',
    by: ADA,
    note: undefined,
  };

  beforeEach(() => {
    folder = new TempFolder();
    inbox = path.join(folder.run, 'inbox');
  });
  afterEach(() => folder.dispose());

  const post = (now: number, request: RunRequest = cancel) =>
    postRequest(nodeDisk, folder.run, now, request);
  const take = (disk = nodeDisk) => takeRequests(disk, folder.run);
  const requests = () => take().map(({ request }) => request);

  /** Puts a file there as somebody might who is not Sluice. */
  function put(name: string, content: string): void {
    fs.mkdirSync(inbox, { recursive: true });
    fs.writeFileSync(path.join(inbox, name), content);
  }

  const name = (n: number) => `${String(n).padStart(15, '0')}-${'0'.repeat(36)}.json`;

  it('is empty before anybody asked', () => {
    assert.deepEqual(take(), []);
  });

  it('gives requests as they were posted, the oldest first, until they are settled', () => {
    const noted: RunRequest = { ...answer, decision: 'rejected', note: 'not\u2028yet' };
    const waits = [post(3000, noted), post(20, answer), post(100.5, cancel)];
    assert.deepEqual(requests(), [answer, cancel, noted]);
    assert.deepEqual(requests(), [answer, cancel, noted], 'taking is not removing');
    take()[0]!.settle({ kind: 'accepted' });
    assert.deepEqual(requests(), [cancel, noted]);
    assert.deepEqual(
      waits.map((posted) => posted.outcome()),
      ['waiting', { kind: 'accepted' }, 'waiting'],
    );
  });

  it('keeps all that were posted in one millisecond', () => {
    const names = Array.from({ length: 20 }, () => post(5)).length;
    assert.equal(new Set(take().map((posted) => posted.name)).size, names);
  });

  it('sets aside what is no request, and goes on', () => {
    const bad = [
      '',
      'null',
      '{"kind":"cancel"}',
      JSON.stringify({ ...cancel, more: 1 }),
      JSON.stringify({ ...cancel, by: { name: 'ada', via: 'elsewhere' } }),
      JSON.stringify({ ...answer, task: '../../gate' }),
      JSON.stringify({ ...answer, digest: 'short' }),
      JSON.stringify({ ...answer, decision: 'maybe' }),
      JSON.stringify({ ...answer, note: 'x'.repeat(300_000) }),
    ];
    bad.forEach((content, n) => put(name(n), content));
    post(1000, answer);
    assert.deepEqual(requests(), [answer]);
    const aside = fs.readdirSync(inbox).filter((file) => file.endsWith('.bad'));
    assert.deepEqual(aside.sort(), bad.map((_, n) => `${name(n)}.bad`).sort());
    assert.deepEqual(requests(), [answer]);
  });

  it('opens nothing but plain files, so that none can hold the driver up', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    fs.mkdirSync(path.join(inbox, name(1)), { recursive: true });
    fs.symlinkSync('/dev/zero', path.join(inbox, name(2)));
    execFileSync('mkfifo', [path.join(inbox, name(3))]);
    post(1000);
    assert.deepEqual(requests(), [cancel]);
    assert.equal(fs.readdirSync(inbox).filter((file) => file.endsWith('.bad')).length, 3);
  });

  it('leaves files alone that have other names', () => {
    put('notes.txt', 'x');
    put('tmp_1', '{');
    put(`${name(1)}.bad`, '{');
    assert.deepEqual(take(), []);
    assert.equal(fs.readdirSync(inbox).length, 3);
  });

  it('gives a hundred at a time', () => {
    for (let n = 0; n < 120; n++) {
      put(name(n), JSON.stringify(cancel));
    }
    const first = take();
    assert.deepEqual([first.length, first[99]?.name], [100, name(99)]);
    first.forEach((posted) => posted.settle({ kind: 'accepted' }));
    assert.equal(take().length, 20);
  });

  it('loses no answer that cannot be read at the moment', () => {
    post(1, answer);
    const busy: Disk = {
      ...nodeDisk,
      sync: {
        ...nodeDisk.sync,
        readFile: () => {
          throw Object.assign(new Error('EBUSY'), { code: 'EBUSY', syscall: 'open' });
        },
      },
    };
    assert.deepEqual(take(busy), []);
    assert.deepEqual(requests(), [answer]);
  });

  it('does not mind that somebody else has removed a request', () => {
    post(1);
    const [posted] = take();
    fs.rmSync(inbox, { recursive: true });
    posted!.settle({ kind: 'accepted' });
  });

  it('takes no request that would not be read, and says so to who asks', () => {
    assert.throws(() => post(1, { ...answer, note: 'x'.repeat(300_000) }), /the note is too long/);
    assert.deepEqual(take(), []);
  });

  it('gives a request back that its sender withdraws, also when it was answered meanwhile', () => {
    const posted = post(1);
    assert.equal(posted.outcome(), 'waiting');
    posted.withdraw();
    assert.equal(posted.outcome(), 'gone');
    assert.deepEqual(take(), []);
    posted.withdraw();
  });

  it('tells whoever asked what became of a request, once, and leaves nothing behind', () => {
    const posted = post(1);
    const why = 'the run has finished';
    take()[0]!.settle({ kind: 'refused', why });
    assert.deepEqual(posted.outcome(), { kind: 'refused', why });
    assert.deepEqual(fs.readdirSync(inbox), []);
    assert.equal(posted.outcome(), 'gone');
  });

  it('takes every request there is', () => {
    const by = ADA;
    const id = task('a');
    const all: RunRequest[] = [
      { kind: 'pause', running: 'interrupt', by },
      { kind: 'unpause', by },
      { kind: 'stop', task: id, by },
      { kind: 'hold', task: id, by },
      { kind: 'release', task: id, by },
      { kind: 'rerun', task: id, prompt: 'Again.', model: undefined, withoutCache: true, by },
      { kind: 'skip', task: id, by },
      { kind: 'accept', task: id, by },
      { kind: 'steer', task: id, text: 'Look at b.ts.', by },
      { kind: 'command', task: id, command: ['ls', '-l'], exitCode: undefined, by },
    ];
    all.forEach((request, n) => post(n, request));
    assert.deepEqual(requests(), all);
  });
});
