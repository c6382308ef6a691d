import assert from 'node:assert/strict';
import { ScriptedModel } from '../../../examples/scripted-model/scriptedModel.mjs';
import { metricsText } from '../../../src/cli/metricsCommand.ts';
import { metricsJson } from '../../../src/core/projections/metricsExport.ts';
import { metricsOf, runMetrics } from '../../../src/core/projections/metrics.ts';
import { FactsShelf, type RunFacts } from '../../../src/core/projections/metricsFacts.ts';
import { play } from '../../scenarios/play.ts';
import { readScenario } from '../../scenarios/scenario.ts';
import { openStage, stageFiles } from '../../scenarios/stage.ts';
import { TempProject } from '../../support/project.ts';

// Of journals that Sluice has written itself, with a scripted model.

const NOW = 1e13;

/** Plays a scenario to its end. */
async function factsAfter(name: string): Promise<RunFacts[]> {
  const scenario = readScenario(name);
  const project = new TempProject();
  const model = await ScriptedModel.start(scenario.script);
  try {
    for (const [file, text] of Object.entries({ ...stageFiles(scenario), ...scenario.files })) {
      project.write(file, text);
    }
    project.repository.commit();
    const { parent, environment } = project;
    const stage = { parent, environment, settings: model.settings };
    const sluice = await openStage(stage, () => undefined);
    try {
      await play(scenario, stage, sluice);
      return new FactsShelf().of(sluice.runs());
    } finally {
      await sluice.close();
    }
  } finally {
    await model.close();
    await project.dispose();
  }
}

describe('sluice metrics, of runs in which something was mended', function () {
  this.timeout(60_000);
  let facts: readonly RunFacts[];

  before(async () => {
    facts = [...(await factsAfter('deeper-fix')), ...(await factsAfter('gate-rejected'))];
  });

  const picture = () => metricsOf(facts, { window: 'all', now: NOW, zone: () => 0 });

  it('has a table of the kinds of fault, and a column of fixes beside the agents', () => {
    const text = metricsText(picture());
    assert.match(text, /\nagent +tasks .* +reused +fixes\n/);
    assert.match(text, /\ncoder +2 +50 % .* +0 of 1\n/);
    assert.match(text, /\ndebugger +0 +- +- +- .* +1 of 3\n/);
    assert.match(
      text,
      /\nkind of fault +opened +mended +asked a person +given up +typical time\nimplementation bug +2 +1 +0 +0 +\d.*\ntest failure +2 +0 +2 +1 +\d.*\n/,
    );
    assert.match(
      text,
      /\nFixes: of 2 tasks that are mended on failure 0 \(0 %\) succeeded without a fix, 1 \(50 %\) with fixes, 1 \(50 %\) failed\n/,
    );
    assert.match(text, /\nTests: 2 passed, in 1 task\n/);
  });

  it('says nothing of fixes and tests where there are none', () => {
    const text = metricsText(metricsOf([], { window: 'all', now: NOW, zone: () => 0 }));
    assert.doesNotMatch(text, /fix|Tests/i);
  });

  it('has them in the JSON, by agent and by run', () => {
    const runs = facts.map((run) => ({ ...runMetrics(run, NOW), folder: undefined }));
    const told = JSON.parse(metricsJson({ picture: picture(), runs }, 0)) as Record<
      'agents' | 'runs',
      readonly Record<string, unknown>[]
    > &
      Record<'mending' | 'tests', Record<string, unknown>>;
    assert.deepEqual(
      told.runs.map(({ done, tasks, fixes }) => [done, tasks, fixes]),
      [
        [1, 1, 2],
        [0, 1, 2],
      ],
    );
    assert.deepEqual(told.runs[1]?.['tests'], null);
    assert.deepEqual(
      [told.mending['withFixes'], told.mending['failed'], told.tests['passed']],
      [1, 1, 2],
    );
    const fixes = told.agents.find(({ agent }) => agent === 'debugger')?.['fixes'];
    const { opened, mended, missed } = fixes as Record<string, number>;
    assert.deepEqual([opened, mended, missed], [3, 1, 2]);
  });
});
