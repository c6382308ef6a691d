import fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../core/base/clock.ts';
import { BUILD } from '../core/build.ts';
import { approvalsWith, sharedKey } from '../core/approvalKeys.ts';
import { nodeDisk, type Disk } from '../core/base/disk.ts';
import { logLine, type Log, type LogAbout } from '../core/base/log.ts';
import { thrownMessage } from '../core/base/text.ts';
import { userFolders, userName } from '../core/user.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { runNumber, type RunId, type TaskId } from '../core/domain/ids.ts';
import type { ShareRules } from '../core/compare/share.ts';
import type { Models } from '../core/models/models.ts';
import type { Approvals } from '../core/domain/approvals.ts';
import { Sluice } from '../core/sluice.ts';
import type { IsolationSettings } from '../core/domain/isolation.ts';
import { terminalCacheSettings } from './terminalCache.ts';
import { terminalIsolation } from './terminalIsolation.ts';
import { terminalModels } from './terminalModels.ts';
import { terminalShares } from './terminalShares.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

/** A command that cannot go on, with what to tell and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** What the program finds around it. Tests give their own. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute; the one to work in unless another is named. */
  readonly folder: string;
  /** Absolute; the packs that come with Sluice. */
  readonly packs: string;
}

export function surroundingsOf(process: NodeJS.Process): Surroundings {
  return {
    terminal: processTerminal(process),
    environment: process.env,
    folder: process.cwd(),
    packs: packsBeside(process.argv[1]),
  };
}

/** @param program the file that runs; npm starts it by a link */
function packsBeside(program: string | undefined): string {
  const file = program === undefined ? process.execPath : fs.realpathSync(program);
  return path.join(path.dirname(file), 'packs');
}

/** What a command works with. */
export interface Session {
  readonly sluice: Sluice;
  readonly models: Models;
  /** As the user has set it. */
  readonly isolation: IsolationSettings;
  /** Workflows in whose place another is started in a share of the runs. */
  readonly shares: ShareRules;
  readonly terminal: Terminal;
  readonly now: () => number;
  /** Absolute; the packs that come with Sluice. */
  readonly packs: string;
}

/** Opens the folder, does the work, and lets go of every run whatever happened. */
export async function withSluice(
  folder: string | undefined,
  { terminal, environment, folder: current, packs }: Surroundings,
  work: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const at = path.resolve(current, folder ?? '');
  if (!fs.statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandFailure(`There is no folder ${at}. Give one with -C.`);
  }
  const folders = userFolders(environment, process.platform);
  const log = terminalLog(terminal, environment['SLUICE_LOG'] === 'debug');
  const shared = { clock: systemClock, random: Math.random, log };
  const cacheSettings = await terminalCacheSettings(folders.config, log);
  const isolation = await terminalIsolation(folders.config, log);
  const shares = await terminalShares(folders.config, log);
  const models = await terminalModels({ environment, configFolder: folders.config, ...shared });
  const sluice = await Sluice.open(at, {
    ...shared,
    disk: nodeDisk,
    models: () => Promise.resolve(models),
    actor: { name: userName(process.env), via: 'terminal' },
    environment,
    cacheSettings: () => cacheSettings,
    copySettings: () => isolation.copies,
    home: folders.home,
    approvals: terminalApprovals(nodeDisk, folders.config),
    build: BUILD,
    cacheFolder: folders.cache,
    stateFolder: folders.state,
  });
  try {
    const now = () => systemClock.now();
    return await work({ sluice, models, isolation, shares, terminal, now, packs });
  } finally {
    await sluice.close();
    models.dispose();
  }
}

/** The terminal has no better place for a key than a file of the user's. */
function terminalApprovals(disk: Disk, configFolder: string): () => Promise<Approvals> {
  return () => {
    const key = sharedKey(disk, configFolder);
    return Promise.resolve(approvalsWith(key, key));
  };
}

/** Warnings and errors go where problems go; the rest is for those who ask: `SLUICE_LOG=debug`. */
function terminalLog(terminal: Terminal, wantsDetail: boolean): Log {
  const line = (text: string, about?: LogAbout) => terminal.err(`${logLine(text, about)}\n`);
  const quiet = () => undefined;
  const detail = wantsDetail ? line : quiet;
  return {
    debug: detail,
    info: detail,
    warn: line,
    error: (message, thrown, about) =>
      line(thrown === undefined ? message : `${message}: ${thrownMessage(thrown)}`, about),
  };
}

/** A run by its id, its number, or `last`. @throws CommandFailure */
export function findRun(sluice: Sluice, text: string): ReadableRun {
  const entry = findEntry(sluice, text);
  if (entry.kind === 'unreadable') {
    throw new CommandFailure(
      `The journal of ${entry.run} cannot be read: ${entry.why}`,
      EXIT.failed,
    );
  }
  return entry;
}

/** As `findRun`; its journal may be damaged. @throws CommandFailure */
export function findEntry(sluice: Sluice, text: string): BookEntry {
  const entries = sluice.runs();
  const named = (run: RunId) => run === text || String(runNumber(run)) === text;
  const entry = text === 'last' ? entries[0] : entries.find(({ run }) => named(run));
  if (entry === undefined) {
    throw new CommandFailure(
      entries.length === 0
        ? 'Nothing has run in this folder yet.'
        : `There is no run ${text} here. "sluice runs" lists them.`,
    );
  }
  return entry;
}

/** A task by its id. @throws CommandFailure */
export function findTask({ run, plan }: ReadableRun, text: string): TaskId {
  const task = plan.tasks.find(({ id }) => id === text);
  if (task === undefined) {
    throw new CommandFailure(`${run} has no task "${text}". "sluice show ${run}" lists them.`);
  }
  return task.id;
}
