// Runs the host tests: mocha inside a real VS Code, one window for each variant that has suites.
//
// Which VS Code: the one VSCODE_EXECUTABLE names; else, on Linux x64, the one npm installs (install.mjs) behind
// code.mjs; else a download by @vscode/test-electron.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { copyAsRepository } from '../../scripts/example.mjs';
import { root } from '../../scripts/paths.mjs';

const { VSCODE_EXECUTABLE: named, SLUICE_COUNTS: counts } = process.env;
const stand = path.join(import.meta.dirname, 'code.mjs');
const executable =
  named ?? (process.platform === 'linux' && process.arch === 'x64' ? stand : undefined);

/** Folders of test/host/suite, but "folder", which is that folder itself; and what their window shows. */
const variants = {
  folder: 'one trusted folder',
  plainFolder: 'a folder in no Git repository',
  multiFolder: 'two folders in one window',
  untrusted: 'a folder nobody has trusted',
};
type Variant = keyof typeof variants;

for (const variant of Object.keys(variants) as Variant[]) {
  if (!hasSuites(variant)) {
    continue;
  }
  if (variant === 'untrusted' && executable !== stand) {
    // runTests always turns workspace trust off; only code.mjs can be told to leave it on.
    console.log('The untrusted variant runs only in the VS Code from npm.');
    continue;
  }
  await runVariant(variant);
}

async function runVariant(variant: Variant): Promise<void> {
  console.log(`\nVS Code with ${variants[variant]}`);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-host-'));
  fs.mkdirSync(path.join(scratch, 'home'));
  const countedBefore = countFiles();
  try {
    await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : {}),
      // The stand-in for npm's VS Code brings its own extensions along, for it takes only one here.
      extensionDevelopmentPath:
        executable === stand ? root : [root, path.join(import.meta.dirname, 'standIns/models')],
      extensionTestsPath: path.join(root, 'dist/test/host.cjs'),
      launchArgs: [open(variant, scratch)],
      extensionTestsEnv: {
        SLUICE_HOST_VARIANT: variant,
        SLUICE_HOST_TRUST: variant === 'untrusted' ? 'asked' : 'granted',
        // What Sluice keeps for its user goes with the test, and whoever runs it may have agents of their own.
        HOME: path.join(scratch, 'home'),
        XDG_CACHE_HOME: path.join(scratch, 'cache'),
        XDG_STATE_HOME: path.join(scratch, 'state'),
      },
    });
  } catch (error) {
    process.exitCode = 1;
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`${variant}: ${reason}`);
    if (counts && countFiles() === countedBefore) {
      // The window ended before mocha could count: that is one failure.
      const file = path.join(counts, `window-${variant}.json`);
      fs.writeFileSync(file, JSON.stringify({ passed: 0, failed: 1, skipped: 0, reason }));
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Makes what the window shows, in `scratch`; the path VS Code is given. */
function open(variant: Variant, scratch: string): string {
  const workspaces = path.join(import.meta.dirname, 'workspaces');
  const template = path.join(workspaces, variant === 'untrusted' ? 'untrusted' : 'folder');
  const first = path.join(scratch, 'first');
  if (variant === 'plainFolder') {
    fs.cpSync(template, first, { recursive: true });
    return first;
  }
  copyAsRepository(template, first);
  if (variant !== 'multiFolder') {
    return first;
  }
  copyAsRepository(template, path.join(scratch, 'second'));
  const file = path.join(scratch, 'two.code-workspace');
  fs.writeFileSync(file, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  return file;
}

function hasSuites(variant: Variant): boolean {
  const folder = path.join(root, 'dist/test/host', variant === 'folder' ? '' : variant);
  return fs.existsSync(folder) && fs.readdirSync(folder).some((file) => file.endsWith('.test.cjs'));
}

function countFiles(): number {
  return counts ? fs.readdirSync(counts).length : 0;
}
