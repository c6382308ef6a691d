import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { VSCodeServer } from '../../test/host/server.ts';
import { tryFolder } from '../example.mjs';
import { root } from '../paths.mjs';

export interface BrowserOptions {
  /** Opens the browser of this machine too. */
  readonly open: boolean;
  /** 0 for a free one. */
  readonly port: number;
  /** Forgets settings and trusted folders of earlier starts. */
  readonly fresh: boolean;
}

/** Serves VS Code with Sluice installed and `folder` open, until Ctrl+C. */
export async function openInBrowser(folder: string, options: BrowserOptions): Promise<void> {
  const dataFolder = path.join(tryFolder, 'vscode');
  if (options.fresh) {
    fs.rmSync(dataFolder, { recursive: true, force: true });
  }
  const server = await VSCodeServer.start({
    dataFolder,
    port: options.port,
    // Whoever reaches the server can run programs as this user, and any page in the user's browser can try.
    token: randomBytes(16).toString('hex'),
    trust: 'asked',
    installed: [root],
    settings: { 'security.workspace.trust.startupPrompt': 'once' },
  });
  const url = server.url({ folder });
  console.log(`\n  Open  ${url}\n  Stop  Ctrl+C\n`);
  if (options.open) {
    openUrl(url);
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.stop();
}

/** Asks the system for its browser; without one, the address on the terminal has to do. */
function openUrl(url: string): void {
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
