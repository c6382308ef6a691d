import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Landing } from '../../../src/core/artifacts/landing.ts';
import {
  DEFAULT_LANDING_RULES,
  type LandingRequest,
  type PreparedLanding,
} from '../../../src/core/domain/landing.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Disk } from '../../../src/core/base/disk.ts';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import type { DiskFault } from '../../support/faultyDisk.ts';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { oneIn, sampleOf } from '../../support/sample.ts';
import {
  digestCheckout,
  gitEnvironment,
  problemsIn,
  TempRepository,
} from '../../support/tempRepository.ts';

const CONTENTS = ['# Report\n', '#!/bin/sh\necho done\n', 'x'.repeat(5000)] as const;
const BLOBS = new Map(CONTENTS.map((content) => [digestOf(content), Buffer.from(content)]));

/** What was said to be done before everything stopped. */
interface Acknowledged {
  prepared: PreparedLanding | undefined;
  published: boolean;
}

describe('landing that is cut off', function () {
  // Many repositories, each checked by Git.
  this.timeout(sampleOf(120_000));

  let template: TempRepository;
  let request: LandingRequest;
  let expected: PreparedLanding;
  let operations: number;
  let log: readonly string[];

  before(async () => {
    template = new TempRepository();
    template.write('README.md', 'readme');
    template.write('docs/a.md', 'a');
    const base = template.commit();
    template.write('dirty.txt', 'x');
    request = {
      run: runIdOf('crash', 1),
      workflow: 'crash',
      task: taskIdOf(stepId('write')),
      attempt: 1,
      agent: { name: 'writer', version: undefined },
      promptDigest: digestOf(''),
      base,
      follows: undefined,
      earlier: [],
      intended: [],
      artifacts: ['docs/report.md', 'bin/run.sh', 'data/x.txt'].map((file, index) => ({
        path: file,
        executable: file === 'bin/run.sh',
        digest: digestOf(CONTENTS[index] ?? ''),
        bytes: CONTENTS[index]?.length ?? 0,
      })),
      removed: [],
      gates: [],
      rules: DEFAULT_LANDING_RULES,
      correlation: 'crash-1',
      model: undefined,
      usd: undefined,
      endedAt: 1_700_000_000_000,
    };
    const whole = await attempt(undefined);
    assert.ok(whole.acknowledged.prepared !== undefined && whole.acknowledged.published);
    expected = whole.acknowledged.prepared;
    operations = whole.faulty.operations;
    log = whole.faulty.log;
    fs.rmSync(whole.folder, { recursive: true });
  });
  after(() => template.dispose());

  let copies = 0;
  const copy = (): string => {
    copies += 1;
    const folder = path.join(template.parent, `copy-${copies}`);
    fs.cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
    return folder;
  };

  const landingOn = async (folder: string, disk: Disk): Promise<Landing> => {
    const opened = await openRepository(folder, { disk, program: gitProgram(gitEnvironment) });
    assert.equal(opened.kind, 'repository');
    return new Landing({
      target: opened.repository,
      readBlob: (digest) => Promise.resolve(BLOBS.get(digest) ?? assert.fail('no such blob')),
    });
  };

  /** Lands on a copy, by default a fresh one, with this fault. How it fails is what a crash would hide. */
  async function attempt(fault: DiskFault | undefined, folder = copy()) {
    const faulty = new FaultyDisk(fault);
    const acknowledged: Acknowledged = { prepared: undefined, published: false };
    const landing = await landingOn(folder, faulty.disk);
    const prepared = await landing.prepare(request);
    if (prepared.ok) {
      acknowledged.prepared = prepared.value;
      acknowledged.published = (await landing.publish(prepared.value)).ok;
    }
    await faulty.idle();
    return { folder, faulty, acknowledged };
  }

  /** As the engine does it after a restart: publish what was prepared, else all anew. */
  async function recover(folder: string, { prepared, published }: Acknowledged): Promise<void> {
    assert.equal(problemsIn(folder), '', 'right after the crash');
    const refs = refsOf(folder);
    for (const [name, value] of refs) {
      assert.equal(value, expected.commit, `half-made ref ${name}`);
    }
    if (published) {
      assert.equal(refs.size, 2, 'a ref that was acknowledged is gone');
    }
    const landing = await landingOn(folder, new FaultyDisk().disk);
    let again = prepared;
    if (again === undefined) {
      const outcome = await landing.prepare(request);
      assert.ok(outcome.ok, JSON.stringify(outcome));
      again = outcome.value;
    }
    assert.deepEqual(again, expected);
    const outcome = await landing.publish(again);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual([...refsOf(folder).values()], [expected.commit, expected.commit]);
    assert.equal(problemsIn(folder), '', 'after the repeat');
    assert.deepEqual(
      fs
        .readdirSync(path.join(folder, '.git'), { recursive: true })
        .filter((name) => String(name).endsWith('.lock')),
      [],
    );
  }

  function refsOf(folder: string): Map<string, string> {
    const names = [`refs/heads/${expected.branch}`, `refs/tags/${expected.tag}`];
    return new Map(
      names.flatMap((name) => {
        const file = path.join(folder, '.git', name);
        return fs.existsSync(file) ? [[name, fs.readFileSync(file, 'utf8').trim()]] : [];
      }),
    );
  }

  async function sweep(
    points: readonly number[],
    fault: (at: number) => DiskFault,
    crash: (faulty: FaultyDisk, at: number) => void = () => undefined,
  ): Promise<void> {
    for (const [index, at] of points.entries()) {
      const fresh = copy();
      const checkout = index % 20 === 0 ? digestCheckout(fresh) : undefined;
      try {
        const { folder, faulty, acknowledged } = await attempt(fault(at), fresh);
        crash(faulty, at);
        await recover(folder, acknowledged);
        if (checkout !== undefined) {
          assert.deepEqual(digestCheckout(folder), checkout);
        }
      } catch (error) {
        throw new Error(`operation ${at} of ${operations} (${log[at - 1] ?? 'none'})`, {
          cause: error,
        });
      }
      fs.rmSync(fresh, { recursive: true });
    }
    covered += points.length;
  }

  /** Operations from the first on; one more than there are is a crash with nothing gone wrong before. */
  const every = (step: number, first: number): number[] => {
    const points = [];
    for (let at = step === 1 ? 1 : first; at <= operations + 1; at += step) {
      points.push(at);
    }
    return points;
  };

  it('at any operation leaves a sound repository, and a repeat ends well', async () => {
    assert.ok(operations >= 60, `${operations}`);
    await sweep(every(oneIn(2), 2), (at) => ({ kind: 'stop', at }));
  });

  it('in the middle of any write does so too', async () => {
    const writes = log.flatMap((name, index) => (name === 'write' ? [index + 1] : []));
    assert.ok(writes.length >= 9);
    await sweep(writes, (at) => ({ kind: 'torn', at }));
    await sweep(
      writes,
      (at) => ({ kind: 'torn', at }),
      (faulty) => faulty.losePower(),
    );
  });

  it('by a power loss that takes all that was not flushed does so too', async () => {
    await sweep(
      every(oneIn(2), 1),
      (at) => ({ kind: 'stop', at }),
      (faulty) => faulty.losePower(),
    );
  });

  it('by a power loss that takes some of what was not flushed does so too', async () => {
    await sweep(
      every(oneIn(5), 3),
      (at) => ({ kind: 'stop', at }),
      // Any mixture will do, as long as it is the same next time.
      (faulty, at) => faulty.losePower((index) => digestOf(`${at}/${index}`) < '8'),
    );
  });

  it('by an error of the disk does so too', async () => {
    const code = (at: number) => (at % 2 === 0 ? 'EIO' : 'ENOSPC');
    await sweep(every(oneIn(5), 4), (at) => ({ kind: 'error', at, code: code(at) }));
  });

  it('a second time, while it is repeated, does so too', async () => {
    let pairs = 0;
    for (let first = 3; first <= operations; first += oneIn(22)) {
      for (const second of [1, 12, 20, 33]) {
        const { folder, acknowledged } = await attempt({ kind: 'stop', at: first });
        const again = await attempt({ kind: 'stop', at: second }, folder);
        again.faulty.losePower();
        await recover(folder, {
          prepared: acknowledged.prepared ?? again.acknowledged.prepared,
          published: acknowledged.published || again.acknowledged.published,
        });
        fs.rmSync(folder, { recursive: true });
        pairs += 1;
      }
    }
    covered += pairs;
  });

  let covered = 0;
  after(() => {
    // The figure to quote.
    process.stdout.write(
      `      ${covered} crash points over the ${operations} operations of a landing\n`,
    );
  });
});
