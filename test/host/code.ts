// What code.mjs does: takes the arguments that runTests of @vscode/test-electron gives to VS Code, and runs the
// tests in VS Code's server with a headless Chromium for a window. Prints what the tests print.
//
// Environment: SLUICE_HOST_LIMIT_MS ends a hanging run (default ten minutes), SLUICE_HOST_TRUST=asked leaves
// workspace trust on although runTests always turns it off, SLUICE_HOST_VERBOSE=1 prints VS Code's logs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { VSCodeServer, type Target } from './server.ts';
import { openBrowser, openWindow } from './window.ts';

const exitCodes = { passed: 0, failed: 1, timeLimit: 3, noStart: 4, hostDied: 5, interrupted: 130 };
type Outcome = keyof typeof exitCodes;

/** How often the tests' output is copied. */
const COPY_MS = 100;

const { values, positionals } = parseArgs({
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
  // runTests gives many more, which concern Electron alone.
  strict: false,
  allowPositionals: true,
});

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-tests-'));
const outputFile = path.join(scratch, 'output.txt');
const verbose = process.env['SLUICE_HOST_VERBOSE'] === '1';
let server: VSCodeServer | undefined;
let browser: Browser | undefined;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void end('interrupted'));
}
await end(await runTests());

async function runTests(): Promise<Outcome> {
  try {
    fs.writeFileSync(outputFile, '');
    server = await VSCodeServer.start({
      dataFolder: path.join(scratch, 'data'),
      userDataFolder: required('user-data-dir'),
      extensionsFolder: required('extensions-dir'),
      forTests: true,
      // One extension a window may be under development; these are as if installed.
      installed: [path.join(import.meta.dirname, 'standIns/models')],
      trust: process.env['SLUICE_HOST_TRUST'] === 'asked' ? 'asked' : 'granted',
      // Not by the window's start options: they are part of its address, which is limited in length.
      environment: {
        SLUICE_HOST_OUTPUT: outputFile,
        SLUICE_HOST_ENTRY: path.resolve(required('extensionTestsPath')),
      },
      ...(verbose ? { onOutput: (text) => process.stderr.write(text) } : {}),
    });
    browser = await openBrowser();
    const { exited } = await openWindow({
      browser,
      server,
      target: targetOf(positionals[0] ?? scratch),
      development: path.resolve(required('extensionDevelopmentPath')),
      tests: path.join(import.meta.dirname, 'testsWrapper.cjs'),
      onLog: (level, text) => {
        if (verbose || (level === 'error' && text.includes('Activating extension'))) {
          process.stderr.write(`[window ${level}] ${text}\n`);
        }
      },
    });
    return await watch(exited);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 'noStart';
  }
}

/** Copies output until the window ends or the time is over. */
async function watch(exited: Promise<number>): Promise<Outcome> {
  const limit = Number(process.env['SLUICE_HOST_LIMIT_MS'] ?? 600_000);
  let copied = 0;
  const copy = (): void => {
    const output = fs.readFileSync(outputFile);
    process.stdout.write(output.subarray(copied));
    copied = output.length;
  };
  const copying = setInterval(copy, COPY_MS);
  const code = await Promise.race([exited, delay(limit, undefined, { ref: false })]);
  clearInterval(copying);
  copy();
  if (code === undefined) {
    say(`no result after ${limit} ms`);
    return 'timeLimit';
  }
  const mark = `${outputFile}.end`;
  if (!fs.existsSync(mark)) {
    say('the extension host ended before the tests did');
    return 'hostDied';
  }
  return code === 0 && fs.readFileSync(mark, 'utf8') === 'passed' ? 'passed' : 'failed';
}

async function end(outcome: Outcome): Promise<never> {
  await browser?.close().catch(() => undefined);
  await server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exit(exitCodes[outcome]);
}

function required(name: keyof typeof values): string {
  const value = values[name];
  if (typeof value !== 'string') {
    throw new Error(`--${name} is missing.`);
  }
  return value;
}

function targetOf(file: string): Target {
  const absolute = path.resolve(file);
  return absolute.endsWith('.code-workspace') ? { workspaceFile: absolute } : { folder: absolute };
}

function say(text: string): void {
  process.stderr.write(`VS Code for tests: ${text}\n`);
}
