import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk, type DiskSync } from '../../../src/core/base/disk.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import { RunStore } from '../../../src/core/journal/runStore.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { TempFolder } from './journalRig.ts';

describe('The run store', function () {
  // Each place something can go wrong at is tried in turn, on whatever machine.
  this.timeout(20_000);
  let folder: TempFolder;
  let root: string;
  let clock: ManualClock;
  let runs: RunStore;

  beforeEach(() => {
    folder = new TempFolder();
    root = path.join(folder.root, 'store');
    clock = new ManualClock();
    runs = store();
  });
  afterEach(() => folder.dispose());

  function store(disk: Disk = nodeDisk): RunStore {
    return new RunStore({ disk, clock, root });
  }

  const remove = (run: RunId) => fs.rmSync(runs.folder(run), { recursive: true });

  it('is empty, and makes no folder, before the first run', () => {
    assert.deepEqual(runs.list(), []);
    assert.ok(!fs.existsSync(root));
  });

  it('lists runs by number, newest first, whatever their names, and nothing else', () => {
    const made = Array.from({ length: 11 }, (_, n) =>
      runs.create(n % 2 === 0 ? 'Code quality' : 'a'),
    );
    assert.equal(made[10], 'code-quality-11');
    fs.mkdirSync(path.join(root, 'runs', 'Not A Run'));
    fs.writeFileSync(path.join(root, 'runs', 'notes.txt'), '');
    assert.deepEqual(runs.list(), made.reverse());
    assert.ok(fs.statSync(runs.folder('a-2' as RunId)).isDirectory());
  });

  it('gives no number twice, also when its run is removed', () => {
    const first = runs.create('a');
    remove(first);
    const second = store().create('a');
    assert.equal(second, 'a-2');
    remove(second);
    assert.equal(store().create('b'), 'b-3');
    assert.deepEqual(
      fs.readdirSync(path.join(root, 'runs')).sort(),
      ['.number-3', 'b-3'],
      'one mark stays',
    );
  });

  it('goes on behind the runs there are when the marks are gone', () => {
    runs.create('a');
    const made = runs.create('a');
    fs.rmdirSync(path.join(root, 'runs', '.number-2'));
    assert.equal(made, 'a-2');
    assert.equal(runs.create('a'), 'a-3');
  });

  it('gives no number twice, between whichever two steps another program takes some', () => {
    for (const others of [1, 2]) {
      for (let at = 1, reached = true; reached; at++) {
        fs.rmSync(root, { recursive: true, force: true });
        const made = [runs.create('a')];
        let calls = 0;
        const sync = Object.fromEntries(
          Object.entries(nodeDisk.sync).map(([name, call]) => [
            name,
            (...args: unknown[]) => {
              calls += 1;
              if (calls === at) {
                for (let n = 0; n < others; n++) {
                  const run = runs.create('a');
                  made.push(run);
                  remove(run);
                }
              }
              return (call as (...args: unknown[]) => unknown)(...args);
            },
          ]),
        ) as unknown as DiskSync;
        made.push(store({ ...nodeDisk, sync }).create('a'));
        reached = calls >= at;
        made.push(runs.create('a'));
        assert.equal(new Set(made).size, made.length, `before call ${at}: ${made.join()}`);
      }
    }
  });

  it('gives no number twice when a program dies while it takes one', () => {
    for (let at = 1, isStopped = true; isStopped; at++) {
      fs.rmSync(root, { recursive: true, force: true });
      const made = [runs.create('a')];
      remove(made[0]!);
      const faulty = new FaultyDisk({ kind: 'stop', at });
      isStopped = false;
      try {
        made.push(store(faulty.disk).create('a'));
      } catch {
        isStopped = true;
      }
      made.push(runs.create('a'), runs.create('a'));
      assert.equal(new Set(made).size, made.length, made.join());
    }
  });

  it('has a new run’s folder, and its number, for good', () => {
    const faulty = new FaultyDisk();
    const run = store(faulty.disk).create('a');
    faulty.losePower();
    assert.deepEqual(runs.list(), [run]);
    remove(run);
    assert.equal(runs.create('a'), 'a-2');
  });

  describe('watched', () => {
    let told: RunId[];
    let finished: Set<RunId>;
    let waiting: (() => void)[];

    const watch = (of = runs) =>
      of.watch(
        (run) => (finished.has(run) ? 'glance' : 'follow'),
        (run) => {
          told.push(run);
          waiting.splice(0).forEach((wake) => wake());
        },
      );

    beforeEach(() => {
      told = [];
      finished = new Set();
      waiting = [];
    });

    it('tells of runs that appear, at the latest when it looks again', () => {
      // No folder is there to be watched yet.
      const watching = watch();
      const first = runs.create('a');
      clock.advance(1000);
      assert.ok(told.includes(first));
      told = [];
      clock.advance(3000);
      assert.equal(told.filter((run) => run === first).length, 3, 'each second while it goes on');
      finished.add(first);
      told = [];
      clock.advance(2000);
      assert.deepEqual(told, [], 'and not once it has finished');
      fs.writeFileSync(path.join(runs.folder(first), 'owner-2.json'), '');
      clock.advance(1000);
      assert.deepEqual(told, [first], 'until somebody claims it again');
      watching.dispose();
      assert.equal(clock.pending, 0);
    });

    it('tells of a change at once', async () => {
      const run = runs.create('a');
      const watching = watch();
      clock.advance(1000);
      told = [];
      const isTold = new Promise<void>((wake) => waiting.push(wake));
      fs.writeFileSync(path.join(runs.folder(run), '0001.jsonl'), 'x');
      await isTold;
      assert.deepEqual([...new Set(told)], [run]);
      watching.dispose();
    });

    it('looks again when it could not look for a moment', () => {
      let isBusy = true;
      const disk: Disk = {
        ...nodeDisk,
        sync: {
          ...nodeDisk.sync,
          readdir: (at) => {
            if (isBusy) {
              throw Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'scandir' });
            }
            return nodeDisk.sync.readdir(at);
          },
        },
      };
      const run = runs.create('a');
      const watching = watch(store(disk));
      clock.advance(1000);
      assert.equal(told.length, 0);
      isBusy = false;
      clock.advance(1000);
      assert.ok(told.includes(run));
      watching.dispose();
    });

    it('for requests looks at once, now and then, and not when disposed of while looking', async () => {
      const run = runs.create('a');
      let looks = 0;
      let looked: () => void = () => undefined;
      const watching = runs.watchInbox(run, () => {
        looks += 1;
        looked();
      });
      clock.advance(2000);
      assert.equal(looks, 2);
      const hasLooked = new Promise<void>((resolve) => (looked = resolve));
      fs.writeFileSync(path.join(runs.folder(run), 'inbox', 'request'), '');
      await hasLooked;
      looked = () => watching.dispose();
      clock.advance(1000);
      assert.equal(clock.pending, 0);
    });
  });
});
