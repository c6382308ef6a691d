// Opens examples/code-quality, as a Git repository of its own, in VS Code with Sluice:
//   npm start                  in the desktop VS Code if `code` is on PATH, else in the browser
//   npm start -- --browser     in the browser (VS Code from npm; --port N, --no-open only prints the address)
//   npm start -- --fresh       from a new copy; else the copy of the last start goes on
//   npm start -- --headless    by itself, in a headless Chromium, from run to approved gate, with pictures
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { copyExample, tryFolder } from './example.mjs';
import { root } from './paths.mjs';
import { openInBrowser } from './try/browser.ts';
import { findCode, openOnDesktop } from './try/desktop.ts';
import { runHeadless } from './try/headless.ts';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    headless: { type: 'boolean', default: false },
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string' },
  },
});

execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });

if (options.headless) {
  process.exitCode = await runHeadless();
} else {
  const folder = path.join(tryFolder, 'code-quality');
  if (options.fresh || !fs.existsSync(folder)) {
    copyExample('code-quality', folder);
  }
  const code = options.browser ? undefined : findCode();
  if (code) {
    openOnDesktop(code, folder);
  } else {
    await openInBrowser(folder, {
      open: !options['no-open'],
      port: Number(options.port ?? 0),
      fresh: options.fresh,
    });
  }
}
