import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { taskRows } from '../../../src/core/projections/taskRows.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { TempProject } from '../../support/project.ts';
import { kinds, reached, seen, start, until } from '../../support/runs.ts';

describe('Lanes of a run', function () {
  this.timeout(20_000);

  let project: TempProject;
  let sluice: Sluice;

  beforeEach(() => {
    project = new TempProject();
    project.agent('read', `note(fs.readFileSync(0, 'utf8')); console.log('did it');`);
  });
  afterEach(() => project.dispose());

  it('may be the files that globs mean when it starts', async () => {
    project.write('src/a.ts', '');
    project.write('src/deep/b.ts', '');
    project.write('src/c.md', '');
    project.workflow('files', {
      each: {
        agent: 'read',
        matrix: { file: { files: ['src/**/*.ts', 'src/*.md'] } },
        prompt: 'on ${{ matrix.file }}',
      },
    });
    sluice = await project.open();
    const { ended } = await start(sluice, 'files');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(project.notes().sort(), ['on src/a.ts', 'on src/c.md', 'on src/deep/b.ts']);
  });

  it('may be what a step prints; whoever watches sees them too, and a later start', async () => {
    project.agent('list', `await sign('list'); console.log('["x", "y"]');`);
    project.agent('wait', `await sign('go');`);
    project.workflow('printed', {
      list: { agent: 'list' },
      each: {
        needs: 'list',
        agent: 'wait',
        matrix: { it: '${{ steps.list.output }}' },
      },
      sum: { needs: 'each', agent: 'read', prompt: 'all' },
    });
    sluice = await project.open();
    const watching = await project.open();
    const { run, ended } = await start(sluice, 'printed');
    await reached(watching, run, 'list', 'running');
    const { plan, state } = seen(sluice, run);
    assert.equal(
      taskRows(plan, state).find(({ task }) => task === 'each')?.detail,
      'one for each value that list prints',
    );
    project.give('list');
    await until(watching, () => kinds(watching, run)['each.y'] === 'running');
    assert.deepEqual(Object.keys(kinds(watching, run)), ['list', 'each.x', 'each.y', 'sum']);
    project.give('go');
    assert.deepEqual(await ended, { kind: 'finished', status: 'succeeded' });
    const later = await project.open();
    assert.deepEqual(Object.keys(kinds(later, run)), ['list', 'each.x', 'each.y', 'sum']);
  });

  it('that were told before a crash are there after it', async () => {
    project.agent('list', `console.log('x');`);
    project.agent('wait', `note('waits'); await sign('go');`);
    project.workflow('printed', {
      list: { agent: 'list' },
      each: { needs: 'list', agent: 'wait', matrix: { it: '${{ steps.list.output }}' } },
    });
    sluice = await project.open();
    const { run } = await start(sluice, 'printed');
    await project.noted('waits');
    await sluice.close();
    const next = await project.open();
    const resumed = await next.resume(run);
    assert.ok(resumed.ok);
    project.give('go');
    assert.deepEqual(await resumed.value.ended, { kind: 'finished', status: 'succeeded' });
    assert.deepEqual(kinds(next, run), { list: 'succeeded', 'each.x': 'succeeded' });
  });

  it('cannot be told when the plan they stand in is gone: the run says so', async () => {
    project.agent('list', `console.log('x');`);
    project.workflow('printed', {
      list: { agent: 'list' },
      each: { needs: 'list', agent: 'read', matrix: { it: '${{ steps.list.output }}' } },
    });
    sluice = await project.open();
    const { run, ended } = await start(sluice, 'printed');
    await ended;
    await sluice.close();
    const store = path.join(project.folder, '.git/sluice');
    const journal = fs.readFileSync(path.join(store, 'runs', run, '0001.jsonl'), 'utf8');
    const digest = /"plan-changed","plan":"(?:sha256:)?([0-9a-f]+)"/.exec(journal)?.[1];
    assert.ok(digest, journal.slice(0, 500));
    const blob = fs
      .readdirSync(path.join(store, 'blobs'), { recursive: true, withFileTypes: true })
      .find(
        (entry) =>
          entry.isFile() &&
          `${path.basename(entry.parentPath)}${entry.name}`.includes(digest.slice(2)),
      );
    assert.ok(blob);
    fs.rmSync(path.join(blob.parentPath, blob.name));
    const later = await project.open();
    const entry = later.run(run);
    assert.match(entry?.kind === 'readable' ? (entry.damage ?? '') : (entry?.why ?? ''), /\S/);
  });
});
