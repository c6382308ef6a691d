import assert from 'node:assert/strict';
import { NO_TERMS, type Terms } from '../../../src/core/domain/terms.ts';
import { stepId, taskIdOf } from '../../../src/core/domain/ids.ts';
import type { AgentStep } from '../../../src/core/domain/workflow.ts';
import { DriverRig } from '../../support/driverRig.ts';
import { plan, step } from '../../support/plans.ts';

describe('A task that owns some paths', () => {
  let rig: DriverRig;

  afterEach(() => rig.dispose());

  /** What the task comes to when it has written these files. */
  async function wrote(
    files: Readonly<Record<string, string>>,
    terms: Partial<Terms>,
    over: Partial<AgentStep> = {},
  ) {
    rig = new DriverRig(plan(step('a', [], { terms: { ...NO_TERMS, ...terms }, ...over })));
    rig.start();
    const id = over.matrix === undefined ? 'a' : 'a.api';
    (await rig.attempt(id)).succeed('', files);
    await rig.end();
    const task = rig.state().tasks.get(taskIdOf(stepId(id)));
    return task?.kind === 'failed' ? task.failure : task?.kind;
  }

  it('may change these and what lies in them', async () => {
    assert.equal(
      await wrote({ 'src/api/a.ts': '', 'docs/api.md': '' }, { owns: ['src/api', 'docs/*.md'] }),
      'succeeded',
    );
  });

  it('fails with the paths that are not its own, and nothing of it lands', async () => {
    const files = { 'src/api/a.ts': '', 'src/b.ts': '', 'c.ts': '' };
    assert.deepEqual(
      await wrote(
        files,
        { owns: ['src/api/**'] },
        { produces: [{ path: 'c.ts', schema: undefined }] },
      ),
      { reason: 'out-of-bounds', paths: ['c.ts', 'src/b.ts'], count: 2 },
    );
    assert.deepEqual(rig.landed, []);
  });

  it('never changes what is out of bounds, not even where it owns it', async () => {
    assert.deepEqual(
      await wrote({ 'src/auth/a.ts': '', 'src/b.ts': '' }, { owns: ['src'], never: ['**/auth'] }),
      { reason: 'out-of-bounds', paths: ['src/auth/a.ts'], count: 1 },
    );
    rig.dispose();
    assert.equal(await wrote({ 'any/where.ts': '' }, { never: ['**/auth'] }), 'succeeded');
  });

  it('never changes what some disk takes for what is out of bounds, and owns nothing but what it is called', async () => {
    const accents = 'src/caf\u00e9';
    const terms = { owns: ['src/**'], never: ['src/Auth/[A-M]*', accents] };
    for (const file of ['src/AUTH/key', 'src/auth/Key', `${accents.normalize('NFD')}/x`]) {
      assert.deepEqual(await wrote({ [file]: '' }, terms), {
        reason: 'out-of-bounds',
        paths: [file],
        count: 1,
      });
      rig.dispose();
    }
    assert.equal(await wrote({ 'src/auth/open': '' }, terms), 'succeeded');
    rig.dispose();
    assert.deepEqual(await wrote({ 'SRC/x': '' }, { owns: ['src/**'] }), {
      reason: 'out-of-bounds',
      paths: ['SRC/x'],
      count: 1,
    });
  });

  it('names twenty paths of many', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`x/${n}`, '']));
    const failure = await wrote(files, { owns: [] });
    assert.ok(typeof failure === 'object' && failure.reason === 'out-of-bounds');
    assert.deepEqual([failure.paths.length, failure.count], [20, 30]);
  });

  it('may own what its lane is about', async () => {
    const lane = { matrix: { part: ['api'] } };
    const terms = { owns: ['src/${{ matrix.part }}/**'] };
    assert.equal(await wrote({ 'src/api/a.ts': '' }, terms, lane), 'succeeded');
    rig.dispose();
    assert.deepEqual(await wrote({ 'src/web/a.ts': '' }, terms, lane), {
      reason: 'out-of-bounds',
      paths: ['src/web/a.ts'],
      count: 1,
    });
  });

  it('fails where what it owns is no path, before it begins', async () => {
    rig = new DriverRig(
      plan(
        step('a', [], {
          matrix: { part: ['..'] },
          terms: { ...NO_TERMS, owns: ['${{ matrix.part }}/x'] },
        }),
      ),
    );
    rig.start();
    await rig.end();
    assert.match(JSON.stringify(rig.events), /a\.owns.*without/);
  });
});
