import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk, type Disk, type DiskSync } from '../../../src/core/base/disk.ts';
import { claimRun, holderOf, wasAbandoned, type Claim } from '../../../src/core/journal/claim.ts';
import { bundled } from '../../support/bundle.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import type { Answer, Order } from './claimant.ts';
import { TempFolder } from './journalRig.ts';

describe('The claim on a run', function () {
  // Each place something can go wrong at is tried in turn, on whatever machine.
  this.timeout(20_000);
  let folder: TempFolder;

  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.dispose());

  function claim(disk: Disk = nodeDisk): Claim {
    const claimed = claimRun(disk, folder.run);
    assert.ok(claimed.ok, 'the run is held');
    return claimed.value;
  }

  const isRefused = () => !claimRun(nodeDisk, folder.run).ok;
  const here = { pid: process.pid, isLocal: true };

  /** Writes the owner's file as another program would have left it. */
  function rewrite(epoch: number, over: object): void {
    const file = path.join(folder.run, `owner-${epoch}.json`);
    const owner = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...owner, ...over }));
  }

  it('is one program’s until it is released, and each owner’s epoch is above all before', () => {
    assert.equal(holderOf(nodeDisk, folder.run), undefined);
    for (const epoch of [1, 2, 3]) {
      const owned = claim();
      assert.equal(owned.epoch, epoch);
      assert.deepEqual(claimRun(nodeDisk, folder.run), { ok: false, error: here });
      assert.deepEqual(holderOf(nodeDisk, folder.run), here);
      assert.ok(owned.stillOwner());
      assert.deepEqual(folder.names(), [`owner-${epoch}.json`], 'lower files are tidied away');
      owned.release();
      assert.equal(holderOf(nodeDisk, folder.run), undefined);
    }
  });

  it('is not given back by who has lost it', () => {
    const first = claim();
    rewrite(1, { startedAt: 'another boot/1' });
    const second = claim();
    assert.deepEqual([first.stillOwner(), second.stillOwner()], [false, true]);
    first.release();
    assert.ok(isRefused());
    second.release();
    second.release();
    assert.ok(!isRefused());
  });

  it('of a program whose number another process was given is free', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    claim();
    rewrite(1, { startedAt: 'another boot/1' });
    assert.equal(claim().epoch, 2);
  });

  it('held on another machine or in another container stays held', () => {
    claim();
    rewrite(1, { world: 'elsewhere 1', pid: 1, startedAt: 'another boot/1' });
    const held = { pid: 1, isLocal: false };
    assert.deepEqual(holderOf(nodeDisk, folder.run), held);
    assert.deepEqual(claimRun(nodeDisk, folder.run), { ok: false, error: held });
    const taken = claimRun(nodeDisk, folder.run, true);
    assert.ok(taken.ok, 'unless a person says that it is gone');
    rewrite(2, { world: 'elsewhere 1', released: true });
    assert.equal(claim().epoch, 3);
  });

  it('held here stays held, whatever a person says', () => {
    claim();
    assert.deepEqual(claimRun(nodeDisk, folder.run, true), { ok: false, error: here });
  });

  it('is abandoned when its owner died, and not when it let go', () => {
    assert.equal(wasAbandoned(nodeDisk, folder.run), false);
    const owned = claim();
    assert.equal(wasAbandoned(nodeDisk, folder.run), false);
    rewrite(1, { startedAt: 'another boot/1' });
    assert.equal(wasAbandoned(nodeDisk, folder.run), process.platform === 'linux');
    owned.release();
    assert.equal(wasAbandoned(nodeDisk, folder.run), false);
  });

  it('whose file says nothing Sluice writes is free, and its epoch is not given again', () => {
    for (const [n, content] of ['', '{', 'null', '{"pid":-1}'].entries()) {
      fs.writeFileSync(path.join(folder.run, `owner-${n * 2 + 1}.json`), content);
      const owned = claim();
      assert.equal(owned.epoch, n * 2 + 2);
      owned.release();
    }
    fs.writeFileSync(path.join(folder.run, 'owner-x.json'), '');
    fs.writeFileSync(path.join(folder.run, 'tmp_owner-99.json'), '');
    assert.equal(claim().epoch, 9);
  });

  describe('wanted by two programs', () => {
    /** A disk that lets `between` happen before its `at`th call. */
    function interrupted(disk: Disk, at: number, between: () => void): Disk & { calls: number } {
      const through = { calls: 0 };
      const sync = Object.fromEntries(
        Object.entries(disk.sync).map(([name, call]) => [
          name,
          (...args: unknown[]) => {
            through.calls += 1;
            if (through.calls === at) {
              between();
            }
            return (call as (...args: unknown[]) => unknown)(...args);
          },
        ]),
      ) as unknown as DiskSync;
      return Object.assign(through, { ...disk, sync });
    }

    for (const links of [true, false]) {
      for (const comesAndGoes of [0, 1, 2]) {
        it(`is one’s, between whichever two steps the other comes ${
          comesAndGoes === 0 ? 'and stays' : `and goes ${comesAndGoes} times`
        }${links ? '' : ', where there are no hard links'}`, () => {
          for (let at = 1, reached = true; reached; at++) {
            fs.rmSync(folder.run, { recursive: true });
            fs.mkdirSync(folder.run);
            const plain = new FaultyDisk(undefined, { links }).disk;
            claim(plain).release();
            const claims: Claim[] = [];
            const disk = interrupted(plain, at, () => {
              for (let n = 0; n < Math.max(1, comesAndGoes); n++) {
                const other = claimRun(plain, folder.run);
                if (other.ok && comesAndGoes > 0) {
                  other.value.release();
                } else if (other.ok) {
                  claims.push(other.value);
                }
              }
            });
            const own = claimRun(disk, folder.run);
            reached = disk.calls >= at;
            if (own.ok) {
              claims.push(own.value);
            }
            assert.equal(claims.length, 1, `before call ${at}`);
            assert.ok(claims[0]!.stillOwner());
            assert.ok(isRefused());
          }
        });
      }
    }

    it('is not taken by one who read the owner’s file while it was being written', () => {
      const owned = claim();
      for (const half of ['', '{"epoch":1,']) {
        let reads = 0;
        const disk: Disk = {
          ...nodeDisk,
          sync: {
            ...nodeDisk.sync,
            readFile: (file) => {
              reads += 1;
              return reads === 1 ? Buffer.from(half) : nodeDisk.sync.readFile(file);
            },
          },
        };
        assert.deepEqual(claimRun(disk, folder.run), { ok: false, error: here });
        assert.ok(owned.stillOwner());
      }
    });

    it('is free again when taking it failed, whichever step it was', () => {
      for (const links of [true, false]) {
        for (let at = 1, reached = true; reached; at++) {
          fs.rmSync(folder.run, { recursive: true });
          fs.mkdirSync(folder.run);
          claim().release();
          const faulty = new FaultyDisk({ kind: 'error', at, code: 'EIO' }, { links });
          let owned: Claim | undefined;
          try {
            owned = claim(faulty.disk);
          } catch (error) {
            assert.match(String(error), /EIO/);
          }
          reached = faulty.operations >= at;
          assert.ok(reached || owned !== undefined);
          assert.equal(isRefused(), owned !== undefined, `failing at ${at}, ${faulty.log.join()}`);
        }
      }
    });
  });

  describe('wanted by many processes at once', () => {
    const CLAIMANTS = 6;
    let children: ChildProcess[];

    beforeEach(async function () {
      this.timeout(60_000);
      children = Array.from({ length: CLAIMANTS }, () =>
        fork(bundled('test/unit/journal/claimant.ts'), { execArgv: [] }),
      );
      await Promise.all(children.map((child) => answered(child)));
    });
    afterEach(async () => {
      await Promise.all(children.map(kill));
    });

    async function answered(child: ChildProcess, order?: Order): Promise<Answer> {
      const answer = once(child, 'message') as Promise<[Answer]>;
      if (order !== undefined) {
        child.send(order);
      }
      const [message] = await answer;
      return message;
    }

    async function kill(child: ChildProcess): Promise<void> {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    }

    /** All of them claim; returns the one that got it. */
    async function race(): Promise<{ child: ChildProcess; epoch: number }> {
      const at = Date.now() + 10;
      const order = { kind: 'claim', folder: folder.run, at } as const;
      const answers = await Promise.all(children.map((child) => answered(child, order)));
      const owners = answers.flatMap((answer, n) =>
        answer.kind === 'owner' ? [{ child: children[n]!, epoch: answer.epoch }] : [],
      );
      assert.equal(owners.length, 1, JSON.stringify(answers));
      const [owner] = owners;
      for (const answer of answers) {
        assert.ok(answer.kind === 'owner' || answer.kind === 'refused');
      }
      assert.equal(holderOf(nodeDisk, folder.run)?.pid, owner!.child.pid);
      return owner!;
    }

    it('gets one owner each time, and a new one at once when that is killed', async function () {
      this.timeout(60_000);
      let last = 0;
      for (let round = 0; round < 30; round++) {
        const { child, epoch } = await race();
        assert.ok(epoch > last, `epoch ${epoch} after ${last}`);
        last = epoch;
        await answered(child, { kind: 'release' });
      }
      while (children.length > 1) {
        const { child, epoch } = await race();
        assert.ok(epoch > last);
        last = epoch;
        await kill(child);
        children = children.filter((other) => other !== child);
      }
      assert.equal((await race()).child, children[0]);
    });
  });
});
