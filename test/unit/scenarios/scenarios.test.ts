import assert from 'node:assert/strict';
import { perform } from '../../scenarios/perform.ts';
import { readScenario, scenarioNames } from '../../scenarios/scenario.ts';

// Each scenario once as it is, and every third, another third each day, with the program killed at one point. All of
// them, and all points, are in `npm run test:long -- scenarios`.

const THIRDS = 3;
const today = Math.floor(Date.now() / 86_400_000) % THIRDS;

describe('A request on its way to a branch', function () {
  this.timeout(60_000);

  for (const [nth, name] of scenarioNames().entries()) {
    const scenario = readScenario(name);

    it(`${name}: ${scenario.title}`, async () => {
      await perform(scenario);
    });

    if (nth % THIRDS !== today) {
      continue;
    }
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
