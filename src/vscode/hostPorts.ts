import type * as vscode from 'vscode';
import { systemClock } from '../core/base/clock.ts';
import { BUILD } from '../core/build.ts';
import { nodeDisk } from '../core/base/disk.ts';
import { thrownText } from '../core/base/text.ts';
import { userFolders, userName } from '../core/user.ts';
import type { Ports } from '../core/ports.ts';

/** VS Code as a host. */
export function hostPorts(log: vscode.LogOutputChannel): Ports {
  const folders = userFolders(process.env, process.platform);
  return {
    clock: systemClock,
    disk: nodeDisk,
    random: Math.random,
    log: {
      debug: (message) => log.debug(message),
      info: (message) => log.info(message),
      warn: (message) => log.warn(message),
      error: (message, thrown) =>
        log.error(thrown === undefined ? message : `${message}: ${thrownText(thrown)}`),
    },
    actor: { name: userName(process.env), via: 'vscode' },
    environment: process.env,
    home: folders.home,
    build: BUILD,
    cacheFolder: folders.cache,
    stateFolder: folders.state,
  };
}
