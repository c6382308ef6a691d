// VS Code's server from npm. It serves the workbench to a browser and runs each window's extension host,
// a real one on Node, as its child.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installHost } from './install.mjs';
import { commandLineOf, descendantsOf, killAll } from './processes.ts';
import { quietSettings, unneededExtensions, type Settings } from './settings.ts';

/** Time for an orderly end before the processes are killed. */
const STOP_MS = 3000;

export interface ServerOptions {
  /** Absolute; holds settings, installed extensions and logs, and is kept. By default a temporary folder. */
  readonly dataFolder?: string;
  /** @default `user-data` in `dataFolder` */
  readonly userDataFolder?: string;
  /** @default `extensions` in `dataFolder` */
  readonly extensionsFolder?: string;
  /** Added to the quiet ones. A settings file that is already there stays as its user left it. */
  readonly settings?: Settings;
  /** Absolute folders of extensions, linked into the window as if installed. */
  readonly installed?: readonly string[];
  /**
   * Loads `extensionDevelopmentPath` and `extensionTestsPath` of a window. Toasts are not shown then, modal
   * dialogs are refused, and the window closes when its extension host dies.
   * @default false
   */
  readonly forTests?: boolean;
  /** Whether a folder is trusted unasked, or Restricted Mode and its question are as for a user. */
  readonly trust: 'granted' | 'asked';
  /** What a browser must present; without it anything on this machine may connect. */
  readonly token?: string;
  /** @default a free one */
  readonly port?: number;
  /** Added to the environment of the server and so of its extension hosts. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

/** What a window shows: a folder, a `.code-workspace` file (both absolute), or nothing. */
export type Target =
  { readonly folder: string } | { readonly workspaceFile: string } | { readonly empty: true };

/**
 * A running server. Owns its process, everything that process starts, and its data folder if temporary.
 *
 * 1. After `stop`, and after this process has ended in whatever way but SIGKILL, no process of it is left.
 */
export class VSCodeServer {
  readonly port: number;
  readonly userDataFolder: string;
  readonly #process: ChildProcess;
  readonly #token: string | undefined;
  readonly #temporary: string | undefined;
  readonly #onExit: () => void;

  /** Starts a server and waits until it listens. */
  static async start(options: ServerOptions): Promise<VSCodeServer> {
    const { node, server } = installHost();
    const temporary = options.dataFolder
      ? undefined
      : fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-vscode-'));
    const dataFolder = options.dataFolder ?? temporary ?? '';
    const userDataFolder = options.userDataFolder ?? path.join(dataFolder, 'user-data');
    const extensionsFolder = options.extensionsFolder ?? path.join(dataFolder, 'extensions');
    writeSettings(userDataFolder, { ...quietSettings, ...options.settings });
    linkExtensions(options.installed ?? [], extensionsFolder);

    const child = spawn(
      node,
      [
        server,
        ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
        ...(options.token ? ['--connection-token', options.token] : ['--without-connection-token']),
        ...['--server-data-dir', path.join(dataFolder, 'server')],
        ...['--user-data-dir', userDataFolder, '--extensions-dir', extensionsFolder],
        // Seconds an extension host waits for a closed window to come back; the default is three hours.
        ...['--reconnection-grace-time', '5'],
        '--accept-server-license-terms',
        '--disable-telemetry',
        '--disable-experiments',
        '--force-disable-user-env',
        ...(options.forTests ? ['--enable-smoke-test-driver'] : []),
        ...(options.trust === 'granted' ? ['--disable-workspace-trust'] : []),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: environmentFor(options) },
    );
    try {
      const port = await listening(child, options.onOutput);
      return new VSCodeServer(child, port, userDataFolder, options.token, temporary);
    } catch (error) {
      child.kill('SIGKILL');
      removeFolder(temporary);
      throw error;
    }
  }

  private constructor(
    child: ChildProcess,
    port: number,
    userDataFolder: string,
    token: string | undefined,
    temporary: string | undefined,
  ) {
    this.port = port;
    this.userDataFolder = userDataFolder;
    this.#process = child;
    this.#token = token;
    this.#temporary = temporary;
    this.#onExit = () => killAll(this.#allProcesses());
    process.once('exit', this.#onExit);
  }

  /** The address of a window; `payload` are VS Code's own start options, at most about 16 KiB in all. */
  url(target: Target, payload: readonly (readonly [string, string])[] = []): string {
    const query = new URLSearchParams({
      ...(this.#token ? { tkn: this.#token } : {}),
      ...queryOf(target),
      ...(payload.length > 0 ? { payload: JSON.stringify(payload) } : {}),
    });
    return `http://127.0.0.1:${String(this.port)}/?${query.toString()}`;
  }

  /** How a window names a file of this machine. */
  remote(file: string): string {
    return `vscode-remote://127.0.0.1:${String(this.port)}${file}`;
  }

  /** Process ids of the extension hosts, one a window. */
  extensionHosts(): number[] {
    return this.#allProcesses().filter((pid) =>
      commandLineOf(pid).includes('--type=extensionHost'),
    );
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.#onExit);
    const all = this.#allProcesses();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit', { signal: AbortSignal.timeout(STOP_MS) });
      this.#process.kill('SIGTERM');
      await ended.catch(() => undefined);
    }
    killAll(all);
    removeFolder(this.#temporary);
  }

  #allProcesses(): number[] {
    const { pid } = this.#process;
    return pid === undefined ? [] : [...descendantsOf(pid), pid];
  }
}

function queryOf(target: Target): Record<string, string> {
  if ('folder' in target) {
    return { folder: target.folder };
  }
  return 'empty' in target ? { ew: 'true' } : { workspace: target.workspaceFile };
}

/** Resolves with the port once the server accepts windows and extension hosts. */
async function listening(
  child: ChildProcess,
  onOutput: ((text: string) => void) | undefined,
): Promise<number> {
  return await new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      onOutput?.(chunk.toString());
      const bound = /Server bound to [^\n]*:(\d+)[\s\S]*agent listening/.exec(output);
      if (bound) {
        resolve(Number(bound[1]));
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(
        new Error(
          `VS Code's server ended early (${String(code ?? signal)}):\n${output.slice(-2000)}`,
        ),
      ),
    );
  });
}

/** Variables of an outer VS Code, Electron or npm would change how the server starts. */
function environmentFor(options: ServerOptions): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_(?!TEST)|ELECTRON_|NODE_OPTIONS$|NODE_V8_COVERAGE$|npm_)/.test(name),
  );
  return {
    ...Object.fromEntries(clean),
    VSCODE_SKIP_BUILTIN_EXTENSIONS: unneededExtensions.join(','),
    ...options.environment,
  };
}

/** Without an extensions.json VS Code scans the folder, and follows links in it. */
function linkExtensions(sources: readonly string[], extensionsFolder: string): void {
  fs.mkdirSync(extensionsFolder, { recursive: true });
  if (sources.length === 0) {
    return;
  }
  fs.rmSync(path.join(extensionsFolder, 'extensions.json'), { force: true });
  for (const source of sources) {
    const manifest = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8')) as {
      publisher: string;
      name: string;
      version: string;
    };
    const link = path.join(
      extensionsFolder,
      `${manifest.publisher}.${manifest.name}-${manifest.version}`,
    );
    fs.rmSync(link, { recursive: true, force: true });
    fs.symlinkSync(source, link, 'junction');
  }
}

/** Leaves a file that is already there: its user may have changed it. */
function writeSettings(userDataFolder: string, settings: Settings): void {
  const file = path.join(userDataFolder, 'User', 'settings.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, JSON.stringify(settings, null, 2));
  }
}

function removeFolder(folder: string | undefined): void {
  if (folder) {
    // Processes that were just killed may still be writing.
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
