// One program that runs workflows of a folder, one after another, and prints of each what it took as one line of JSON:
//   cacheRunCell <folder> <address of a model, or -> <inputs as JSON> <workflow>...
import { systemClock } from '../src/core/base/clock.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import type { Models } from '../src/core/models/models.ts';
import { DEFAULT_CACHE_SETTINGS } from '../src/core/domain/cache.ts';
import { Sluice } from '../src/core/sluice.ts';
import { userFolders } from '../src/core/user.ts';
import { TestHost } from '../test/unit/models/modelRig.ts';
import { MODEL } from '../test/unit/starters/mathsRig.ts';

export interface RunFigures {
  readonly ran: number;
  readonly reused: number;
  /** Milliseconds from the wish to run until the journal says that the run has finished. */
  readonly finished: number;
  /** The same until its tree is removed, too. */
  readonly whole: number;
  /** From the end of the first task that was reused to that of the last. */
  readonly between: number;
}

const [, , folder = '', address = '-', inputs = '{}', ...workflows] = process.argv;
const quiet = () => undefined;
const folders = userFolders(process.env, process.platform);

function modelsAt(baseURL: string): Models {
  const host = new TestHost();
  host.set({
    addresses: [{ id: 'here', baseURL, keyName: undefined, headers: {} }],
    defaultModels: [`here/${MODEL}`],
  });
  return host.models();
}

const models = address === '-' ? undefined : modelsAt(address);
const sluice = await Sluice.open(folder, {
  clock: systemClock,
  disk: nodeDisk,
  random: Math.random,
  log: { debug: quiet, info: quiet, warn: console.error, error: console.error },
  actor: { name: 'bench', via: 'terminal' },
  environment: process.env,
  home: undefined,
  ...(models && { models: () => Promise.resolve(models) }),
  cacheSettings: () => DEFAULT_CACHE_SETTINGS,
  cacheFolder: folders.cache,
  stateFolder: folders.state,
});

async function run(name: string): Promise<RunFigures> {
  const entry = await sluice.findWorkflow(name);
  if (entry?.kind !== 'valid') {
    throw new Error(JSON.stringify(entry?.diagnostics));
  }
  const begun = performance.now();
  const reused: number[] = [];
  let [ran, finished] = [0, Number.NaN];
  const listening = sluice.onDidAppend((events) => {
    for (const { type } of events) {
      if (type === 'task-reused') {
        reused.push(performance.now());
      }
      ran += type === 'task-started' ? 1 : 0;
      if (type === 'run-finished') {
        finished = performance.now() - begun;
      }
    }
  });
  const started = await sluice.start({
    workflow: entry.workflow,
    inputs: JSON.parse(inputs) as Readonly<Record<string, string>>,
    approveGate: () => true,
    leaveAtGates: false,
  });
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  const end = await started.value.ended;
  const whole = performance.now() - begun;
  listening.dispose();
  if (end.kind !== 'finished' || end.status !== 'succeeded') {
    throw new Error(`${name} ended ${JSON.stringify(end)}`);
  }
  return {
    ran,
    reused: reused.length,
    finished,
    whole,
    between: (reused.at(-1) ?? 0) - (reused[0] ?? 0),
  };
}

const figures: RunFigures[] = [];
for (const workflow of workflows) {
  figures.push(await run(workflow));
}
await sluice.close();
console.log(JSON.stringify(figures));
process.exit(0);
