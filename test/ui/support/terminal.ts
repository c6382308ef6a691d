import { execFile } from 'node:child_process';
import path from 'node:path';
import { root } from '../../../scripts/paths.mjs';
import type { SluiceWindow } from './sluiceWindow.ts';

export interface TerminalOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `sluice …` in a folder as the window's user would in a terminal beside it. */
export async function sluiceInTerminal(
  { environment }: SluiceWindow,
  folder: string,
  ...args: readonly string[]
): Promise<TerminalOutcome> {
  const cli = path.join(root, 'dist/cli.cjs');
  return await new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { cwd: folder, env: { ...process.env, ...environment } },
      (error, out, err) => {
        if (child.exitCode === null) {
          reject(error ?? new Error('The terminal ended without a code.'));
        } else {
          resolve({ code: child.exitCode, out, err });
        }
      },
    );
  });
}
