// A window of VS Code with Sluice installed as a user has it: notifications show, dialogs ask, and a killed
// extension host comes back.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { hostFolder, root } from '../../../scripts/paths.mjs';
import { VSCodeServer, type Target } from '../../host/server.ts';
import { colorThemes, type ColorTheme, type Settings } from '../../host/settings.ts';
import { openBrowser, openWindow } from '../../host/window.ts';
import { Workbench } from './workbench.ts';

export interface SluiceWindowOptions {
  readonly target: Target;
  /** @default 'granted' */
  readonly trust?: 'granted' | 'asked';
  readonly settings?: Settings;
  /** @default VS Code's own */
  readonly colorTheme?: ColorTheme;
  /** Absolute folder of installed extensions. By default Sluice as it is built here is the only one. */
  readonly extensionsFolder?: string;
  /** Absolute folders of extensions beside Sluice as it is built here. */
  readonly beside?: readonly string[];
  /** @default 1400 x 900 */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Owns a server, a browser and what Sluice keeps for its user; `close` ends and removes all of it. */
export class SluiceWindow {
  readonly workbench: Workbench;
  readonly server: VSCodeServer;
  /** For programs that are to find the same folders of the user as the window. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #browser: Browser;
  readonly #userFolder: string;

  /** Opens a window and waits until its parts are there. */
  static async open(options: SluiceWindowOptions): Promise<SluiceWindow> {
    const userFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-user-'));
    const environment = {
      // Whoever runs the tests may have agents of their own.
      HOME: userFolder,
      XDG_CACHE_HOME: path.join(userFolder, 'cache'),
      XDG_STATE_HOME: path.join(userFolder, 'state'),
    };
    let server: VSCodeServer | undefined;
    let browser: Browser | undefined;
    try {
      server = await VSCodeServer.start({
        trust: options.trust ?? 'granted',
        ...(options.extensionsFolder === undefined
          ? { installed: [root, ...(options.beside ?? [])] }
          : { extensionsFolder: options.extensionsFolder }),
        settings: {
          // In a browser VS Code asks about trust only where the user has set when.
          'security.workspace.trust.startupPrompt': 'once',
          ...(options.colorTheme
            ? { 'workbench.colorTheme': colorThemes[options.colorTheme].setting }
            : {}),
          // What tests start is to run each time, but where they are about the cache.
          'sluice.cache.enabled': false,
          ...options.settings,
        },
        environment,
      });
      browser = await openBrowser();
      const { page } = await openWindow({
        browser,
        server,
        target: options.target,
        ...(options.viewport ? { viewport: options.viewport } : {}),
      });
      const workbench = new Workbench(page);
      await workbench.ready();
      return new SluiceWindow(workbench, server, browser, environment, userFolder);
    } catch (error) {
      await browser?.close();
      await server?.stop();
      removeFolder(userFolder);
      throw error;
    }
  }

  private constructor(
    workbench: Workbench,
    server: VSCodeServer,
    browser: Browser,
    environment: Readonly<Record<string, string>>,
    userFolder: string,
  ) {
    this.workbench = workbench;
    this.server = server;
    this.environment = environment;
    this.#browser = browser;
    this.#userFolder = userFolder;
  }

  /** Writes a picture named after a test that failed, below the git-ignored .host/ui. Returns its path. */
  async screenshotOf(test: string): Promise<string> {
    const name = test.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
    return await this.workbench.screenshot(path.join(hostFolder, 'ui', `${name}.png`));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
    removeFolder(this.#userFolder);
  }
}

function removeFolder(folder: string): void {
  // Processes that were just killed may still be writing.
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
