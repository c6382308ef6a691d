import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { root } from '../scripts/paths.mjs';
import { findChromium } from '../test/host/chromium.ts';

// The graph page as VS Code would show it, in a Chromium without VS Code: the same bundle, style sheet and policy.

const THEMES = {
  dark: {
    class: 'vscode-dark',
    variables: {
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      'editor-foreground': '#cccccc',
      'editor-background': '#1f1f1f',
      'editorWidget-background': '#202020',
      focusBorder: '#0078d4',
      'testing-iconPassed': '#73c991',
      'testing-iconFailed': '#f14c4c',
      'charts-blue': '#3794ff',
      'charts-yellow': '#cca700',
      'charts-red': '#f14c4c',
      'charts-green': '#89d185',
      'editorWarning-foreground': '#cca700',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'widget-shadow': '#0000005c',
      'toolbar-hoverBackground': '#5a5d5e50',
      'icon-foreground': '#cccccc',
      'font-family': 'system-ui, sans-serif',
    },
  },
  light: {
    class: 'vscode-light',
    variables: {
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      'editor-foreground': '#3b3b3b',
      'editor-background': '#ffffff',
      'editorWidget-background': '#f8f8f8',
      focusBorder: '#005fb8',
      'testing-iconPassed': '#388a34',
      'testing-iconFailed': '#f14c4c',
      'charts-blue': '#1a85ff',
      'charts-yellow': '#bf8803',
      'charts-red': '#e51400',
      'charts-green': '#388a34',
      'editorWarning-foreground': '#bf8803',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'widget-shadow': '#00000029',
      'toolbar-hoverBackground': '#b8b8b850',
      'icon-foreground': '#3b3b3b',
      'font-family': 'system-ui, sans-serif',
    },
  },
  'high-contrast': {
    class: 'vscode-high-contrast',
    variables: {
      foreground: '#ffffff',
      descriptionForeground: '#ffffffb3',
      'editor-foreground': '#ffffff',
      'editor-background': '#000000',
      'editorWidget-background': '#0c141f',
      contrastBorder: '#6fc3df',
      focusBorder: '#f38518',
      'testing-iconPassed': '#73c991',
      'testing-iconFailed': '#f14c4c',
      'charts-blue': '#3794ff',
      'charts-yellow': '#cca700',
      'charts-red': '#f14c4c',
      'charts-green': '#89d185',
      'editorWarning-foreground': '#ffd370',
      'button-border': '#6fc3df',
      'button-foreground': '#ffffff',
      'button-secondaryForeground': '#ffffff',
      'icon-foreground': '#ffffff',
      'font-family': 'system-ui, sans-serif',
    },
  },
} as const;

export type PageTheme = keyof typeof THEMES;

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** A server for the page, and a Chromium that shows it. */
export class GraphPages {
  readonly #server: http.Server;
  readonly #browser: Browser;
  readonly #assets: string;

  private constructor(server: http.Server, browser: Browser, assets: string) {
    this.#server = server;
    this.#browser = browser;
    this.#assets = assets;
  }

  /** @param assets where `graph.js`, `graph.css` and `layout.js` are */
  static async start(assets = path.join(root, 'dist/webview')): Promise<GraphPages> {
    const server = http.createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://page');
      const file = path.join(assets, path.basename(url.pathname));
      const type = TYPES[path.extname(file)];
      if (url.pathname === '/') {
        const theme = url.searchParams.get('theme') ?? 'dark';
        response.setHeader('content-type', 'text/html');
        response.end(pageHtml(theme as PageTheme, url.searchParams.get('thread') !== 'none'));
      } else if (type !== undefined && fs.existsSync(file)) {
        response.setHeader('content-type', type);
        response.end(fs.readFileSync(file));
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    return new GraphPages(server, browser, assets);
  }

  get assets(): string {
    return this.#assets;
  }

  /** A page that waits for its first picture. */
  async open(
    size: { readonly width: number; readonly height: number },
    theme: PageTheme = 'dark',
    withThread = true,
  ): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: size });
    const page = await context.newPage();
    const { port } = this.#server.address() as AddressInfo;
    const thread = withThread ? '' : '&thread=none';
    await page.goto(`http://127.0.0.1:${port}/?theme=${theme}${thread}`);
    await page.waitForFunction('window.posted.length > 0');
    return page;
  }

  async blank(size: { readonly width: number; readonly height: number }): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: size });
    return await context.newPage();
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function pageHtml(theme: PageTheme, withThread: boolean): string {
  const { class: name, variables } = THEMES[theme];
  const style = Object.entries(variables)
    .map(([key, value]) => `--vscode-${key}: ${value}`)
    .join('; ');
  // As the panel has it, but that styles of the theme stand in the page and the shim of VS Code's is allowed.
  const policy = [
    `default-src 'none'`,
    `style-src 'self' 'unsafe-inline'`,
    `script-src 'self' 'nonce-bench'`,
    `connect-src 'self'`,
    `worker-src blob:`,
  ].join('; ');
  const layout = withThread ? ' data-layout="/layout.js"' : '';
  return `<!DOCTYPE html>
<html lang="en" style="${style}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <link rel="stylesheet" href="/graph.css" />
    <title>Graph</title>
  </head>
  <body class="${name}" data-subject="{}"${layout}>
    <script nonce="bench">
      window.posted = [];
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => window.posted.push(message),
        getState: () => window.kept,
        setState: (state) => { window.kept = state; },
      });
    </script>
    <script src="/graph.js"></script>
  </body>
</html>`;
}
