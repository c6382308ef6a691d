import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../core/base/clock.ts';
import { BUILD } from '../core/build.ts';
import { nodeDisk } from '../core/base/disk.ts';
import { userFolders, userName } from '../core/user.ts';
import type { Ports } from '../core/ports.ts';
import { windowApprovals } from './approvalKeys.ts';
import { cacheSettings } from './cacheSettings.ts';
import { hostLog } from './output/hostLog.ts';
import { isolationSettings } from './isolationSettings.ts';
import { hostTools } from './models/hostTools.ts';
import type { SavedFiles } from './savedFiles.ts';

/** VS Code as a host. */
export function hostPorts(
  log: vscode.LogOutputChannel,
  saved: Pick<SavedFiles, 'since'>,
  secrets: vscode.SecretStorage,
): Ports {
  const folders = userFolders(process.env, process.platform);
  return {
    clock: systemClock,
    disk: nodeDisk,
    random: Math.random,
    log: hostLog(log),
    actor: { name: userName(process.env), via: 'vscode' },
    environment: process.env,
    home: folders.home,
    tools: hostTools,
    cacheSettings,
    copySettings: () => isolationSettings().copies,
    savedSince: (since) => saved.since(since),
    ripgrep: ripgrepOf(vscode.env.appRoot),
    approvals: windowApprovals(secrets, nodeDisk, folders.config, hostLog(log)),
    build: BUILD,
    cacheFolder: folders.cache,
    stateFolder: folders.state,
  };
}

/** VS Code brings ripgrep along for its own search. */
function ripgrepOf(appRoot: string): readonly string[] {
  const program = process.platform === 'win32' ? 'rg.exe' : 'rg';
  return ['node_modules', 'node_modules.asar.unpacked'].map((folder) =>
    path.join(appRoot, folder, '@vscode', 'ripgrep', 'bin', program),
  );
}
