// A window of VS Code with Sluice installed as a user has it: notifications show, dialogs ask, and a killed
// extension host comes back.
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
  /** Added to what the extension and its agents see. */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 1400 x 900 */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Owns a server and a browser; `close` ends both and everything they started. */
export class SluiceWindow {
  readonly workbench: Workbench;
  readonly server: VSCodeServer;
  readonly #browser: Browser;

  /** Opens a window and waits until its parts are there. */
  static async open(options: SluiceWindowOptions): Promise<SluiceWindow> {
    const server = await VSCodeServer.start({
      trust: options.trust ?? 'granted',
      installed: [root],
      settings: {
        // In a browser VS Code asks about trust only where the user has set when.
        'security.workspace.trust.startupPrompt': 'once',
        ...(options.colorTheme
          ? { 'workbench.colorTheme': colorThemes[options.colorTheme].setting }
          : {}),
        ...options.settings,
      },
      ...(options.environment ? { environment: options.environment } : {}),
    });
    let browser: Browser | undefined;
    try {
      browser = await openBrowser();
      const { page } = await openWindow({
        browser,
        server,
        target: options.target,
        ...(options.viewport ? { viewport: options.viewport } : {}),
      });
      const workbench = new Workbench(page);
      await workbench.ready();
      return new SluiceWindow(workbench, server, browser);
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  private constructor(workbench: Workbench, server: VSCodeServer, browser: Browser) {
    this.workbench = workbench;
    this.server = server;
    this.#browser = browser;
  }

  /** Writes a picture named after a test that failed, below the git-ignored .host/ui. Returns its path. */
  async screenshotOf(test: string): Promise<string> {
    const name = test.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
    return await this.workbench.screenshot(path.join(hostFolder, 'ui', `${name}.png`));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
  }
}
