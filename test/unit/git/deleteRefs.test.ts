import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import fc from 'fast-check';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { ObjectId } from '../../../src/core/domain/ids.ts';
import { objectId } from '../../../src/core/domain/ids.ts';
import type { RefParts, RefToDelete } from '../../../src/core/git/deleteRefs.ts';
import { deleteRefs, listOwnRefs } from '../../../src/core/git/deleteRefs.ts';
import { findRepository } from '../../../src/core/git/findRepository.ts';
import { gitProgram } from '../../../src/core/git/gitProgram.ts';
import { digestCheckout, gitEnvironment, TempRepository } from '../../support/tempRepository.ts';

const PREFIX = 'refs/heads/ai/generated/';
const TAGS = 'refs/tags/workflow_';
const isOwn = (ref: string) => ref.startsWith(PREFIX) || ref.startsWith(TAGS);

describe('refs that are no longer wanted', () => {
  let temp: TempRepository;
  let parts: RefParts;
  let one: ObjectId;
  let two: ObjectId;
  beforeEach(async () => {
    temp = new TempRepository();
    temp.write('a', '1');
    one = temp.commit();
    two = temp.commit();
    const found = await findRepository(nodeDisk, temp.folder);
    assert.ok(found.kind === 'found');
    parts = { places: found, program: gitProgram(gitEnvironment) };
  });
  afterEach(() => {
    assert.equal(temp.problems(), '');
    temp.dispose();
  });

  const never = new AbortController().signal;
  const make = (ref: string, id: string = one) =>
    temp.git('update-ref', '--create-reflog', ref, id);
  const remove = async (...refs: readonly (string | RefToDelete)[]) => {
    const wanted = refs.map((ref) => (typeof ref === 'string' ? { ref, expected: one } : ref));
    const done = await deleteRefs(parts, wanted, isOwn, never);
    assert.ok(done.ok, done.ok ? '' : done.error.message);
    return done.value.map(({ outcome }) => outcome);
  };
  const inGit = (file: string) => path.join(temp.folder, '.git', file);
  const refs = () => temp.git('for-each-ref', '--format=%(refname)').split('\n').filter(Boolean);

  it('go with their reflogs and empty folders, loose or packed, and nothing else does', async () => {
    const [a, b] = [`${PREFIX}run-1/a`, `${PREFIX}run-1/b`];
    temp.git('config', 'branch.ai/generated/run-1/a.remote', 'origin');
    make('refs/heads/other', two);
    make('refs/tags/v1', two);
    make('refs/heads/ai/mine');
    for (const pack of [false, true]) {
      make(a);
      make(b);
      make(`${TAGS}run-1_a`);
      if (pack) {
        temp.git('pack-refs', '--all');
      }
      const before = digestCheckout(temp.folder);
      assert.deepEqual(await remove(a, `${TAGS}run-1_a`), ['deleted', 'deleted']);
      assert.deepEqual(await remove(b), ['deleted']);
      assert.deepEqual(refs(), [
        'refs/heads/ai/mine',
        'refs/heads/main',
        'refs/heads/other',
        'refs/tags/v1',
      ]);
      assert.ok(!fs.existsSync(inGit('refs/heads/ai/generated')));
      assert.ok(!fs.existsSync(inGit('logs/refs/heads/ai/generated')));
      assert.ok(fs.existsSync(inGit('logs/refs/heads/ai/mine')));
      const { reflogs: _, ownReflogs: __, ...after } = digestCheckout(temp.folder);
      assert.deepEqual({ ...before, ...after }, before);
    }
    assert.ok(fs.existsSync(inGit('refs/tags')));
  });

  it('stay when they name something else, and keep no other', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `${PREFIX}run-1/${name}`);
    const [a = '', b = '', c = '', d = ''] = names;
    make(a);
    make(b, two);
    temp.git('symbolic-ref', c, 'refs/heads/main');
    make(`${PREFIX}run-1/e`);
    fs.writeFileSync(inGit(d), '');
    assert.deepEqual(await remove(a, b, c, d, `${PREFIX}run-1/e`, `${PREFIX}run-1/f`), [
      'deleted',
      'changed',
      'changed',
      'changed',
      'deleted',
      'absent',
    ]);
    assert.equal(temp.git('rev-parse', b), two);
    assert.equal(temp.git('rev-parse', 'main'), two);
    fs.rmSync(inGit(d));
  });

  it('stay when a lock is held, which is told, and keep no other', async () => {
    const names = Array.from({ length: 9 }, (_, at) => `${PREFIX}run-1/${at}`);
    names.forEach((ref) => make(ref));
    fs.writeFileSync(`${inGit(names[4] ?? '')}.lock`, '');
    const done = await deleteRefs(
      parts,
      names.map((ref) => ({ ref, expected: one })),
      isOwn,
      never,
    );
    assert.ok(done.ok);
    assert.deepEqual(
      done.value.map(({ outcome }) => outcome),
      names.map((_, at) => (at === 4 ? 'failed' : 'deleted')),
    );
    const kept = done.value[4];
    assert.ok(kept?.outcome === 'failed');
    assert.match(kept.message, /lock/);
    fs.rmSync(`${inGit(names[4] ?? '')}.lock`);
    assert.deepEqual(await remove(names[4] ?? ''), ['deleted']);
  });

  it('stay when another program moves them just then', async () => {
    const ref = `${PREFIX}run-1/a`;
    const other = `${PREFIX}run-1/b`;
    make(ref);
    make(other);
    let moved = false;
    const { program } = parts;
    const racing: RefParts = {
      ...parts,
      program: {
        ...program,
        run: (args, call, signal) => {
          if (args[0] === 'update-ref' && !moved) {
            moved = true;
            temp.git('update-ref', ref, two);
          }
          return program.run(args, call, signal);
        },
      },
    };
    const wanted = [ref, other].map((name) => ({ ref: name, expected: one }));
    const done = await deleteRefs(racing, wanted, isOwn, never);
    assert.ok(done.ok);
    assert.deepEqual(done.value, [
      { ref, outcome: 'changed' },
      { ref: other, outcome: 'deleted' },
    ]);
    assert.equal(temp.git('rev-parse', ref), two);
  });

  it('stay while somebody works on them, in whichever work tree', async () => {
    const names = ['here', 'there', 'rebased', 'bisected', 'free'].map(
      (name) => `${PREFIX}run-1/${name}`,
    );
    names.forEach((ref) => make(ref, two));
    const short = (name: string) => `ai/generated/run-1/${name}`;
    temp.git('switch', '-q', short('here'));
    const workTree = (name: string) => {
      const folder = path.join(temp.parent, `tree\n${name}`);
      temp.git('worktree', 'add', '-q', folder, short(name));
      return folder;
    };
    workTree('there');
    const rebasing = workTree('rebased');
    assert.throws(() => temp.gitIn(rebasing, 'rebase', '-f', '--exec', 'false', 'HEAD~1'));
    const bisecting = workTree('bisected');
    temp.gitIn(bisecting, 'bisect', 'start');
    temp.gitIn(bisecting, 'switch', '-q', '--detach');
    const wanted = names.map((ref) => ({ ref, expected: two }));
    assert.deepEqual(await remove(...wanted), [
      'checked-out',
      'checked-out',
      'checked-out',
      'checked-out',
      'deleted',
    ]);
    // The other way round: from a linked work tree.
    const found = await findRepository(nodeDisk, rebasing);
    assert.ok(found.kind === 'found');
    parts = { ...parts, places: found };
    assert.deepEqual(await remove(...wanted.slice(0, 1)), ['checked-out']);
  });

  it('are only those that are said to be ours', async () => {
    for (const ref of ['refs/heads/main', `${PREFIX}a\ndelete refs/heads/main`, `${PREFIX}a b`]) {
      const asked = deleteRefs(parts, [{ ref, expected: two }], isOwn, never);
      await assert.rejects(asked, /Internal error.*may not delete/);
    }
    assert.deepEqual(refs(), ['refs/heads/main']);
  });

  it('are listed by what their names begin with', async () => {
    for (const ref of ['run-1/a', 'run-10/a', 'run-2/x/y'].map((name) => `${PREFIX}${name}`)) {
      make(ref);
    }
    make(`${TAGS}run-1_a`, two);
    make('refs/tags/workflow');
    make('refs/heads/ai/generatedtoo');
    temp.git('pack-refs', '--all');
    temp.git('symbolic-ref', `${PREFIX}run-1/z`, 'refs/heads/main');
    const listed = async (...prefixes: string[]) => {
      const answer = await listOwnRefs(parts, prefixes, never);
      assert.ok(answer.ok);
      return answer.value;
    };
    assert.deepEqual(await listed(PREFIX, TAGS), [
      { ref: `${PREFIX}run-1/a`, id: one },
      { ref: `${PREFIX}run-10/a`, id: one },
      { ref: `${PREFIX}run-2/x/y`, id: one },
      { ref: `${TAGS}run-1_a`, id: two },
    ]);
    assert.deepEqual(await listed(`${PREFIX}run-1/`), [{ ref: `${PREFIX}run-1/a`, id: one }]);
    assert.deepEqual(await listed(), []);
    assert.deepEqual(await listed('refs/heads/nobody/'), []);
  });

  it('are not touched when the repository cannot be read, or nobody wants it any more', async () => {
    const ref = `${PREFIX}run-1/a`;
    make(ref);
    const stop = new AbortController();
    const removing = deleteRefs(parts, [{ ref, expected: one }], isOwn, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(removing, /enough/);
    const head = fs.readFileSync(inGit('HEAD'));
    fs.writeFileSync(inGit('HEAD'), '');
    const done = await deleteRefs(parts, [{ ref, expected: one }], isOwn, never);
    assert.ok(!done.ok);
    fs.writeFileSync(inGit('HEAD'), head);
    assert.equal(temp.git('rev-parse', ref), one);
  });

  it('are gone if and only if they named what was expected, in any mixture', async function () {
    this.timeout(60_000);
    const name = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f');
    const ref = fc.record({ name, is: fc.constantFrom(1, 2), expected: fc.constantFrom(1, 2) });
    const id = (which: number) => (which === 1 ? one : two);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(ref, { selector: (made) => made.name }),
        fc.uniqueArray(name),
        fc.boolean(),
        async (made, asked, pack) => {
          made.forEach((each) => make(`${PREFIX}${each.name}`, id(each.is)));
          if (pack) {
            temp.git('pack-refs', '--all');
          }
          const wanted = asked.map((each) => ({
            ref: `${PREFIX}${each}`,
            expected: id(made.find((other) => other.name === each)?.expected ?? 1),
          }));
          const outcomes = await remove(...wanted);
          const truth = asked.map((each) => {
            const found = made.find((other) => other.name === each);
            return found === undefined
              ? 'absent'
              : found.is === found.expected
                ? 'deleted'
                : 'changed';
          });
          assert.deepEqual(outcomes, truth);
          const left = made
            .map((each) => each.name)
            .filter((each) => truth[asked.indexOf(each)] !== 'deleted')
            .map((each) => `${PREFIX}${each}`);
          assert.deepEqual(refs(), [...left.sort(), 'refs/heads/main']);
          await remove(
            ...left.map((each) => ({ ref: each, expected: objectId(temp.git('rev-parse', each)) })),
          );
          assert.equal(fs.existsSync(inGit('refs/heads/ai')), false);
        },
      ),
      { numRuns: 25 },
    );
  });
});
