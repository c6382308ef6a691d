import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Disk } from '../../../src/core/base/disk.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import { objectId } from '../../../src/core/domain/ids.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

const REF = 'refs/heads/ai/generated/review-1/lint';
const TAG = 'refs/tags/workflow_review-1_lint';

describe('a ref', () => {
  let temp: TempRepository;
  let one: ObjectId;
  let two: ObjectId;
  beforeEach(() => {
    temp = new TempRepository();
    one = temp.commit('one');
    two = temp.commit('two');
  });
  afterEach(() => temp.dispose());

  /** Does not wait for locks. */
  const impatient = () => new FaultyDisk().disk;
  const open = async (disk: Disk = impatient(), folder = temp.folder): Promise<Repository> => {
    const result = await openRepository(folder, { disk, program: gitProgram(gitEnvironment) });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };
  const fileOf = (ref: string) => path.join(temp.folder, '.git', ref);
  const leftovers = () =>
    fs
      .readdirSync(path.join(temp.folder, '.git'), { recursive: true })
      .map(String)
      .filter((name) => /\.lock$|tmp_/.test(name));

  it('is created for Git to read, and nothing else changes', async () => {
    const before = digestCheckout(temp.folder);
    const repository = await open();
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'created' });
    assert.deepEqual(await repository.createRef(TAG, two), { kind: 'created' });
    assert.equal(temp.git('rev-parse', 'ai/generated/review-1/lint'), one);
    assert.equal(temp.git('rev-parse', 'workflow_review-1_lint'), two);
    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.deepEqual(leftovers(), []);
    assert.equal(temp.problems(), '');
  });

  it('that is right already is left alone, loose or packed', async () => {
    const repository = await open();
    await repository.createRef(REF, one);
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'exists-same' });
    temp.git('pack-refs', '--all');
    assert.equal(fs.existsSync(fileOf(REF)), false);
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'exists-same' });
    assert.deepEqual(await repository.updateRef(REF, one, two), { kind: 'exists-same' });
    assert.deepEqual(leftovers(), []);
  });

  it('that names another commit is not overwritten, loose or packed', async () => {
    const repository = await open();
    await repository.createRef(REF, one);
    const conflict = { kind: 'conflict', ref: REF, value: one };
    assert.deepEqual(await repository.createRef(REF, two), conflict);
    temp.git('pack-refs', '--all');
    assert.deepEqual(await repository.createRef(REF, two), conflict);
    assert.equal(temp.git('rev-parse', REF), one);
    assert.deepEqual(leftovers(), []);
  });

  it('moves only from the value expected', async () => {
    const repository = await open();
    assert.deepEqual(await repository.updateRef(REF, two, one), {
      kind: 'conflict',
      ref: REF,
      value: undefined,
    });
    await repository.createRef(REF, one);
    temp.git('pack-refs', '--all');
    assert.deepEqual(await repository.updateRef(REF, two, one), { kind: 'updated' });
    assert.equal(temp.git('rev-parse', REF), two);
    assert.deepEqual(await repository.updateRef(REF, one, one), {
      kind: 'conflict',
      ref: REF,
      value: two,
    });
    assert.equal(temp.problems(), '');
  });

  it('is refused below a ref that would be its folder, loose or packed', async () => {
    const repository = await open();
    for (const blocking of ['refs/heads/ai', 'refs/heads/ai/generated/review-1']) {
      temp.git('update-ref', blocking, one);
      const conflict = { kind: 'conflict', ref: blocking, value: one };
      assert.deepEqual(await repository.createRef(REF, two), conflict);
      temp.git('pack-refs', '--all');
      assert.deepEqual(await repository.createRef(REF, two), conflict);
      temp.git('update-ref', '-d', blocking);
    }
    assert.deepEqual(await repository.createRef(REF, two), { kind: 'created' });
    temp.git('gc', '--quiet');
    assert.equal(temp.git('rev-parse', REF), two);
  });

  it('is refused above a ref that would be inside it, loose or packed', async () => {
    const repository = await open();
    const inside = `${REF}/part`;
    temp.git('update-ref', inside, one);
    const conflict = { kind: 'conflict', ref: inside, value: one };
    assert.deepEqual(await repository.createRef(REF, two), conflict);
    temp.git('pack-refs', '--all');
    assert.deepEqual(await repository.createRef(REF, two), conflict);
    temp.git('update-ref', '-d', inside);
    // Empty folders are no refs.
    fs.mkdirSync(path.join(fileOf(REF), 'a/b'), { recursive: true });
    fs.mkdirSync(path.join(fileOf(REF), 'c'), { recursive: true });
    assert.deepEqual(await repository.createRef(REF, two), { kind: 'created' });
    assert.equal(temp.git('rev-parse', REF), two);
    assert.deepEqual(leftovers(), []);
  });

  it('that is symbolic or damaged stands in the way', async () => {
    const repository = await open();
    temp.git('symbolic-ref', REF, 'refs/heads/main');
    const conflict = { kind: 'conflict', ref: REF, value: undefined };
    assert.deepEqual(await repository.createRef(REF, one), conflict);
    assert.equal(temp.git('rev-parse', 'main'), two);
    assert.equal(await repository.resolve(REF), two);
    fs.writeFileSync(fileOf(REF), '');
    assert.deepEqual(await repository.createRef(REF, one), conflict);
    await assert.rejects(repository.resolve(REF), { name: 'DamagedRef' });
    fs.writeFileSync(fileOf('HEAD'), '');
    await assert.rejects(repository.head(), { name: 'DamagedRef' });
  });

  it('that somebody has locked is left alone, and the lock is named', async () => {
    const repository = await open();
    const lock = `${fileOf(REF)}.lock`;
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    for (const content of ['', `${two}\n`]) {
      fs.writeFileSync(lock, content);
      assert.deepEqual(await repository.createRef(REF, one), { kind: 'locked', file: lock });
      assert.equal(fs.readFileSync(lock, 'utf8'), content);
      assert.equal(fs.existsSync(fileOf(REF)), false);
    }
    fs.rmSync(lock);
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'created' });
  });

  it('whose lock a try that was cut off has left is finished', async () => {
    const lock = `${fileOf(REF)}.lock`;
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, `${one}\n`);
    assert.deepEqual(await (await open()).createRef(REF, one), { kind: 'created' });
    assert.equal(temp.git('rev-parse', REF), one);
    assert.deepEqual(leftovers(), []);
  });

  it('whose lock is let go in time is written', async () => {
    const lock = `${fileOf(REF)}.lock`;
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, '');
    let pauses = 0;
    const repository = await open({
      ...nodeDisk,
      pause: () => {
        pauses += 1;
        if (pauses === 3) {
          fs.rmSync(lock);
        }
        return Promise.resolve();
      },
    });
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'created' });
    assert.equal(pauses, 3);
  });

  it('is written where there are no hard links', async () => {
    const repository = await open(new FaultyDisk(undefined, { links: false }).disk);
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'created' });
    assert.deepEqual(await repository.createRef(REF, two), {
      kind: 'conflict',
      ref: REF,
      value: one,
    });
    assert.equal(temp.git('rev-parse', REF), one);
    assert.deepEqual(leftovers(), []);
  });

  it('goes to the shared refs from a linked worktree', async () => {
    const linked = path.join(temp.parent, 'linked');
    temp.git('worktree', 'add', '--quiet', '--detach', linked);
    const repository = await open(impatient(), linked);
    await repository.createRef(REF, one);
    assert.equal(temp.git('rev-parse', REF), one);
  });

  it('is not made to name what is not there', async () => {
    const missing = objectId('1'.repeat(40));
    assert.deepEqual(await (await open()).createRef(REF, missing), {
      kind: 'missing-object',
      id: missing,
    });
  });

  it('outside the prefix is a bug', async () => {
    const repository = await open();
    for (const ref of ['refs/heads/main', 'HEAD', 'hooks/post-commit', `${REF}.lock`]) {
      await assert.rejects(repository.createRef(ref, one), /^Error: Internal error/);
    }
  });

  it('is below the prefix of the run it is for; one repository serves several', async () => {
    const repository = await open();
    const ref = 'refs/heads/team/bots/review-2/lint';
    const rules = { prefix: 'team/bots' };
    assert.deepEqual(await repository.createRef(ref, one, rules), { kind: 'created' });
    assert.deepEqual(await repository.createRef(REF, one), { kind: 'created' });
    assert.deepEqual(await repository.updateRef(ref, two, one, rules), { kind: 'updated' });
    await assert.rejects(repository.updateRef(ref, one, two), /^Error: Internal error/);
    await assert.rejects(repository.updateRef(REF, two, one, rules), /^Error: Internal error/);
  });

  it('is refused where a branch has the name of the prefix', async () => {
    const outcome = await (
      await open()
    ).createRef('refs/heads/main/review-1/lint', two, {
      prefix: 'main',
    });
    assert.deepEqual(outcome, { kind: 'conflict', ref: 'refs/heads/main', value: two });
  });

  it('is given to one of many writers, and the others are told', async () => {
    const commits = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const made = await (
          await open()
        ).commit({
          base: one,
          parents: [one],
          removed: [],
          files: [
            { path: 'n', executable: false, read: () => Promise.resolve(Buffer.from(`${n}`)) },
          ],
          message: `${n}`,
          author: { name: 'x', email: 'x' },
          timestamp: { seconds: 1, offsetMinutes: 0 },
        });
        assert.ok(made.ok);
        return made.value;
      }),
    );
    const outcomes = await Promise.all(
      commits.map(async (commit) => (await open(nodeDisk)).createRef(REF, commit)),
    );
    const winner = outcomes.findIndex((outcome) => outcome.kind === 'created');
    assert.equal(temp.git('rev-parse', REF), commits[winner]);
    assert.deepEqual(
      outcomes.filter((_outcome, index) => index !== winner),
      commits.slice(1).map(() => ({ kind: 'conflict', ref: REF, value: commits[winner] })),
    );
    assert.deepEqual(leftovers(), []);
    assert.equal(temp.problems(), '');
  });

  it('is right when many write the same, and when all write different ones', async () => {
    const same = await Promise.all(
      Array.from({ length: 8 }, async () => (await open(nodeDisk)).createRef(REF, one)),
    );
    assert.deepEqual(
      same.map((outcome) => outcome.kind).sort(),
      ['created', ...Array.from({ length: 7 }, () => 'exists-same')].sort(),
    );
    const others = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        (await open(nodeDisk)).createRef(`refs/heads/ai/generated/review-1/step-${n}`, two),
      ),
    );
    assert.ok(others.every((outcome) => outcome.kind === 'created'));
    assert.equal(temp.git('for-each-ref', 'refs/heads/ai').split('\n').length, 21);
    assert.deepEqual(leftovers(), []);
  });
});
