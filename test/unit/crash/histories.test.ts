import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { layoutOf, liveThrough } from '../../long/histories/histories.ts';
import { TempProject } from '../../support/project.ts';
import { start, taskId } from '../../support/runs.ts';
import { sampleOf } from '../../support/sample.ts';

/** `npm run test:long -- histories` lives through 1,000. */
const HISTORIES = 18;
/** No history is begun after this; what the machine is too busy for is left to the whole suite. */
const LONGEST_MS = 6_000;
/** However busy the machine is. */
const FEWEST = 2;

describe('A repository, whatever happens to the runs in it', function () {
  this.timeout(sampleOf(60_000));

  it("is sound, has the refs its journals say, and what is its user's is untouched", async function () {
    if (process.platform === 'win32') {
      // The agents are lines of shell, and nothing there is like SIGKILL.
      this.skip();
    }
    const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Date.now() / 86_400_000));
    const numbers = Array.from({ length: sampleOf(HISTORIES) }, (_, number) => number + seed);
    const { sound, failed, skipped } = await liveThrough(seed, numbers, {
      forMs: sampleOf(LONGEST_MS),
    });
    for (const [layout, why] of skipped) {
      console.log(`      left out: ${layout}, because ${why.split('\n')[0] ?? ''}`);
    }
    assert.deepEqual(
      [...failed].map(([number, why]) => `${number} (${layoutOf(number)}), seed ${seed}: ${why}`),
      [],
    );
    assert.ok(sound.length >= FEWEST, `only ${sound.length} histories in ${LONGEST_MS} ms`);
  });
});

// What the random histories have found.

describe('What a program left that was killed on the way to a branch', function () {
  this.timeout(30_000);

  const NEVER = new AbortController().signal;
  let project: TempProject;
  let sluice: Sluice;
  let run: RunId;

  beforeEach(async () => {
    project = new TempProject();
    for (const name of ['one', 'two']) {
      project.agent(name, `fs.writeFileSync('${name}.txt', '${name}');`);
    }
    project.workflow('make', {
      one: { agent: 'one', produces: ['one.txt'] },
      two: { agent: 'two', produces: ['two.txt'] },
    });
    project.repository.commit();
    sluice = await project.open();
    const started = await start(sluice, 'make');
    await started.ended;
    run = started.run;
  });
  afterEach(() => project.dispose());

  const below = (...names: readonly string[]) => path.join(project.folder, '.git', ...names);
  const locks = () =>
    fs
      .readdirSync(below('refs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.lock'));

  /** As if the program had died before it told that the merge is done. */
  async function cutOffTheMerge(): Promise<string> {
    const merged = await sluice.results.merge(run, { signal: NEVER });
    assert.ok(merged.ok && merged.value.kind === 'done', JSON.stringify(merged));
    await sluice.close();
    const journal = below('sluice/runs', run, '0001.jsonl');
    const lines = fs.readFileSync(journal, 'utf8').split('\n');
    const publishing = lines.findIndex((line) => line.includes('"kind":"publishing"'));
    fs.writeFileSync(
      journal,
      lines
        .slice(0, publishing + 1)
        .concat('')
        .join('\n'),
    );
    sluice = await project.open();
    return below('refs/heads/ai/generated', run, 'merged');
  }

  it('goes with the run: a lock beside its branch', async () => {
    const branch = below('refs/heads/ai/generated', run, 'one');
    const tag = below('refs/tags', `workflow_${run}_one`);
    fs.renameSync(branch, `${branch}.lock`);
    fs.copyFileSync(tag, `${tag}.lock`);
    const dropped = await sluice.results.drop(run);
    assert.ok(dropped.ok);
    assert.deepEqual([dropped.value.refs.length, dropped.value.kept, locks()], [3, [], []]);
    assert.ok(!fs.existsSync(path.dirname(branch)), 'the folder of its branches is left');
  });

  it('goes when the folder is opened, and the result lands all the same', async () => {
    await sluice.close();
    const journal = below('sluice/runs', run, '0001.jsonl');
    const lines = fs.readFileSync(journal, 'utf8').split('\n');
    const landed = lines.findIndex((line) => line.includes('"landing-done"'));
    const before = lines.slice(0, landed);
    fs.writeFileSync(journal, before.concat('').join('\n'));
    const [task = ''] = ['one', 'two'].filter((each) =>
      before.some((line) => line.includes('"landing-started"') && line.includes(`"${each}"`)),
    );
    const branch = below('refs/heads/ai/generated', run, task);
    fs.renameSync(branch, `${branch}.lock`);
    sluice = await project.open();
    await sluice.results.tidyUp();
    assert.deepEqual(locks(), []);
    const resumed = await sluice.resume(run);
    assert.ok(resumed.ok);
    await resumed.value.ended;
    assert.ok(fs.existsSync(branch));
  });

  it('stays where it is not known to be ours', async () => {
    const branch = below('refs/heads/ai/generated', run, 'one');
    fs.writeFileSync(`${branch}.lock`, project.repository.git('rev-parse', 'HEAD'));
    const dropped = await sluice.results.drop(run);
    assert.ok(dropped.ok);
    assert.deepEqual([dropped.value.kept.length, locks().length], [1, 1]);
  });

  it('goes with the run: the copy a merge was validated in', async () => {
    const [repository = ''] = fs.readdirSync(project.copiesFolder);
    const copy = path.join(project.copiesFolder, repository, run.replace(/-(\d+)$/, '-merge-$1'));
    fs.mkdirSync(path.join(copy, 'validate.1/tree'), { recursive: true });
    assert.ok((await sluice.results.drop(run)).ok);
    assert.deepEqual(project.copies(), []);
  });

  it('does not keep another merge from its branch', async () => {
    const branch = await cutOffTheMerge();
    fs.renameSync(branch, `${branch}.lock`);
    assert.ok((await sluice.results.rollBack(run, taskId('two'))).ok);
    const merged = await sluice.results.merge(run, { signal: NEVER });
    assert.ok(merged.ok && merged.value.kind === 'done', JSON.stringify(merged));
    assert.deepEqual(locks(), []);
    assert.equal(fs.readFileSync(branch, 'utf8'), `${merged.value.commit}\n`);
  });

  it('is told of when a result is rolled back that is merged', async () => {
    await cutOffTheMerge();
    const gone = await sluice.results.rollBack(run, taskId('two'));
    assert.ok(gone.ok && gone.value.isMerged);
  });
});
