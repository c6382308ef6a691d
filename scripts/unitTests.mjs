// The unit tests as one file for mocha. It would `require` TypeScript files, which preciseCoverage.mjs does not reach,
// and then report that instead of what is wrong in a file. SLUICE_SHARD=0/10 takes the first of ten shards; 0/1 all.
import { pathToFileURL } from 'node:url';
import { shardsOfUnitTests } from './unitTestShards.mjs';

const [shard, shards] = (process.env.SLUICE_SHARD ?? '0/1').split('/').map(Number);
const all = shardsOfUnitTests();
for (const file of shards === 1 ? all.flat() : all[shard]) {
  await import(pathToFileURL(file).href);
}
