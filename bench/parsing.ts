import { spawnSync } from 'node:child_process';
import { root } from '../scripts/paths.mjs';
import { bundleCell, cellFile } from './bundledCell.ts';
import { installedPeers } from './installedPeers.ts';
import { median, printRows } from './table.ts';

// What it costs to read definitions, each figure from a bundle in a process of its own, as in the extension.

const CELL = cellFile('parsingCell');
const ROUNDS = 15;
const COLD_STARTS = 9;
/** Rounds that are left out while the program is still being compiled. */
const WARM_UPS = 5;

export async function benchParsing(): Promise<void> {
  await bundleCell('parsingCell');
  const ways = cell('fields', installedPeers(), ROUNDS + WARM_UPS) as Readonly<
    Record<string, readonly number[]>
  >;
  const rows = Object.entries(ways).map(([name, all]) => ({ name, rounds: all.slice(WARM_UPS) }));
  for (const beside of ['split + js-yaml', 'split + yaml']) {
    printRows('Front matter of 1,000 agent files of 2.5 KB', 'ms', beside, rows);
  }
  for (const steps of [1000, 10_000]) {
    const cold = Array.from({ length: COLD_STARTS }, () => cell('workflow', steps, 1));
    const warm = cell('workflow', steps, ROUNDS + WARM_UPS) as readonly number[];
    const line = (name: string, ms: number) =>
      console.log(`  ${name.padEnd(22)} ${ms.toFixed(1).padStart(8)} ms`);
    console.log(
      `\nA workflow of ${steps.toLocaleString('en-US')} steps, from its bytes to every problem`,
    );
    line(`first (median of ${COLD_STARTS})`, median((cold as number[][]).flat()));
    line('after a keystroke', median(warm.slice(WARM_UPS)));
  }
}

function cell(what: string, subject: string | number, rounds: number): unknown {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [CELL, what, String(subject), String(rounds)],
    { encoding: 'utf8', cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  if (status !== 0) {
    throw new Error(`${what} ${subject} failed: ${stderr}`);
  }
  return JSON.parse(stdout);
}
