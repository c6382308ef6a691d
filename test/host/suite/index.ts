// What VS Code runs as the tests (dist/test/host.cjs): mocha over the suites of one variant. The variants are the
// folders of test/host/suite; "folder", the window with one trusted folder, is this folder itself.
//
// Environment: SLUICE_HOST_VARIANT, SLUICE_GREP, and SLUICE_COUNTS for the reporter.
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { useSourceStacks } from './sourceStacks.ts';

/** Milliseconds; the host shares its processor with a browser. */
const TEST_TIMEOUT = 30_000;

export async function run(): Promise<void> {
  useSourceStacks();
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd',
    // Never a terminal here; the one who started all of this knows whether it is one.
    color: process.env['FORCE_COLOR'] === '1',
    timeout: TEST_TIMEOUT,
    forbidOnly: process.env['SLUICE_COUNTS'] !== undefined,
    reporter: path.join(__dirname, '../../scripts/countingReporter.cjs'),
    ...(process.env['SLUICE_GREP'] ? { grep: process.env['SLUICE_GREP'] } : {}),
  });
  // What suites start is to run each time; the one about the cache switches it on.
  await vscode.workspace
    .getConfiguration('sluice.cache')
    .update('enabled', false, vscode.ConfigurationTarget.Global);
  const variant = process.env['SLUICE_HOST_VARIANT'] ?? 'folder';
  const folder = path.join(__dirname, 'host', variant === 'folder' ? '' : variant);
  for (const file of fs.readdirSync(folder).sort()) {
    if (file.endsWith('.test.cjs')) {
      mocha.addFile(path.join(folder, file));
    }
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
