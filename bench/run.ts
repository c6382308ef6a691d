// npm run bench: what things cost, beside their peers, all in one run.
//   npm run bench -- engine        what a step costs, beside other engines
//   npm run bench -- makespan      how early a run ends, beside a queue and the lower bound
//   npm run bench -- resume        going on with a run of 10,000 steps
//   npm run bench -- history       looking back on a run of 10,000 tasks
//   npm run bench -- starts        from the decision to the process
//   npm run bench -- commits       a result on its branch, beside git fast-import and git add + commit
//   npm run bench -- copies        a copy of 5,000 files, made and used again, beside git worktree add
//   npm run bench -- takeover      how long a run stands still when its driver is killed
//   npm run bench -- parsing       what it costs to read definitions, beside YAML libraries
//   npm run bench -- definitions   finding 1,000 agents, their first list, the next one, and one change
//   npm run bench -- activation    what opening a window costs
//   npm run bench -- memory        what a window holds, without runs and with 10,000 tasks
//   npm run bench -- sizes         how large is what users download and VS Code reads
//   npm run bench -- cache         what a hit costs, beside other stores, and runs that are reused
//   npm run bench -- calls         what is added to one call of a model
//   npm run bench -- dashboard     the dashboard of 1,000 runs
//   npm run bench -- graph         laying out and showing graphs, beside layout libraries and an SVG of everything
//   npm run bench -- governor      many calls through a provider that has limits, beside p-limit and SDK retries
//   npm run bench -- tree          the Runs view with 5,000 tasks, of which some change all the time
import { benchActivation } from './activation.ts';
import { benchCache } from './cache.ts';
import { benchCalls } from './calls.ts';
import { benchCommits } from './commits.ts';
import { benchCopies } from './copies.ts';
import { benchDashboard } from './dashboard.ts';
import { benchDefinitions } from './definitions.ts';
import { benchEngine } from './engine.ts';
import { benchGovernor } from './governor.ts';
import { benchGraph } from './graph.ts';
import { benchHistory } from './history.ts';
import { benchMakespan } from './makespan.ts';
import { benchMemory } from './memory.ts';
import { benchParsing } from './parsing.ts';
import { benchResume } from './resume.ts';
import { benchSizes } from './sizes.ts';
import { benchStarts } from './starts.ts';
import { benchTakeover } from './takeover.ts';
import { benchTree } from './tree.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  engine: benchEngine,
  makespan: benchMakespan,
  resume: benchResume,
  history: benchHistory,
  starts: benchStarts,
  commits: benchCommits,
  copies: benchCopies,
  takeover: benchTakeover,
  parsing: benchParsing,
  definitions: benchDefinitions,
  activation: benchActivation,
  memory: benchMemory,
  sizes: benchSizes,
  cache: benchCache,
  calls: benchCalls,
  governor: benchGovernor,
  dashboard: benchDashboard,
  graph: benchGraph,
  tree: benchTree,
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
