// One process of the definitions bench, which prints what it measured, in milliseconds, as one line of JSON:
//   definitionsCell discover <folder> <home> <rounds>
//   definitionsCell tinyglobby <folder> <home> <rounds> <peers>
//   definitionsCell open <folder> <home> <cache>
//   definitionsCell hold <folder> <home> <cache>
//   definitionsCell change <folder> <home> <rounds>
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/core/base/clock.ts';
import { nodeDisk } from '../src/core/base/disk.ts';
import { DefinitionShelf } from '../src/core/definitionShelf.ts';
import { agentPlaces } from '../src/core/definitions/agents/agentPlaces.ts';
import { discover } from '../src/core/definitions/files/discovery.ts';
import { readSourceFile } from '../src/core/definitions/files/readSource.ts';
import type { ChangeFigures, OpenFigures } from './definitions.ts';

const never = new AbortController().signal;
const [, , what = '', folder = '', home = '', last = '', peers = ''] = process.argv;

async function timed(work: () => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < Number(last); round += 1) {
    const begun = performance.now();
    const found = await work();
    took.push(performance.now() - begun);
    if (found !== 1000) {
      throw new Error(`${found} agents were found`);
    }
  }
  return took;
}

async function discoverOurs(): Promise<number> {
  const places = agentPlaces(undefined).flatMap((place) =>
    place.kind === 'folder' ? [discover(folder, place, never)] : [],
  );
  const found = await Promise.all(places);
  return found.reduce((sum, { files }) => sum + files.length, 0);
}

/** The same folders, as one is told to. */
function discoverByGlob(): () => Promise<number> {
  const { glob } = createRequire(peers)('tinyglobby') as {
    glob: (patterns: readonly string[], options: object) => Promise<readonly string[]>;
  };
  const patterns = agentPlaces(undefined).flatMap((place) =>
    place.kind === 'folder'
      ? place.endings.map((ending) => `${place.path}/${place.nested ? '**/' : ''}*${ending}`)
      : [],
  );
  const options = { cwd: folder, dot: true, ignore: ['**/node_modules/**'] };
  return async () => (await glob(patterns, options)).length;
}

function shelfOf(cacheFolder: string, onRead: () => void): DefinitionShelf {
  const quiet = () => undefined;
  return new DefinitionShelf(
    {
      folder,
      signal: never,
      changed: quiet,
      read: (at, file) => {
        onRead();
        return readSourceFile(at, file);
      },
    },
    {
      clock: systemClock,
      disk: nodeDisk,
      log: { debug: console.error, info: quiet, warn: quiet, error: console.error },
      home,
      build: 'bench',
      cacheFolder,
    },
  );
}

async function open(): Promise<OpenFigures> {
  let filesRead = 0;
  const shelf = shelfOf(last, () => (filesRead += 1));
  const begun = performance.now();
  await shelf.refresh();
  const ms = performance.now() - begun;
  const agents = shelf.definitions.agents.length;
  await shelf.close();
  return { ms, filesRead, agents };
}

/** How long the event loop is held up at most, also while the index is kept. */
async function hold(): Promise<number> {
  const shelf = shelfOf(last, () => undefined);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await shelf.refresh();
  await shelf.close();
  loop.disable();
  return loop.max / 1e6;
}

async function change(): Promise<ChangeFigures> {
  let filesRead = 0;
  const shelf = shelfOf(path.join(home, 'cache'), () => (filesRead += 1));
  await shelf.refresh();
  const rounds: number[] = [];
  filesRead = 0;
  for (let round = 0; round < Number(last); round += 1) {
    fs.appendFileSync(path.join(folder, `.claude/agents/agent-${round * 2}.md`), 'More.\n');
    // As long as a window waits for more changes.
    await delay(50);
    const begun = performance.now();
    await shelf.refresh();
    rounds.push(performance.now() - begun);
  }
  const valid = [...shelf.definitions.agents, ...shelf.definitions.workflows].filter(
    ({ kind }) => kind === 'valid',
  ).length;
  return { rounds, filesRead, valid };
}

// What loading the program leaves to be tidied up is no part of what is measured.
await delay(200);

switch (what) {
  case 'discover':
    console.log(JSON.stringify(await timed(discoverOurs)));
    break;
  case 'tinyglobby':
    console.log(JSON.stringify(await timed(discoverByGlob())));
    break;
  case 'open':
    console.log(JSON.stringify(await open()));
    break;
  case 'hold':
    console.log(JSON.stringify(await hold()));
    break;
  case 'change':
    console.log(JSON.stringify(await change()));
    break;
  default:
    throw new Error(`No cell "${what}"`);
}
