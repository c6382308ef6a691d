import assert from 'node:assert/strict';
import { DEFAULT_CACHE_SETTINGS } from '../../../src/core/domain/cache.ts';
import type { RunId } from '../../../src/core/domain/ids.ts';
import type { Sluice } from '../../../src/core/sluice.ts';
import { seen, start } from '../../support/runs.ts';
import { TestHost } from '../models/modelRig.ts';
import { MathsBatch, MODEL } from './mathsRig.ts';

describe('A course of maths that is worked out twice', function () {
  this.timeout(60_000);

  let batch: MathsBatch;
  afterEach(() => batch.dispose());

  function open(): Promise<Sluice> {
    const host = new TestHost();
    const baseURL = batch.provider.baseURL('openai-chat');
    host.set({
      addresses: [{ id: 'here', baseURL, keyName: undefined, headers: {} }],
      defaultModels: [`here/${MODEL}`],
    });
    const models = host.models();
    return batch.project.open(batch.project.folder, {
      models: () => Promise.resolve(models),
      cacheSettings: () => DEFAULT_CACHE_SETTINGS,
    });
  }

  async function run(sluice: Sluice): Promise<RunId> {
    const started = await start(sluice, 'maths-concepts', {
      inputs: batch.inputs,
      approveGate: () => true,
    });
    const end = await started.ended;
    assert.deepEqual(end, { kind: 'finished', status: 'succeeded' });
    return started.run;
  }

  it('asks each lookup that concepts share once, and nothing at all after a restart', async () => {
    batch = await MathsBatch.open({ concepts: 6, sharedBy: 5 });
    const { concepts, provider, lookups, classified } = batch;
    const first = await open();
    await run(first);
    // Of each concept one, and one that five share.
    assert.equal(lookups.length, concepts.length + 2);
    assert.equal(new Set(lookups).size, lookups.length);
    assert.equal(classified.length, 2);
    const asked = provider.requests.length;
    assert.equal(asked, 7 * concepts.length + classified.length + 2);
    await first.close();

    const second = await open();
    const { state } = seen(second, await run(second));
    assert.equal(provider.requests.length, asked);
    assert.equal(lookups.length, concepts.length + 2);
    const made = [...state.tasks.values()].filter((task) => task.kind === 'succeeded');
    assert.equal(made.length, 6 * concepts.length + 3);
    const reused = made.filter((task) => task.reused !== undefined);
    assert.ok(reused.length >= 0.99 * made.length, `${reused.length} of ${made.length}`);
  });
});
