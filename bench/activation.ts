import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyAsRepository } from '../scripts/example.mjs';
import { root } from '../scripts/paths.mjs';
import { installHost } from '../test/host/install.mjs';
import { SluiceWindow } from '../test/ui/support/sluiceWindow.ts';
import { until } from '../test/ui/support/until.ts';
import { buildExtension, type BuiltExtension } from './builtExtension.ts';
import { median } from './table.ts';

const ROUNDS = 5;
/** Processes in which the own code alone is measured. */
const PROCESSES = 15;
/** Milliseconds of the processor that Sluice's own code may take at VS Code's start. */
const OWN_LIMIT = 50;

interface OwnFigures {
  /** Milliseconds: reading and running the bundle; that and activating; of the processor for both. */
  readonly read: number;
  readonly wall: number;
  readonly cpu: number;
}

export async function benchActivation(): Promise<void> {
  const built = buildExtension();
  try {
    benchOwnCode(built);
    await benchInWindow(built);
  } finally {
    built.dispose();
  }
}

/** Without VS Code, on the Node its host runs on: what others do in the host at its start is not counted. */
function benchOwnCode({ folder }: BuiltExtension): void {
  const cell = path.join(root, 'bench/activationCell.ts');
  const bundle = path.join(folder, 'dist/extension.cjs');
  const figures = Array.from({ length: PROCESSES }, () => {
    const printed = execFileSync(installHost().node, [cell, bundle], { encoding: 'utf8' });
    return JSON.parse(printed) as OwnFigures;
  });
  const of = (name: keyof OwnFigures) => median(figures.map((one) => one[name]));
  const row = (name: string, value: number) =>
    console.log(`  ${name.padEnd(26)}${value.toFixed(1).padStart(6)} ms`);
  console.log(`\nSluice's own code at VS Code's start (median of ${PROCESSES} processes)`);
  row('bundle read and run', of('read'));
  row('until it is activated', of('wall'));
  row('of the processor', of('cpu'));
  if (of('cpu') > OWN_LIMIT) {
    console.log(`  more than the ${OWN_LIMIT} ms it may take`);
    process.exitCode = 1;
  }
}

/** VS Code's own figure, as "Developer: Show Running Extensions" shows it; all extensions share one thread. */
async function benchInWindow({ extensionsFolder }: BuiltExtension): Promise<void> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  const folder = path.join(scratch, 'code-quality');
  copyAsRepository(path.join(root, 'examples/code-quality'), folder);
  const activations: number[] = [];
  const openings: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const window = await SluiceWindow.open({ target: { folder }, extensionsFolder });
      try {
        const { workbench } = window;
        openings.push(performance.now() - begun);
        await workbench.openViewContainer('Sluice');
        await workbench.row('Workflows', 'code-quality').waitFor();
        await workbench.runCommand('Developer: Show Running Extensions');
        const row = workbench.page
          .locator('.runtime-extensions-editor .monaco-list-row')
          .filter({ hasText: 'Sluice' });
        activations.push(
          await until('the activation time', async () => {
            const text = await row.first().innerText();
            const ms = /Activation[^:]*: (\d+)\s*ms/.exec(text)?.[1];
            return ms === undefined ? undefined : Number(ms);
          }),
        );
      } finally {
        await window.close();
      }
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`\nIn a real VS Code (median of ${ROUNDS})`);
  console.log(`  activation of Sluice    ${median(activations).toFixed(0).padStart(6)} ms`);
  console.log(`  server to window ready  ${median(openings).toFixed(0).padStart(6)} ms`);
}
