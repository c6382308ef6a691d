import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';
import { bundleCell, cellFile } from './bundledCell.ts';
import { installedPeers } from './installedPeers.ts';
import { median } from './table.ts';

// What a step costs beside its work: steps that do nothing, ten at once. Every figure from a process of its
// own, the engines in turn; medians.

interface Cell {
  readonly ms: number;
  readonly heldUpMs: number;
}

const peers = path.join(root, 'bench/peers');
const SHAPES = ['wide', 'chain', 'layered'];
const QUICK = ['bare', 'p-limit', 'p-queue', 'waves', 'sluice'];
const SLOW = ['langgraph', 'mastra'];
const TURNS = 3;

const CELL = cellFile('engineCell');

export async function benchEngine(): Promise<void> {
  await bundleCell('engineCell');
  installedPeers();
  const perThousand = new Map<string, number>();
  for (const size of [1000, 10_000]) {
    for (const shape of SHAPES) {
      console.log(`\n${size} steps, ${shape} (ms per 1,000 steps)`);
      const engines = size === 1000 ? [...QUICK, ...SLOW] : QUICK;
      const cells = new Map(engines.map((engine) => [engine, [] as Cell[]]));
      for (let turn = 0; turn < TURNS; turn += 1) {
        for (const engine of engines.filter((name) => turn === 0 || !SLOW.includes(name))) {
          cells.get(engine)?.push(cell(engine, shape, size, SLOW.includes(engine) ? 3 : 9));
        }
      }
      const of = (engine: string) =>
        (median((cells.get(engine) ?? []).map(({ ms }) => ms)) * 1000) / size;
      for (const [engine, figures] of cells) {
        const held = Math.max(...figures.map(({ heldUpMs }) => heldUpMs));
        const ratio = (of(engine) / of('p-queue')).toFixed(2);
        const loop =
          engine === 'sluice' ? `  event loop held up at most ${held.toFixed(1)} ms` : '';
        console.log(
          `  ${engine.padEnd(10)} ${of(engine).toFixed(1).padStart(8)}  ${ratio.padStart(7)} x p-queue${loop}`,
        );
      }
      perThousand.set(`${shape} ${size}`, of('sluice'));
    }
  }
  for (const shape of SHAPES) {
    const [few = 1, many = 1] = [1000, 10_000].map((size) => perThousand.get(`${shape} ${size}`));
    console.log(`  ${shape}: a step of 10,000 costs ${(many / few).toFixed(2)} x one of 1,000`);
  }
}

function cell(engine: string, shape: string, size: number, rounds: number): Cell {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [CELL, path.join(peers, 'engines.mjs'), engine, shape, String(size), String(rounds)],
    { encoding: 'utf8', cwd: root },
  );
  if (status !== 0) {
    throw new Error(`${engine}, ${shape}, ${size} failed: ${stderr}`);
  }
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Cell;
}
