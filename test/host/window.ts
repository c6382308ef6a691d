// A window of VS Code: the workbench of a server (server.ts) in a headless Chromium.
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import type { Target, VSCodeServer } from './server.ts';

export interface WindowOptions {
  readonly browser: Browser;
  readonly server: VSCodeServer;
  readonly target: Target;
  /** Absolute folder of the extension under development; a web window takes one. Needs `forTests`. */
  readonly development?: string;
  /** Absolute path of the module whose `run` is the tests, executed in the extension host. Needs `forTests`. */
  readonly tests?: string;
  /** @default 1400 x 900 */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What the window logs. */
  readonly onLog?: (level: string, text: string) => void;
}

export interface HostWindow {
  readonly page: Page;
  /** Resolves with VS Code's exit code when tests have run, or when their extension host died: then also 0. */
  readonly exited: Promise<number>;
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    args: [
      // Chromium's sandbox needs rights that containers lack; only our own pages are opened.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // /dev/shm is small in containers.
      '--disable-dev-shm-usage',
    ],
  });
}

/** Opens a window in a fresh browser profile. Resolves before the workbench is drawn. */
export async function openWindow(options: WindowOptions): Promise<HostWindow> {
  const { server } = options;
  const context = await options.browser.newContext({
    viewport: { ...(options.viewport ?? { width: 1400, height: 900 }) },
  });
  const page = await context.newPage();
  // The key that seals stored secrets comes from a front end that the bare server lacks. With a key they
  // survive a reload, as on the desktop.
  await page.route('**/mint-key', (route) =>
    route.fulfill({ contentType: 'application/octet-stream', body: Buffer.alloc(32, 7) }),
  );
  await page.exposeFunction('codeAutomationLog', (level: string, args: readonly unknown[]) =>
    options.onLog?.(level, args.map(String).join(' ')),
  );
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    exit = resolve;
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => exit(code));
  const payload: [string, string][] = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (options.development) {
    payload.push(['extensionDevelopmentPath', server.remote(options.development)]);
  }
  if (options.tests) {
    payload.push(['extensionTestsPath', server.remote(options.tests)]);
  }
  await page.goto(server.url(options.target, payload), { waitUntil: 'commit' });
  return { page, exited };
}
