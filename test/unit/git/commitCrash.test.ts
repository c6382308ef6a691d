import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Disk } from '../../../src/core/base/disk.ts';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import type { CommitRequest } from '../../../src/core/git/commit.ts';
import type { GitProgram } from '../../../src/core/git/gitProgram.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import type { Repository } from '../../../src/core/git/repository.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import type { DiskFault } from '../../support/faultyDisk.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { oneIn } from '../../support/sample.ts';
import {
  digestCheckout,
  gitEnvironment,
  problemsIn,
  TempRepository,
} from '../../support/tempRepository.ts';

describe('a commit that writes and removes, cut off', function () {
  // Many repositories, each checked by Git.
  this.timeout(120_000);

  const BRANCH = 'refs/heads/ai/generated/crash-1/a';
  let template: TempRepository;
  let base: ObjectId;
  let copies = 0;
  before(() => {
    template = new TempRepository();
    template.write('.gitattributes', '*.up filter=up\n');
    template.git('config', 'filter.up.clean', 'tr a-z A-Z');
    for (const file of ['keep', 'src/a', 'src/deep/b', 'only/d/e']) {
      template.write(file, file);
    }
    base = template.commit();
  });
  after(() => template.dispose());

  const copy = (): string => {
    copies += 1;
    const folder = path.join(template.parent, `copy-${copies}`);
    fs.cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
    return folder;
  };
  const open = async (
    folder: string,
    disk: Disk = nodeDisk,
    program = gitProgram(gitEnvironment),
  ): Promise<Repository> => {
    const result = await openRepository(folder, { disk, program });
    assert.equal(result.kind, 'repository');
    return (result as { repository: Repository }).repository;
  };
  const request = (): CommitRequest => ({
    base,
    parents: [base],
    files: ['src/new', 'src/deep/new', 'filtered.up'].map((file) => ({
      path: file,
      executable: false,
      read: () => Promise.resolve(Buffer.from(`new ${file}`)),
    })),
    removed: ['src/deep/b', 'only/d/e'],
    message: 'x',
    author: { name: 'x', email: 'x' },
    timestamp: { seconds: 1, offsetMinutes: 0 },
  });
  const attempt = async (folder: string, fault?: DiskFault) => {
    const faulty = new FaultyDisk(fault);
    const repository = await open(folder, faulty.disk);
    let id: ObjectId | undefined;
    let landed = false;
    try {
      const made = await repository.commit(request());
      assert.ok(made.ok, JSON.stringify(made));
      id = made.value;
      landed = (await repository.createRef(BRANCH, id)).kind === 'created';
    } catch (error) {
      if (fault === undefined || (error instanceof Error && /Internal/.test(error.message))) {
        throw error;
      }
    }
    await faulty.idle();
    return { faulty, id, landed };
  };

  it('at any operation, also by a power loss, leaves a sound repository, and a repeat ends well', async () => {
    const whole = await attempt(copy());
    assert.ok(whole.id !== undefined && whole.landed);
    const points = whole.faulty.operations;
    assert.ok(points >= 40, `${points}`);
    for (let at = 1; at <= points; at += oneIn(7)) {
      for (const power of [false, true]) {
        const folder = copy();
        const before = digestCheckout(folder);
        const { faulty, landed } = await attempt(folder, { kind: 'stop', at });
        if (power) {
          faulty.losePower();
        }
        const where = `operation ${at} of ${points}, power ${power}`;
        assert.equal(problemsIn(folder), '', where);
        assert.equal(fs.existsSync(path.join(folder, '.git', BRANCH)) || !landed, true, where);
        const again = await attempt(folder);
        assert.equal(again.id, whole.id, where);
        assert.equal(problemsIn(folder), '', where);
        assert.deepEqual(digestCheckout(folder), before, where);
        fs.rmSync(folder, { recursive: true });
      }
    }
  });

  describe('in a repository reached by the git program', () => {
    let clone: string;
    beforeEach(() => {
      copies += 1;
      clone = path.join(template.parent, `clone-${copies}`);
      template.git('clone', '--quiet', '--shared', template.folder, clone);
      template.gitIn(clone, 'config', 'filter.up.clean', 'tr a-z A-Z');
    });

    const assertClean = (before: Readonly<Record<string, string>>) => {
      assert.deepEqual(digestCheckout(clone), before);
      assert.equal(problemsIn(clone), '');
      const names = fs.readdirSync(path.join(clone, '.git'), { recursive: true }).map(String);
      assert.deepEqual(
        names.filter((name) => /fast_import|sluice|\.lock$/.test(name)),
        [],
      );
    };

    it('by a file that cannot be read leaves nothing but objects', async () => {
      const before = digestCheckout(clone);
      const asked = request();
      const files = asked.files.map((file, index) =>
        index === 1 ? { ...file, read: () => Promise.reject(new Error('the blob is lost')) } : file,
      );
      const repository = await open(clone);
      await assert.rejects(repository.commit({ ...asked, files }), /the blob is lost/);
      assertClean(before);
    });

    it('by a program that fails is an error with its words, and leaves nothing but objects', async () => {
      const before = digestCheckout(clone);
      const real = gitProgram(gitEnvironment);
      const garbled: GitProgram = {
        ...real,
        start: async (args, call) => {
          const started = await real.start(args, call);
          if (started.ok && args.includes('fast-import')) {
            await started.value.write('nonsense\n');
          }
          return started;
        },
      };
      const repository = await open(clone, nodeDisk, garbled);
      await assert.rejects(repository.commit(request()), /"git fast-import" failed: .*nonsense/);
      assertClean(before);
    });

    it('by a program that is killed is an error, and a repeat ends well', async () => {
      const before = digestCheckout(clone);
      const real = gitProgram(gitEnvironment);
      for (const name of ['fast-import', 'cat-file']) {
        const killed: GitProgram = {
          ...real,
          start: async (args, call) => {
            const started = await real.start(args, call);
            if (started.ok && args.includes(name) && started.value.pid !== undefined) {
              process.kill(started.value.pid, 'SIGKILL');
            }
            return started;
          },
        };
        const repository = await open(clone, nodeDisk, killed);
        await assert.rejects(repository.commit(request()), new RegExp(name));
      }
      const whole = await (await open(copy())).commit(request());
      assert.ok(whole.ok);
      const made = await (await open(clone)).commit(request());
      assert.ok(made.ok);
      assert.equal(made.value, whole.value, 'both ways of access make the same commit');
      assertClean(before);
    });
  });
});
