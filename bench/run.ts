// npm run bench: what things cost, beside their peers, all in one run.
//   npm run bench -- steps         what a step costs
//   npm run bench -- activation    what opening a window costs
import { benchActivation } from './activation.ts';
import { benchSteps } from './steps.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  steps: benchSteps,
  activation: benchActivation,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`No bench "${unknown.join('", "')}". Benches: ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}`);
  for (const [name, bench] of Object.entries(benches)) {
    if (chosen.length === 0 || chosen.includes(name)) {
      await bench();
    }
  }
}
