// Which unit tests share a process. Starting a process takes time in proportion to the memory of the one that starts it,
// and so does collecting garbage: all tests in one process take twice the time of the same in several.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** Rooms that share a process; those that take longest first, since few run at once. */
const together = [
  ['scenarios'],
  ['runners'],
  ['definitions'],
  ['crash', 'artifacts'],
  ['starters', 'git', 'journal'],
  ['sluice'],
  ['tools'],
  ['language', 'cache', 'workspaces'],
  ['cli'],
  ['models'],
];

/**
 * The test files of each process, absolute. What stands in no room above is in the first.
 * @returns {readonly (readonly string[])[]}
 */
export function shardsOfUnitTests() {
  const folder = path.join(root, 'test/unit');
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  const shards = [[], ...together.map(() => [])];
  for (const file of files) {
    const [room] = file.split(path.sep);
    shards[1 + together.findIndex((rooms) => rooms.includes(room))].push(path.join(folder, file));
  }
  return shards;
}
