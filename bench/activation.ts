import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyAsRepository } from '../scripts/example.mjs';
import { root } from '../scripts/paths.mjs';
import { SluiceWindow } from '../test/ui/support/sluiceWindow.ts';
import { until } from '../test/ui/support/until.ts';
import { median } from './table.ts';

const ROUNDS = 5;

/** VS Code's own figure for Sluice's activation, as "Developer: Show Running Extensions" shows it. */
export async function benchActivation(): Promise<void> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-bench-'));
  const folder = path.join(scratch, 'code-quality');
  copyAsRepository(path.join(root, 'examples/code-quality'), folder);
  const activations: number[] = [];
  const openings: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const begun = performance.now();
      const window = await SluiceWindow.open({ target: { folder } });
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
