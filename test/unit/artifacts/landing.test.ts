import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Landing } from '../../../src/core/artifacts/landing.ts';
import { DEFAULT_LANDING_RULES, type LandingRequest } from '../../../src/core/domain/landing.ts';
import type { Digest } from '../../../src/core/base/digest.ts';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { Disk } from '../../../src/core/base/disk.ts';
import type { Artifact } from '../../../src/core/domain/event.ts';
import type { ObjectId, TaskId } from '../../../src/core/domain/ids.ts';
import { runIdOf, stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { LandingPort } from '../../../src/core/engine/parts.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { landingMessage } from '../../../src/core/artifacts/message.ts';
import fc from 'fast-check';
import { FaultyDisk } from '../../support/faultyDisk.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';
import { NAMED, UNSAFE } from './landingNames.ts';

describe('landing', () => {
  let temp: TempRepository;
  let base: ObjectId;
  let blobs: Map<Digest, Buffer>;
  beforeEach(() => {
    temp = new TempRepository();
    temp.write('src/a.ts', 'a');
    base = temp.commit();
    blobs = new Map();
  });
  afterEach(() => temp.dispose());

  const artifact = (file: string, content: string, executable = false): Artifact => {
    const digest = digestOf(content);
    blobs.set(digest, Buffer.from(content));
    return { path: file, executable, digest, bytes: Buffer.byteLength(content) };
  };
  const request = (changes: Partial<LandingRequest> = {}): LandingRequest => ({
    run: runIdOf('Review the code', 3),
    workflow: 'Review the code',
    task: taskIdOf(stepId('Lint.all')),
    attempt: 2,
    agent: { name: 'linter', version: '1.4.0' },
    rules: DEFAULT_LANDING_RULES,
    correlation: 'ticket-77',
    model: { requested: 'sonnet', served: 'claude-sonnet-4-5' },
    usd: 0.01234,
    promptDigest: digestOf('the prompt'),
    base,
    follows: undefined,
    earlier: [],
    intended: [],
    artifacts: [artifact('reports/lint.md', '# Lint\n'), artifact('run.sh', '#!/bin/sh\n', true)],
    removed: [],
    gates: [
      { gate: 'ship' as TaskId, decision: 'approved', by: 'Ada\n\nSluice-Run: forged\u2028x: y' },
    ],
    endedAt: 1_700_000_000_999,
    ...changes,
  });
  const landingIn = async (folder = temp.folder, disk: Disk = new FaultyDisk().disk) => {
    const result = await openRepository(folder, { disk, program: gitProgram(gitEnvironment) });
    assert.equal(result.kind, 'repository');
    const landing = new Landing({
      target: result.repository,
      readBlob: (digest) => {
        const bytes = blobs.get(digest);
        return bytes === undefined
          ? Promise.reject(new Error('the blob is lost'))
          : Promise.resolve(bytes);
      },
    });
    // The engine takes it as it is.
    const port: LandingPort = landing;
    assert.ok(port);
    return landing;
  };
  const land = async (landing: Landing, asked: LandingRequest) => {
    const prepared = await landing.prepare(asked);
    assert.ok(prepared.ok, JSON.stringify(prepared));
    const published = await landing.publish(prepared.value);
    assert.ok(published.ok, JSON.stringify(published));
    return prepared.value;
  };
  const refusal = async (landing: Landing, asked: LandingRequest): Promise<string> => {
    const prepared = await landing.prepare(asked);
    const outcome = prepared.ok ? await landing.publish(prepared.value) : prepared;
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.reason, 'landing');
    return (outcome.error as { message: string }).message;
  };

  const trailersOf = (message: string): readonly string[] =>
    execFileSync('git', ['interpret-trailers', '--parse'], { input: message, env: gitEnvironment })
      .toString()
      .trim()
      .split('\n');

  it('puts the artifacts on a branch and a tag, and leaves the checkout as it was', async () => {
    temp.write('dirty.txt', 'x');
    const before = digestCheckout(temp.folder);
    const landed = await land(await landingIn(), request());
    assert.deepEqual(
      { branch: landed.branch, tag: landed.tag },
      {
        branch: 'ai/generated/review-the-code-3/Lint.all',
        tag: 'workflow_review-the-code-3_Lint.all',
      },
    );
    assert.equal(temp.git('rev-parse', landed.branch), landed.commit);
    assert.equal(temp.git('rev-parse', landed.tag), landed.commit);
    assert.equal(
      temp
        .git('diff', '--raw', '--abbrev=4', base, landed.commit)
        .replace(/ [0-9a-f]{4}(?= [AM])/g, ''),
      ':000000 100644 0000 A\treports/lint.md\n:000000 100755 0000 A\trun.sh',
    );
    assert.equal(temp.git('show', `${landed.tag}:reports/lint.md`), '# Lint');
    assert.equal(temp.git('log', '-1', '--format=%P', landed.branch), base);
    assert.deepEqual(digestCheckout(temp.folder), before);
    assert.equal(temp.problems(), '');
  });

  it('says in the message what made them, in trailers that Git reads', async () => {
    const { commit } = await land(await landingIn(), request());
    const message = temp.git('log', '-1', '--format=%B', commit);
    assert.match(
      message,
      /^Lint\.all: add reports\/lint\.md and run\.sh \(review-the-code-3\)\n\n- reports\/lint\.md\n- run\.sh\n\nSluice-/,
    );
    assert.deepEqual(trailersOf(message), [
      'Sluice-Workflow: Review the code',
      'Sluice-Run: review-the-code-3',
      'Sluice-Task: Lint.all',
      'Sluice-Attempt: 2',
      'Sluice-Correlation: ticket-77',
      'Sluice-Agent: linter@1.4.0',
      'Sluice-Model-Requested: sonnet',
      'Sluice-Model-Served: claude-sonnet-4-5',
      `Sluice-Prompt-SHA256: ${digestOf('the prompt')}`,
      'Sluice-Cost-USD: 0.01234',
      'Sluice-Files: 2',
      'Sluice-Gate: ship approved by Ada Sluice-Run: forged x: y',
    ]);
    assert.equal(
      temp.git('log', '-1', '--format=%an <%ae> %at %cn <%ce> %ct', commit),
      'Sluice <sluice@localhost> 1700000000 Sluice <sluice@localhost> 1700000000',
    );
  });

  it('lets nothing that agents or people wrote forge a trailer, in any place', async () => {
    const forged = fc.constantFrom(
      'x\nSluice-Run: other-1',
      'x\r\n\r\nSluice-Run: other-1',
      '\n---\nSluice-Run: other-1',
      '# Sluice-Run: other-1\n',
      ': Sluice-Run: other-1',
      ' \u2029Sluice-Run: other-1\u0085',
      '\u001b[2KSluice-Run: other-1',
      'Signed-off-by: x\n\tSluice-Run: other-1',
    );
    const names = ['Sluice-Workflow', 'Sluice-Run', 'Sluice-Task', 'Sluice-Attempt'];
    await fc.assert(
      fc.asyncProperty(forged, forged, (one, other) => {
        const message = landingMessage(
          request({
            workflow: one,
            correlation: other,
            agent: { name: other, version: one },
            model: { requested: one, served: other },
            artifacts: [{ ...artifact('a', 'a'), path: one }],
            removed: [{ path: other, was: artifact('b', 'b') }],
            gates: [{ gate: 'ship' as TaskId, decision: 'rejected', by: one }],
          }),
        );
        const trailers = trailersOf(message);
        assert.equal(trailers.length, 12, message);
        assert.deepEqual(
          trailers.slice(0, 4).map((line) => line.split(':')[0]),
          names,
        );
        assert.deepEqual(
          trailers.filter((line) => line.startsWith('Sluice-Run:')),
          ['Sluice-Run: review-the-code-3'],
        );
        return Promise.resolve();
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out what is not known, and says in the subject what was done', () => {
    const subject = (changes: Partial<LandingRequest>) =>
      landingMessage(request(changes)).split('\n')[0];
    const message = landingMessage(
      request({ model: undefined, usd: undefined, gates: [], artifacts: [], removed: [] }),
    );
    assert.doesNotMatch(message, /Model|Cost|Gate/);
    const was = artifact('x', 'old');
    const removed = [{ path: 'src/old.ts', was }];
    const changed = ['src/api/a.ts', 'src/api/b.ts', 'src/c.ts'].map((file) => ({
      ...artifact(file, file),
      was,
    }));
    assert.equal(
      subject({ artifacts: changed.slice(0, 1) }),
      'Lint.all: change src/api/a.ts (review-the-code-3)',
    );
    assert.equal(
      subject({ artifacts: changed }),
      'Lint.all: change 3 files in src (review-the-code-3)',
    );
    assert.equal(
      subject({ artifacts: [], removed }),
      'Lint.all: remove src/old.ts (review-the-code-3)',
    );
    assert.equal(
      subject({ artifacts: [artifact('top.md', '')], removed }),
      'Lint.all: change src/old.ts and top.md (review-the-code-3)',
    );
    const long = Array.from({ length: 3 }, (_, at) => artifact(`${'deep/'.repeat(20)}${at}`, ''));
    assert.equal(subject({ artifacts: long }), 'Lint.all: add 3 files');
    assert.match(landingMessage(request({ removed })), /\n- src\/old\.ts \(removed\)\n/);
  });

  it('is by whom, and below the prefix, that the rules of the run say', async () => {
    const { commit, branch } = await land(
      await landingIn(),
      request({
        rules: { ...DEFAULT_LANDING_RULES, author: { name: 'Robot', email: 'robot@example.org' } },
      }),
    );
    assert.equal(temp.git('log', '-1', '--format=%an <%ae>', commit), 'Robot <robot@example.org>');
    assert.equal(branch, 'ai/generated/review-the-code-3/Lint.all');
    const elsewhere = await (
      await landingIn()
    ).prepare(request({ rules: { ...DEFAULT_LANDING_RULES, prefix: 'robots/work' } }));
    assert.equal(elsewhere.ok && elsewhere.value.branch, 'robots/work/review-the-code-3/Lint.all');
  });

  it('takes out what the task removed', async () => {
    temp.write('src/b/c.ts', 'c');
    const onto = temp.commit();
    const removed = [{ path: 'src/b/c.ts', was: artifact('x', 'c') }];
    const { commit } = await land(await landingIn(), request({ base: onto, removed }));
    assert.equal(
      temp.git('diff', '--name-status', onto, commit),
      'A\treports/lint.md\nA\trun.sh\nD\tsrc/b/c.ts',
    );
    assert.match(
      await refusal(
        await landingIn(),
        request({ removed: [{ path: '.github/x.yml', was: artifact('x', 'c') }] }),
      ),
      /is protected/,
    );
  });

  it('makes the same commit of the same request, and a repeat is done already', async () => {
    const first = await land(await landingIn(), request());
    const second = await land(await landingIn(), request());
    assert.deepEqual(second, first);
    temp.git('pack-refs', '--all', '--prune');
    temp.git('gc', '--quiet');
    assert.deepEqual(await land(await landingIn(), request()), first);
    const { artifacts } = request();
    const reversed = request({ artifacts: [...artifacts].reverse() });
    assert.deepEqual(await land(await landingIn(), reversed), first);
    assert.equal(temp.problems(), '');
  });

  it('works before the first commit of a repository', async () => {
    const empty = new TempRepository();
    try {
      const { commit } = await land(await landingIn(empty.folder), request({ base: undefined }));
      assert.equal(empty.git('ls-tree', '-r', '--name-only', commit), 'reports/lint.md\nrun.sh');
      assert.equal(empty.git('status', '--porcelain', '--branch'), '## No commits yet on main');
      assert.equal(empty.problems(), '');
    } finally {
      empty.dispose();
    }
  });

  it('keeps a branch for each task of a run, side by side', async () => {
    const landing = await landingIn();
    const tasks = Array.from({ length: 20 }, (_, n) => taskIdOf(stepId(`step-${n}`)));
    const landed = await Promise.all(tasks.map((task) => land(landing, request({ task }))));
    assert.equal(new Set(landed.map(({ commit }) => commit)).size, 20);
    assert.equal(temp.git('branch', '--list', 'ai/*').split('\n').length, 20);
    assert.equal(temp.git('tag').split('\n').length, 20);
    assert.equal(temp.problems(), '');
  });

  it('refuses a protected path by name and writes nothing', async () => {
    const landing = await landingIn();
    const objects = temp.git('count-objects');
    assert.match(
      await refusal(
        landing,
        request({ artifacts: [artifact('ok', ''), artifact('a/.VSCode/x', '')] }),
      ),
      /"a\/\.VSCode\/x" is protected \(\.vscode\)/,
    );
    assert.equal(temp.git('count-objects'), objects);
    assert.deepEqual(landing.check(['ok', '.mcp.json'], []), {
      reason: 'protected-path',
      path: '.mcp.json',
      name: '.mcp.json',
    });
    assert.equal(landing.check(['ok'], []), undefined);
  });

  it('lands a protected path that its owner names, and nothing that only looks like it', async () => {
    const landing = await landingIn();
    const asked = request({ artifacts: [artifact('.github/workflows/ci.yml', 'ci')] });
    const prepared = await landing.prepare(asked, ['.github/workflows/ci.yml']);
    assert.ok(prepared.ok);
    assert.match(await refusal(landing, asked), /is protected \(\.github\)/);
    for (const [path, named, isAllowed] of NAMED) {
      assert.equal(
        landing.check([path], named) === undefined,
        isAllowed,
        `${path} ${named.join()}`,
      );
    }
  });

  it('refuses names that some system reads as others, whoever owns all', async () => {
    const landing = await landingIn();
    const objects = temp.git('count-objects');
    assert.ok(UNSAFE.length > 40);
    for (const path of UNSAFE) {
      const asked = request({ artifacts: [artifact(path, 'x')] });
      const prepared = await landing.prepare(asked, ['**', path]);
      assert.ok(!prepared.ok, JSON.stringify(path));
    }
    assert.equal(temp.git('count-objects'), objects);
  });

  it('counts protected names from the root of the repository', async () => {
    fs.mkdirSync(path.join(temp.folder, '.github/workflows'), { recursive: true });
    fs.mkdirSync(path.join(temp.folder, 'packages/a'), { recursive: true });
    const inside = await landingIn(path.join(temp.folder, '.github/workflows'));
    assert.match(
      await refusal(inside, request()),
      /"\.github\/workflows\/reports\/lint\.md" is protected/,
    );
    const beside = await land(await landingIn(path.join(temp.folder, 'packages/a')), request());
    assert.equal(
      temp.git('diff', '--name-only', base, beside.commit),
      'packages/a/reports/lint.md\npackages/a/run.sh',
    );
  });

  it('refuses a path that is not safe in a tree', async () => {
    assert.match(
      await refusal(await landingIn(), request({ artifacts: [artifact('a/../../x', '')] })),
      /"a\/\.\.\/\.\.\/x" has the part "\.\."/,
    );
  });

  it('leaves a branch or tag of the same name alone, and writes neither then', async () => {
    const landing = await landingIn();
    temp.git('tag', 'workflow_review-the-code-3_Lint.all', base);
    assert.match(
      await refusal(landing, request()),
      /refs\/tags\/workflow_\S+ stands in the way with commit/,
    );
    assert.equal(temp.git('branch', '--list', 'ai/*'), '');
    temp.git('tag', '-d', 'workflow_review-the-code-3_Lint.all');
    temp.git('update-ref', 'refs/heads/ai/generated', base);
    assert.match(await refusal(landing, request()), /refs\/heads\/ai\/generated stands in the way/);
    assert.equal(temp.git('tag'), '');
  });

  it('names the lock that somebody holds', async () => {
    const landing = await landingIn();
    const lock = path.join(
      temp.folder,
      '.git/refs/heads/ai/generated/review-the-code-3/Lint.all.lock',
    );
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, '');
    assert.ok((await refusal(landing, request())).endsWith(`delete ${lock}`));
  });

  it('fails as a landing when a blob is lost, the base is gone or the disk is full', async () => {
    const lost = { path: 'lost', executable: false, digest: digestOf('lost'), bytes: 4 };
    assert.match(
      await refusal(await landingIn(), request({ artifacts: [lost] })),
      /the blob is lost/,
    );
    const elsewhere = 'f'.repeat(40) as ObjectId;
    assert.match(
      await refusal(await landingIn(), request({ base: elsewhere })),
      /f{40} cannot be read/,
    );
    const full = new FaultyDisk({ kind: 'error', at: 3, code: 'ENOSPC' });
    assert.match(await refusal(await landingIn(temp.folder, full.disk), request()), /ENOSPC/);
    assert.equal(temp.problems(), '');
  });

  it('is told when a collection took the commit before it was published', async () => {
    const landing = await landingIn();
    const prepared = await landing.prepare(request());
    assert.ok(prepared.ok);
    temp.git('gc', '--quiet', '--prune=now');
    const published = await landing.publish(prepared.value);
    assert.ok(!published.ok);
    assert.match(JSON.stringify(published.error), /no longer in the repository/);
    await land(landing, request());
  });

  it('replaces what a landing of the task that failed has left on its refs, and nothing else', async () => {
    const landing = await landingIn();
    const first = await landing.prepare(request());
    assert.ok(first.ok && (await landing.publish(first.value)).ok);
    const again = { attempt: 3, artifacts: [artifact('reports/lint.md', '# Again\n')] };

    const stranger = await landing.prepare(request(again));
    assert.ok(stranger.ok && !(await landing.publish(stranger.value)).ok);
    const second = await landing.prepare(request({ ...again, intended: [first.value.commit] }));
    assert.ok(second.ok && (await landing.publish(second.value)).ok);
    const { branch, tag, commit } = second.value;
    assert.deepEqual(
      [temp.git('rev-parse', branch).trim(), temp.git('rev-parse', tag).trim()],
      [commit, commit],
    );
  });

  it('lets a bug be one', async () => {
    const landing = await landingIn();
    await assert.rejects(
      landing
        .publish({
          ...{ prefix: 'ai/generated', branch: 'main', tag: 'v1', commit: base },
          follows: undefined,
          replaces: [],
        })
        .then((outcome) => {
          // `main` names the base already, so only the prefix is wrong.
          assert.fail(JSON.stringify(outcome));
        }),
      /Internal error: Sluice may not write the ref/,
    );
  });
});
