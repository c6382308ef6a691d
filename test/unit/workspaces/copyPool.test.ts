import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkspaceCopy } from '../../../src/core/workspaces/copies.ts';
import { CopiesRig, run, task } from './copiesRig.ts';

const { signal } = new AbortController();
const FILE_BYTES = 64 * 1024;

describe('The pool of workspace copies', () => {
  let rig: CopiesRig;

  beforeEach(() => {
    rig = new CopiesRig();
    rig.write('large', 'x'.repeat(FILE_BYTES));
  });

  afterEach(() => rig.dispose());

  /** What copies there are, of runs and waiting: as somebody else would count them. */
  function copiesThere(): number {
    return fs
      .readdirSync(rig.root, { recursive: true })
      .filter((name) => path.basename(String(name)) === 'tree')
      .filter((name) => !String(name).includes('base-')).length;
  }

  /** Room for the run's tree and so many copies, and not for one more. */
  async function roomFor(copies: number): Promise<void> {
    const probe = await rig.open().create(run(9), task('probe'), 1, signal);
    const bytesOf = (folder: string): number =>
      ['', 'large'].reduce((sum, at) => sum + fs.statSync(path.join(folder, at)).blocks * 512, 0);
    const own = bytesOf(probe.folder);
    await rig.open().removeRun(run(9));
    rig.limits = { ...rig.limits, mostBytes: own * (copies + 1) + own / 2 };
    fs.rmSync(path.join(rig.root, '.pool'), { recursive: true, force: true });
  }

  it('never has more copies than fit, though twenty are asked for at once, and all get one', async () => {
    await roomFor(3);
    const copies = rig.open();
    let most = 0;
    let atWork = 0;
    const given: WorkspaceCopy[] = [];
    const all = Array.from({ length: 20 }, async (_, n) => {
      const copy = await copies.create(run(1), task(`t${n}`), 1, new AbortController().signal);
      atWork += 1;
      most = Math.max(most, copiesThere());
      given.push(copy);
    });
    let done = false;
    void Promise.all(all).then(() => (done = true));
    const isDone = (): boolean => done;
    for (let turn = 0; !isDone() && turn < 4000; turn += 1) {
      // Only once nothing moves any more is one given back.
      const before = atWork;
      await sleep(5);
      assert.ok(given.length <= 3);
      if (before === atWork) {
        const copy = given.shift();
        await copy?.dispose();
      }
    }
    await Promise.all(all);
    assert.equal(most, 3);
    assert.equal(copiesThere(), 3);
    assert.match(rig.logged.join('\n'), /example-1, t\d+ waits for a workspace copy to come back/);
  });

  it('makes one where none is at work, though it is larger than all may be', async () => {
    rig.limits = { mostCopies: 4, mostBytes: 1 };
    const copies = rig.open();
    const first = await copies.create(run(1), task('a'), 1, signal);
    assert.match(rig.logged.join('\n'), /takes more than copies may/);
    let isMade = false;
    const second = copies.create(run(1), task('b'), 1, signal).then((copy) => {
      isMade = true;
      return copy;
    });
    await sleep(30);
    assert.equal(isMade, false);
    await first.dispose();
    await (await second).dispose();
    assert.deepEqual(rig.idle('copy'), []);
  });

  it('lets nobody wait for a copy that rests', async () => {
    await roomFor(1);
    const copies = rig.open();
    const parked = await copies.create(run(1), task('parked'), 1, signal);
    const waiting = copies.create(run(1), task('b'), 1, signal);
    parked.rest();
    const other = await waiting;
    assert.ok(fs.existsSync(path.join(parked.folder, 'large')));
    const again = await copies.reopen(run(1), task('parked'), 1);
    await again?.dispose();
    await other.dispose();
  });

  it('lets one who waits be stopped, and the next in the queue have its turn', async () => {
    await roomFor(1);
    const copies = rig.open();
    const first = await copies.create(run(1), task('a'), 1, signal);
    const stop = new AbortController();
    const stopped = copies.create(run(1), task('b'), 1, stop.signal);
    const stoppedToo = copies.create(run(1), task('c'), 1, stop.signal);
    const last = copies.create(run(1), task('d'), 1, signal);
    await sleep(20);
    stop.abort(new Error('stopped'));
    await assert.rejects(stopped, { message: 'stopped' });
    await assert.rejects(stoppedToo, { message: 'stopped' });
    await first.dispose();
    await (await last).dispose();
    assert.deepEqual(fs.readdirSync(path.join(rig.root, run(1))).sort(), ['base', 'base.json']);
  });

  it('keeps so many copies and no more, the youngest', async () => {
    rig.limits = { ...rig.limits, mostCopies: 2 };
    const copies = rig.open();
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => copies.create(run(1), task(name), 1, signal)),
    );
    for (const copy of made) {
      await copy.dispose();
    }
    assert.equal(rig.idle('copy').length, 2);
    rig.limits = { ...rig.limits, mostCopies: 0 };
    await (await copies.create(run(1), task('e'), 1, signal)).dispose();
    assert.equal(rig.idle('copy').length, 0);
  });

  it('gives up what waits before anybody waits for room', async () => {
    await roomFor(2);
    const copies = rig.open();
    const old = await copies.create(run(1), task('a'), 1, signal);
    await old.dispose();
    await copies.removeRun(run(1));
    rig.write('large', 'y'.repeat(FILE_BYTES));
    fs.rmSync(path.join(rig.root, '.pool', rig.idle('base')[0] ?? ''), { recursive: true });
    // Of another tree: the copy that waits is of no use.
    const [one, two] = await Promise.all([
      copies.create(run(2), task('a'), 1, signal),
      copies.create(run(2), task('b'), 1, signal),
    ]);
    assert.deepEqual(rig.idle('copy'), []);
    await Promise.all([one.dispose(), two.dispose()]);
  });
});
