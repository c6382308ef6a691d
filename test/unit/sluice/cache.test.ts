import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DEFAULT_CACHE_SETTINGS, type CacheSettings } from '../../../src/core/domain/cache.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Sluice, StartRequest } from '../../../src/core/sluice.ts';
import { LoopbackProvider } from '../../support/loopbackProvider.ts';
import { met, TempProject } from '../../support/project.ts';
import { kinds, seen, start, taskOf } from '../../support/runs.ts';
import { digestCheckout } from '../../support/tempRepository.ts';
import { TestHost } from '../models/modelRig.ts';

const KEY = 'sk-ant-api03-0123456789abcdef0123456789';

describe('What was answered before', function () {
  this.timeout(30_000);

  let project: TempProject;
  let sluice: Sluice;
  let provider: LoopbackProvider | undefined;
  let settings: CacheSettings;

  beforeEach(() => {
    project = new TempProject();
    settings = DEFAULT_CACHE_SETTINGS;
  });

  afterEach(async () => {
    await project.dispose();
    await provider?.close();
    provider = undefined;
  });

  /** As another program, or the same after a restart. */
  function open(): Promise<Sluice> {
    const host = new TestHost();
    host.keys.set('anthropic', KEY);
    host.set({ baseURLs: { anthropic: provider?.baseURL('anthropic') ?? '' } });
    const models = host.models();
    return project.open(project.folder, {
      models: () => Promise.resolve(models),
      cacheSettings: () => settings,
    });
  }

  async function run(name: string, options: Partial<Omit<StartRequest, 'workflow'>> = {}) {
    await sluice.refreshDefinitions();
    const started = await start(sluice, name, options);
    await started.ended;
    return started.run;
  }

  async function restart(): Promise<void> {
    await sluice.close();
    sluice = await open();
  }

  /** `{ a: 'ran', b: 'reused' }` */
  function how(of: RunId): Record<string, string> {
    return Object.fromEntries(
      [...seen(sluice, of).state.tasks].map(([task, state]) => [
        task,
        state.kind !== 'succeeded' ? state.kind : state.reused === undefined ? 'ran' : 'reused',
      ]),
    );
  }

  function whyRan(of: RunId, task: string) {
    const { misses } = seen(sluice, of).state;
    return [...misses].find(([id]) => id === task)?.[1].why;
  }

  const pipeline = () => {
    project.write('src/a.txt', 'a');
    project.write('other.txt', 'other');
    project.agent(
      'reader',
      `note('reader'); process.stdout.write(fs.readFileSync('src/a.txt', 'utf8').trim());`,
      { cache: { inputs: 'src/**' } },
    );
    project.agent(
      'maker',
      `note('maker'); fs.writeFileSync('made.txt', fs.readFileSync(process.env.SLUICE_NEEDS + '/read/output'));`,
      { cache: { inputs: 'src/**' } },
    );
    project.agent('whole', `note('whole'); process.stdout.write(fs.readdirSync('.').join());`);
    project.workflow('all', {
      read: { agent: 'reader' },
      make: { agent: 'maker', needs: 'read', produces: 'made.txt' },
      whole: { agent: 'whole' },
    });
    project.repository.commit();
  };

  it('is not run again after a restart, lands as if it had been, and leaves the checkout alone', async () => {
    pipeline();
    sluice = await open();
    const before = digestCheckout(project.folder);
    const first = await run('all');
    assert.deepEqual(how(first), { read: 'ran', make: 'ran', whole: 'ran' });
    assert.deepEqual(whyRan(first, 'read'), { kind: 'first' });
    await restart();
    const second = await run('all');
    assert.deepEqual(how(second), { read: 'reused', make: 'reused', whole: 'reused' });
    assert.deepEqual(project.notes().sort(), ['maker', 'reader', 'whole']);
    const made = (of: RunId) => project.repository.git('show', `ai/generated/${of}/make:made.txt`);
    assert.equal(made(second), made(first));
    assert.deepEqual(digestCheckout(project.folder), before);
    const task = taskOf(sluice, second, 'make');
    assert.ok(task.kind === 'succeeded' && task.reused !== undefined);
    assert.equal(task.reused.from.run, first);
    assert.ok(task.reused.saved.ms > 0);
  });

  it('stands while the files that count are the same, and a miss names the file', async () => {
    pipeline();
    sluice = await open();
    await run('all');
    project.write('other.txt', 'changed');
    const second = await run('all');
    assert.deepEqual(how(second), { read: 'reused', make: 'reused', whole: 'ran' });
    const why = whyRan(second, 'whole');
    assert.ok(why?.kind === 'changed');
    assert.deepEqual(why.changes, [{ what: 'file', name: 'other.txt', how: 'changed' }]);

    project.write('src/a.txt', 'b');
    const third = await run('all');
    assert.deepEqual(how(third), { read: 'ran', make: 'ran', whole: 'ran' });
    const made = whyRan(third, 'make');
    assert.ok(made?.kind === 'changed');
    assert.deepEqual(
      made.changes.map(({ what, name }) => `${what} ${name}`),
      ['need read', 'file src/a.txt'],
    );
  });

  it('stops the cascade where what ran comes to the same', async () => {
    pipeline();
    project.agent('maker', `note('maker'); fs.writeFileSync('made.txt', 'x');`, {
      cache: { inputs: 'nothing' },
    });
    sluice = await open();
    await run('all');
    // White space: what the reader says stays the same.
    project.write('src/a.txt', 'a\n');
    const second = await run('all');
    assert.deepEqual(how(second), { read: 'ran', make: 'reused', whole: 'ran' });
  });

  it('runs what an edit of one agent concerns, and nothing else', async () => {
    pipeline();
    sluice = await open();
    await run('all');
    project.agent('maker', `note('maker 2'); fs.writeFileSync('made.txt', 'new');`, {
      cache: { inputs: 'src/**' },
    });
    const second = await run('all');
    // An agent's file is a file of the folder: what may read everything runs too.
    assert.deepEqual(how(second), { read: 'reused', make: 'ran', whole: 'ran' });
    const why = whyRan(second, 'make');
    assert.ok(why?.kind === 'changed');
    assert.deepEqual(why.changes, [{ what: 'agent', name: undefined, how: 'changed' }]);
  });

  it('is left out of a run that wants nothing of it, by whoever starts it or by the setting', async () => {
    pipeline();
    sluice = await open();
    await run('all');
    assert.deepEqual(how(await run('all', { useCache: false })), {
      read: 'ran',
      make: 'ran',
      whole: 'ran',
    });
    settings = { ...settings, use: false };
    assert.deepEqual(how(await run('all')), { read: 'ran', make: 'ran', whole: 'ran' });
    assert.equal(project.notes().length, 9);
  });

  it('is what a model looked at: another file changes nothing, one that it read asks it again', async () => {
    provider = await LoopbackProvider.start({});
    project.write('notes.txt', 'one\n');
    project.write('other.txt', 'one\n');
    project.write(
      '.sluice/agents/reader.md',
      '---\nname: reader\ndescription: Reads.\nmodel: anthropic/claude-test\ntools: [read]\n---\n\nRead.\n',
    );
    project.workflow('ask', { look: { agent: 'reader', prompt: 'What is in notes.txt?' } });
    project.repository.commit();
    const answers = (text: string) => {
      provider?.next(
        {
          answer: {
            text: '',
            toolCalls: [
              { id: 't-read', name: 'read', input: JSON.stringify({ path: 'notes.txt' }) },
            ],
          },
        },
        { answer: { text } },
      );
    };
    sluice = await open();
    answers('One.');
    const first = await run('ask');
    assert.deepEqual(kinds(sluice, first), { look: 'succeeded' });
    assert.equal(provider.requests.length, 2);
    project.write('other.txt', 'two\n');
    await restart();
    assert.deepEqual(how(await run('ask')), { look: 'reused' });
    assert.equal(provider.requests.length, 2);

    project.write('notes.txt', 'two\n');
    answers('Two.');
    const third = await run('ask');
    assert.deepEqual(how(third), { look: 'ran' });
    const why = whyRan(third, 'look');
    assert.ok(why?.kind === 'changed');
    assert.deepEqual(why.changes, [{ what: 'file', name: 'notes.txt', how: 'changed' }]);
    const reused = taskOf(sluice, await run('ask'), 'look');
    assert.ok(reused.kind === 'succeeded' && reused.reused?.saved.calls === 2);
  });

  it('is made once for tasks of a run that ask a model the same at the same moment', async () => {
    provider = await LoopbackProvider.start({});
    project.write(
      '.sluice/agents/reader.md',
      '---\nname: reader\ndescription: Answers.\nmodel: anthropic/claude-test\ntools: []\n---\n\nAnswer.\n',
    );
    const step = { agent: 'reader', prompt: 'What is new?' };
    project.workflow('lanes', { a: step, b: step, c: step });
    project.repository.commit();
    sluice = await open();
    provider.next({ answer: { text: 'Nothing.' } });
    const only = await run('lanes');
    assert.deepEqual(Object.values(how(only)).sort(), ['ran', 'reused', 'reused']);
    assert.equal(provider.requests.length, 1);
  });

  it('is waited for by another run that asks the same at the same moment', async () => {
    project.agent('slow', `note('slow'); await sign('go'); process.stdout.write('done');`);
    project.workflow('one', { a: { agent: 'slow' } });
    project.repository.commit();
    sluice = await open();
    const first = await start(sluice, 'one');
    await project.noted('slow');
    const second = await start(sluice, 'one');
    // Both have found nothing.
    await met(async () => (await sluice.cache.statistics()).total.misses === 2);
    project.give('go');
    await Promise.all([first.ended, second.ended]);
    assert.deepEqual(project.notes(), ['slow']);
    const waited = taskOf(sluice, second.run, 'a');
    assert.ok(waited.kind === 'succeeded' && waited.reused?.shared === true);
  });

  it('is counted, shown and cleared, all of it or a part', async () => {
    pipeline();
    sluice = await open();
    const first = await run('all');
    await run('all');
    const { total, namespaces, agents } = await sluice.cache.statistics();
    assert.deepEqual([total.hits, total.entries], [3, 3]);
    assert.equal(namespaces['command_output']?.hits, 3);
    assert.equal(agents['reader']?.hits, 1);
    // Just written, so that nobody can tell by their dates whether they change once more.
    assert.ok((namespaces['file_read']?.misses ?? 0) > 0);
    assert.equal(await sluice.cache.clear({ kind: 'agent', agent: 'reader' }), 1);
    assert.deepEqual(how(await run('all')), { read: 'ran', make: 'reused', whole: 'reused' });
    await sluice.cache.clear({ kind: 'run', run: first });
    assert.deepEqual(how(await run('all')), { read: 'reused', make: 'ran', whole: 'ran' });
    await sluice.cache.clear({ kind: 'all' });
    assert.equal((await sluice.cache.statistics()).total.entries, 0);
    const last = await run('all');
    assert.deepEqual(whyRan(last, 'read')?.kind, 'gone');
  });

  it('is dropped where somebody has changed it on the disk, and the task runs', async () => {
    pipeline();
    sluice = await open();
    await run('all');
    await sluice.close();
    for (const file of filesBelow(sluice.cache.folder)) {
      const bytes = fs.readFileSync(file);
      fs.writeFileSync(
        file,
        Buffer.concat([bytes.subarray(0, 20), Buffer.from('x'), bytes.subarray(21)]),
      );
    }
    sluice = await open();
    assert.deepEqual(how(await run('all')), { read: 'ran', make: 'ran', whole: 'ran' });
    assert.ok((await sluice.cache.statistics()).total.damaged > 0);
  });
});

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
