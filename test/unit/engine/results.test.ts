import assert from 'node:assert/strict';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { TaskId } from '../../../src/core/domain/ids.ts';
import { DriverRig } from '../../support/driverRig.ts';
import { plan, step } from '../../support/plans.ts';

const owning = (...owns: string[]) => ({ terms: { ...NO_TERMS, owns } });

describe('What a task has made', () => {
  let rig: DriverRig;

  afterEach(() => rig.dispose());

  function resultOf(task: string) {
    const state = rig.state().tasks.get(task as TaskId);
    assert.equal(state?.kind, 'succeeded');
    return {
      made: state.artifacts.map(({ path, was }) => `${path}${was === undefined ? '' : ' (was)'}`),
      removed: state.removed.map(({ path }) => path),
    };
  }

  it('is all that it changed of what is its own, and what it declared', async () => {
    rig = new DriverRig(plan(step('a', [], { ...owning('src/**'), produces: ['src/report.md'] })));
    rig.start();
    (await rig.attempt('a')).succeed('', { 'src/a.ts': 'a', 'src/report.md': '# a' });
    await rig.end();
    assert.deepEqual(resultOf('a').made.sort(), ['src/a.ts', 'src/report.md']);
    assert.deepEqual(rig.landed, ['ai/generated/example-1/a']);
  });

  it('is what it declared alone where it says nothing of what it owns', async () => {
    rig = new DriverRig(plan(step('a', [], { produces: ['report.md'] })));
    rig.start();
    (await rig.attempt('a')).succeed('', { 'other.ts': 'a', 'report.md': '# a' });
    await rig.end();
    assert.deepEqual(resultOf('a').made, ['report.md']);
  });

  it('is the removal of a file too, and the file is not there for whoever is built on it', async () => {
    rig = new DriverRig(
      plan(
        step('a', [], owning('src/**')),
        step('b', ['a'], owning('src/**')),
        step('c', ['b'], owning('src/**')),
      ),
    );
    rig.start();
    (await rig.attempt('a')).succeed('', { 'src/a.ts': 'a', 'src/b.ts': 'b' });
    const b = await rig.attempt('b');
    b.remove('src/a.ts');
    b.succeed('', { 'src/b.ts': 'b, by b' });
    const c = await rig.attempt('c');
    assert.deepEqual([c.has('src/a.ts'), c.has('src/b.ts')], [false, true]);
    c.succeed();
    await rig.end();
    assert.deepEqual(resultOf('b'), { made: ['src/b.ts (was)'], removed: ['src/a.ts'] });
    assert.deepEqual(resultOf('c'), { made: [], removed: [] });
    assert.deepEqual(rig.landed, ['ai/generated/example-1/a', 'ai/generated/example-1/b']);
  });

  it('leaves out what Git ignores, wherever it lies', async () => {
    rig = new DriverRig(plan(step('a', [], owning('src/**'))));
    rig.ignored = (file) => file.endsWith('.log');
    rig.start();
    (await rig.attempt('a')).succeed('', { 'src/a.ts': 'a', 'src/a.log': '', 'build/b.log': '' });
    await rig.end();
    assert.deepEqual(resultOf('a').made, ['src/a.ts']);
  });

  it('never is a link, nor what is protected unless it is named', async () => {
    for (const [owns, file, title] of [
      ['**', '.github/workflows/ci.yml', /is protected/],
      ['.github/**', '.github/workflows/ci.yml', /is protected/],
      ['src/**', 'src/link', /is a link/],
    ] as const) {
      rig = new DriverRig(plan(step('a', [], owning(owns))));
      rig.start();
      const attempt = await rig.attempt('a');
      if (file === 'src/link') {
        attempt.link(file, '/etc/passwd');
        attempt.succeed();
      } else {
        attempt.succeed('', { [file]: '' });
      }
      await rig.end();
      const task = rig.state().tasks.get('a' as TaskId);
      assert.ok(task?.kind === 'failed' && task.failure.reason === 'landing', file);
      assert.match(task.failure.message, title);
      rig.dispose();
    }
    rig = new DriverRig(plan(step('a', [], owning('.github/workflows/ci.yml'))));
    rig.start();
    (await rig.attempt('a')).succeed('', { '.github/workflows/ci.yml': '' });
    await rig.end();
    assert.deepEqual(resultOf('a').made, ['.github/workflows/ci.yml']);
  });
});

describe('Tasks that may change the same paths', () => {
  let rig: DriverRig;

  afterEach(() => rig.dispose());

  it('are never under way at once, and others are', async () => {
    rig = new DriverRig(
      plan(
        step('one', [], owning('src/api/**')),
        step('two', [], owning('src/**')),
        step('docs', [], owning('docs/**')),
      ),
    );
    rig.start();
    const first = await rig.attempt('one');
    (await rig.attempt('docs')).succeed();
    await rig.until(() => rig.kinds()['docs'] === 'succeeded');
    assert.equal(rig.kinds()['two'], 'pending');
    first.succeed();
    (await rig.attempt('two')).succeed();
    await rig.end();
    assert.deepEqual(Object.values(rig.kinds()), ['succeeded', 'succeeded', 'succeeded']);
  });
});

describe('A task that only answers', () => {
  let rig: DriverRig;

  afterEach(() => rig.dispose());

  it('gets no copy of its own, unless it is built on files or checked', async () => {
    rig = new DriverRig(
      plan(
        step('look', []),
        step('make', [], { ...owning('a.md'), produces: ['a.md'] }),
        step('judge', ['make']),
        step('checked', [], { checks: [{ command: ['true'], timeoutMs: 1000 }] }),
      ),
    );
    rig.onlyReads = () => true;
    rig.start();
    for (const task of ['look', 'make', 'checked']) {
      (await rig.attempt(task)).succeed('', task === 'make' ? { 'a.md': '' } : {});
    }
    (await rig.attempt('judge')).succeed();
    await rig.end();
    assert.deepEqual(rig.readers, ['look']);
  });
});
