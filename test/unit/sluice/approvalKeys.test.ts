import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { approvalsWith, keyOf, newKey, sharedKey } from '../../../src/core/approvalKeys.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { SealedAnswer } from '../../../src/core/domain/approvals.ts';
import { runIdOf, type TaskId } from '../../../src/core/domain/ids.ts';

const ANSWER: SealedAnswer = {
  run: runIdOf('release', 1),
  task: 'review' as TaskId,
  digest: digestOf('shown'),
  decision: 'approved',
  by: { name: 'ada', via: 'vscode' },
  note: 'fine',
  choice: undefined,
};

describe('The seal of an answer', () => {
  const [own, shared, other] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  const window = approvalsWith(own!, shared!);
  const terminal = approvalsWith(shared!, shared!);

  it('is good for the program that made it, and what it made for others is for those that share its key', () => {
    assert.equal(window.check(ANSWER, window.seal(ANSWER, 5, 'own')), 'good');
    assert.equal(terminal.check(ANSWER, window.seal(ANSWER, 5, 'any')), 'good');
    assert.equal(window.check(ANSWER, terminal.seal(ANSWER, 5, 'own')), 'good');
    assert.equal(terminal.check(ANSWER, window.seal(ANSWER, 5, 'own')), 'unsealed');
  });

  it('is none where it is missing or by a key that nobody here holds', () => {
    const strange = approvalsWith(other!, other!).seal(ANSWER, 5, 'own');
    assert.equal(window.check(ANSWER, undefined), 'unsealed');
    assert.equal(window.check(ANSWER, strange), 'unsealed');
  });

  it('covers every part of the answer, and when it was given', () => {
    const seal = window.seal(ANSWER, 5, 'own');
    const changes: readonly Partial<SealedAnswer>[] = [
      { run: runIdOf('release', 2) },
      { task: 'other' as TaskId },
      { digest: digestOf('other') },
      { decision: 'rejected' },
      { by: { name: 'bob', via: 'vscode' } },
      { by: { name: 'ada', via: 'terminal' } },
      { note: undefined },
      { choice: 'x' },
    ];
    for (const change of changes) {
      assert.equal(window.check({ ...ANSWER, ...change }, seal), 'forged', JSON.stringify(change));
    }
    assert.equal(window.check(ANSWER, { ...seal, at: 6 }), 'forged');
  });

  it('holds for no other bytes', () => {
    const seal = window.seal(ANSWER, 5, 'own');
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (mac) => {
        assert.equal(window.check(ANSWER, { ...seal, mac }), mac === seal.mac ? 'good' : 'forged');
      }),
    );
  });
});

describe('The key that the programs of a user share', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-key-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is made once, and only its user can read it', () => {
    const config = path.join(folder, 'not', 'there');
    const key = sharedKey(nodeDisk, config);
    assert.equal(key.length, 32);
    assert.deepEqual(sharedKey(nodeDisk, config), key);
    if (process.platform !== 'win32') {
      assert.equal(fs.statSync(path.join(config, 'approvals.key')).mode & 0o777, 0o600);
    }
  });

  it('is not taken from a file that holds something else, which is told with what to do', () => {
    fs.writeFileSync(path.join(folder, 'approvals.key'), 'secret');
    assert.throws(() => sharedKey(nodeDisk, folder), /approvals\.key holds no key\. Remove it/);
  });

  it('is read from its text alone', () => {
    assert.equal(keyOf(newKey())?.length, 32);
    for (const text of [undefined, '', 'xyz', newKey().slice(1)]) {
      assert.equal(keyOf(text), undefined);
    }
  });
});
