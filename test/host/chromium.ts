import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The executable of a Chromium: CHROME_PATH, else one on PATH, else one of macOS's applications, else the
 * one Playwright downloaded. Throws with what to install when there is none.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['CHROME_PATH'];
  if (named) {
    if (!fs.existsSync(named)) {
      throw new Error(`CHROME_PATH is ${named}, which does not exist.`);
    }
    return named;
  }
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const candidates = [
    ...names.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    ...(process.platform === 'darwin' ? macPaths : []),
    chromium.executablePath(),
  ];
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  if (!found) {
    throw new Error(
      'No Chromium found. Install one (Debian, Ubuntu: "apt-get install chromium"; elsewhere: ' +
        '"npx playwright-core install chromium"), or set CHROME_PATH to its executable.',
    );
  }
  return found;
}
