import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';
import { bundleCell, cellFile } from './bundledCell.ts';
import { benchCachedMaths } from './cachedMaths.ts';
import { benchCachedRuns } from './cachedRuns.ts';
import type { DiskFigures, TurnFigures } from './cacheStoreCell.ts';
import { installedPeers } from './installedPeers.ts';
import { localRedis } from './localRedis.ts';
import { median, part, printRows } from './table.ts';

// What it costs to look something up that was answered before. Figures of the store from bundles in processes of their
// own, as in the extension; on the disk of the folder for temporary files.

const ROUNDS = 15;
/** Milliseconds a call may hold up the loop, at p99. */
const MOST_TURN_MS = 2;

export async function benchCache(): Promise<void> {
  const peers = installedPeers();
  await bundleCell('cacheStoreCell');
  await bundleCell('cacheTraceCell');
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  try {
    memory(path.join(scratch, 'memory'));
    await disk(path.join(scratch, 'disk'), peers);
    turns(path.join(scratch, 'turns'));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  traces();
  await benchCachedRuns();
  await benchCachedMaths();
}

function memory(folder: string): void {
  const figures = cell('cacheStoreCell', 'memory', folder) as Readonly<
    Record<string, readonly number[]>
  >;
  printRows(
    'A hit in memory, with the key of a prompt of 20 KB (goal: 1.6 x)',
    'us',
    'one sha256 of the bytes',
    Object.entries(figures).map(([name, rounds]) => ({ name, rounds })),
  );
}

async function disk(folder: string, peers: string): Promise<void> {
  const redis = await localRedis();
  let figures: Readonly<Record<string, Readonly<Record<string, DiskFigures>>>>;
  try {
    const port = String(redis?.port ?? 0);
    figures = cell('cacheStoreCell', 'disk', folder, peers, port) as typeof figures;
  } finally {
    redis?.close();
  }
  for (const [size, stores] of Object.entries(figures)) {
    console.log(`\n${size} on the disk, one call after another (us)`);
    for (const [name, { put, hit }] of Object.entries(stores)) {
      const told = (calls: readonly number[]) => {
        const sorted = [...calls].sort((a, b) => a - b);
        return `p50 ${part(sorted, 0.5).toFixed(0).padStart(5)}  p99 ${part(sorted, 0.99).toFixed(0).padStart(6)}`;
      };
      const beside = (calls: 'put' | 'hit', other: string) =>
        median(stores[name]?.[calls] ?? []) / median(stores[other]?.[calls] ?? []);
      const ratios =
        name === 'sluice'
          ? ['cacache', 'redis (ioredis)']
              .filter((other) => other in stores)
              .map(
                (other) =>
                  `  hit ${beside('hit', other).toFixed(2)} x, put ${beside('put', other).toFixed(2)} x ${other}`,
              )
              .join('')
          : '';
      console.log(`  ${name.padEnd(16)} hit ${told(hit)}  put ${told(put)}${ratios}`);
    }
  }
  console.log('  (goal at 4 KB: hit and put 0.10 x cacache; hit 0.50 x Redis)');
  if (redis === undefined) {
    console.log(
      '  Not beside Redis: there is no redis-server on PATH, and none answers on port 6390.',
    );
  }
}

function turns(folder: string): void {
  const figures = cell('cacheStoreCell', 'turns', folder) as Readonly<Record<string, TurnFigures>>;
  console.log(
    `\nThe longest turn of the event loop while a call is under way, with all else that happens in it (us, median of 5 rounds; goal: p99 below ${MOST_TURN_MS * 1000})`,
  );
  for (const [name, { count, p50, p99, longest }] of Object.entries(figures)) {
    const [middle, most, all] = [p50, p99, longest].map((us) => us.toFixed(0).padStart(6));
    console.log(
      `  ${name.padEnd(40)} p50 ${middle}  p99 ${most}  longest of ${count}: ${all}${p99 > MOST_TURN_MS * 1000 ? '  too long' : ''}`,
    );
  }
}

function traces(): void {
  const figures = cell('cacheTraceCell', String(ROUNDS)) as Readonly<
    Record<string, readonly number[]>
  >;
  console.log(
    `\nWhether an answer stands, in a folder of 5,000 files (median of ${ROUNDS}, ms; goal: 10 for 200 files that are known)`,
  );
  for (const [name, rounds] of Object.entries(figures)) {
    console.log(`  ${name.padEnd(74)} ${median(rounds).toFixed(1).padStart(7)}`);
  }
}

function cell(name: string, ...args: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, [cellFile(name), ...args], {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Error(`${name} ${args[0] ?? ''} failed: ${stderr}`);
  }
  return JSON.parse(stdout);
}
