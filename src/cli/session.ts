import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../core/base/clock.ts';
import type { Log } from '../core/base/log.ts';
import { thrownMessage } from '../core/base/text.ts';
import { userFolders } from '../core/folders.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { runNumber, type RunId } from '../core/domain/ids.ts';
import { Sluice } from '../core/sluice.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import type { Terminal } from './terminal.ts';

/** A command that cannot go on, with what to tell and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** What a command works with. */
export interface Session {
  readonly sluice: Sluice;
  readonly terminal: Terminal;
  readonly now: () => number;
}

/** Opens the folder, does the work, and lets go of every run whatever happened. */
export async function withSluice(
  folder: string | undefined,
  terminal: Terminal,
  work: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const at = path.resolve(folder ?? process.cwd());
  if (!fs.statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandFailure(`There is no folder ${at}. Give one with -C.`);
  }
  const folders = userFolders(process.env, process.platform);
  const sluice = await Sluice.open(at, {
    clock: systemClock,
    log: terminalLog(terminal),
    actor: { name: os.userInfo().username, via: 'terminal' },
    environment: process.env,
    cacheFolder: folders.cache,
    stateFolder: folders.state,
  });
  try {
    return await work({ sluice, terminal, now: () => systemClock.now() });
  } finally {
    await sluice.close();
  }
}

/** Warnings and errors go where problems go; the rest is for those who ask: `SLUICE_LOG=debug`. */
function terminalLog(terminal: Terminal): Log {
  const line = (text: string) => terminal.err(`${text}\n`);
  const quiet = () => undefined;
  const detail = process.env['SLUICE_LOG'] === 'debug' ? line : quiet;
  return {
    debug: detail,
    info: detail,
    warn: line,
    error: (message, thrown) =>
      line(thrown === undefined ? message : `${message}: ${thrownMessage(thrown)}`),
  };
}

/** A run by its id, its number, or `last`. @throws CommandFailure */
export function findRun(sluice: Sluice, text: string): Extract<BookEntry, { kind: 'readable' }> {
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
  if (entry.kind === 'unreadable') {
    throw new CommandFailure(
      `The journal of ${entry.run} cannot be read: ${entry.why}`,
      EXIT.failed,
    );
  }
  return entry;
}
