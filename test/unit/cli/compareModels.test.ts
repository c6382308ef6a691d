import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { userFolders } from '../../../src/core/user.ts';
import { LoopbackProvider, type Reply } from '../../support/loopbackProvider.ts';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice compare of ways that ask models', function () {
  this.timeout(30_000);

  let project: TempProject;
  let provider: LoopbackProvider;

  beforeEach(async () => {
    project = new TempProject();
    provider = await LoopbackProvider.start();
    const agent = (model: string) => JSON.stringify({ instructions: 'You help.', model });
    project.write('.sluice/agents/talker.json', agent('mine/first'));
    project.workflow('alone', { only: { agent: 'talker', prompt: 'Do it.' } });
    project.workflow('together', {
      plan: { agent: 'talker', prompt: 'Plan it.' },
      work: { agent: 'talker', prompt: 'Do it.', needs: 'plan' },
    });
  });
  afterEach(async () => {
    await project.dispose();
    await provider.close();
  });

  function settings(prices: object): void {
    const { config } = userFolders(project.environment, process.platform);
    fs.mkdirSync(config, { recursive: true });
    const addresses = [{ id: 'mine', baseURL: provider.baseURL('openai-chat') }];
    fs.writeFileSync(
      path.join(config, 'models.json'),
      JSON.stringify({ addresses, lookForLocal: false, prices }),
    );
  }

  const answers = (count: number) =>
    Array.from({ length: count }, (): Reply => ({ answer: { text: 'Done.', served: 'first' } }));

  it('counts answers as iterations, and tells what each way costs, asking nobody where --yes is said', async () => {
    settings({ 'mine/first': { input: 1000, output: 1000 } });
    provider.next(...answers(6));
    const { code, out, err } = await sluice(
      project,
      ...['compare', 'alone', 'together', '--runs', '2', '--at-once', '2', '--yes', '--json'],
    );
    assert.equal(code, 0, err);
    assert.match(err, /^4 runs: 2 of alone and 2 of together\. Expected: .*, cost /);
    const runs = objects(out).filter(({ type }) => type === 'run');
    assert.deepEqual(
      runs
        .map(({ way, iterations, cost }) => ({
          way,
          iterations,
          kind: (cost as { kind: string }).kind,
        }))
        .sort((a, b) => (String(a.way) < String(b.way) ? -1 : 1)),
      [
        ...Array<object>(2).fill({
          way: 'A',
          iterations: { attempts: 1, fixes: 0, turns: 1 },
          kind: 'known',
        }),
        ...Array<object>(2).fill({
          way: 'B',
          iterations: { attempts: 2, fixes: 0, turns: 2 },
          kind: 'known',
        }),
      ],
    );
    const comparison = objects(out).at(-1);
    const [cost] = (
      comparison?.['amounts'] as readonly {
        measure: string;
        a: { median: number };
        b: { median: number };
      }[]
    ).filter(({ measure }) => measure === 'cost');
    assert.ok(cost !== undefined && cost.a.median > 0);
    assert.ok(Math.abs(cost.b.median - 2 * cost.a.median) < 1e-9);
    assert.match((comparison?.['notes'] as readonly string[]).join(' '), /made at the same time/);
  });

  it('compares no cost where a model has no price', async () => {
    settings({});
    provider.next(...answers(3));
    const { code, out } = await sluice(
      project,
      'compare',
      'alone',
      'together',
      '--runs',
      '1',
      '--yes',
    );
    assert.equal(code, 0);
    assert.match(out, /\ncost +unknown +unknown +- +- +-\n/);
    assert.match(out, /\nThe cost of 2 runs is not known, so it is not compared\.\n/);
  });
});
