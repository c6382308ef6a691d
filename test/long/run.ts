// npm run test:long: the tests that show what Sluice promises, at full size. docs/promises.md says what for.
//   npm run test:long                                  all
//   npm run test:long -- crash                         every crash point, and double crashes
//   npm run test:long -- crash --only chain            those of one workflow
//   npm run test:long -- crash --only "chain half:12"  one of them, as a failure names it
//   npm run test:long -- histories                     1,000 random histories in repositories of every kind
//   npm run test:long -- histories --only 0-99         the first of them; also one number, or a layout's name
//   npm run test:long -- faults                        a disk that fails, fills up or loses power
//   npm run test:long -- scheduler                     the scheduler beside a plain one
//   npm run test:long -- definitions                   any file at all through every reader of definitions
//   npm run test:long -- providers                     providers of models that misbehave by chance
//   npm run test:long -- scenarios                     requests on their way to a branch, killed at every point
//   npm run test:long -- leaks                         what 10,000 runs leave behind in the program
//   npm run test:long -- classify                      what logs of failures are taken for; also part of a log's name
//   npm run test:long -- samples                       unit tests that try a sample, with 20 times as much
// --seed <n> repeats what was chosen by chance. Ends with 0 only if everything held.
import { parseArgs } from 'node:util';
import { classify } from './classify/classify.ts';
import { scenarios } from '../scenarios/all.ts';
import { crashes } from './crash/crashes.ts';
import { definitions } from './definitions/definitions.ts';
import { faults } from './faults/faults.ts';
import { histories } from './histories/histories.ts';
import { leaks } from './leaks/leaks.ts';
import { providers } from './providers/providers.ts';
import { samples } from './samples/samples.ts';
import { scheduler } from './scheduler/scheduler.ts';

const tests: Readonly<
  Record<string, (seed: number, only: string | undefined) => Promise<boolean> | boolean>
> = {
  crash: crashes,
  histories,
  faults,
  scheduler,
  definitions,
  providers,
  scenarios,
  leaks,
  classify,
  samples,
};

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !Object.hasOwn(tests, name));
if (unknown.length > 0) {
  console.error(`No test "${unknown.join('", "')}". Tests: ${Object.keys(tests).join(', ')}.`);
  process.exitCode = 2;
} else {
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}, seed ${seed}`);
  for (const [name, test] of Object.entries(tests)) {
    if (positionals.length === 0 || positionals.includes(name)) {
      const begun = performance.now();
      const held = await test(seed, values.only);
      const seconds = Math.round((performance.now() - begun) / 1000);
      console.log(`\n${name}: ${held ? 'held' : 'FAILED'}, ${seconds} s`);
      process.exitCode = held ? process.exitCode : 1;
    }
  }
}
