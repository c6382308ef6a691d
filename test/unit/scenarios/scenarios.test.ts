import assert from 'node:assert/strict';
import { perform } from '../../scenarios/perform.ts';
import { readScenario, scenarioNames } from '../../scenarios/scenario.ts';

// Each scenario once as it is, and once with the program killed at one point. All points are in
// `npm run test:long -- scenarios`.

describe('A request on its way to a branch', function () {
  this.timeout(60_000);

  for (const name of scenarioNames()) {
    const scenario = readScenario(name);

    it(`${name}: ${scenario.title}`, async () => {
      await perform(scenario);
    });

    it(`${name}, killed: it ends the same`, async function () {
      if (process.platform === 'win32') {
        // Nothing there is like SIGKILL.
        this.skip();
      }
      const { wasKilled } = await perform(scenario, scenario.kill);
      assert.ok(wasKilled, `${scenario.kill.at} was not reached`);
    });
  }
});
