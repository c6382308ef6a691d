import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/base/clock.ts';
import { nodeDisk } from '../../src/core/base/disk.ts';
import { isAlive } from '../../src/core/base/processes.ts';
import { userFolders } from '../../src/core/user.ts';
import type { Ports } from '../../src/core/ports.ts';
import { Sluice, type SluiceOptions } from '../../src/core/sluice.ts';
import { SpawnedCommand } from './spawnedCommand.ts';
import { gitEnvironment, TempRepository } from './tempRepository.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A folder with definitions, and beside it all that Sluice keeps outside of folders. Real files, real
 * `git`, real processes. Dispose of it: that closes what was opened in it, and fails when a process of
 * an attempt is left.
 */
export class TempProject {
  /** Holds all there is of the project; links resolved. */
  readonly parent: string;
  readonly folder: string;
  /** As a host gives it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What Sluice warned of. */
  readonly warnings: string[] = [];
  readonly #repository: TempRepository | undefined;
  readonly #sluices: Sluice[] = [];
  readonly #commands: SpawnedCommand[] = [];

  /** @param kind a Git repository on `main`, without a commit; or a folder in no repository */
  constructor(kind: 'git' | 'plain' = 'git') {
    if (kind === 'git') {
      this.#repository = new TempRepository();
      ({ parent: this.parent, folder: this.folder } = this.#repository);
    } else {
      this.parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-project-')));
      this.folder = path.join(this.parent, 'folder');
      fs.mkdirSync(this.folder);
    }
    fs.mkdirSync(this.#signs);
    this.environment = {
      ...gitEnvironment,
      HOME: this.parent,
      LOCALAPPDATA: path.join(this.parent, 'local'),
      XDG_CACHE_HOME: path.join(this.parent, 'cache'),
      XDG_STATE_HOME: path.join(this.parent, 'state'),
    };
  }

  get repository(): TempRepository {
    assert.ok(this.#repository, 'the project is in no repository');
    return this.#repository;
  }

  write(file: string, content: string | Uint8Array): void {
    const absolute = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content);
  }

  /** Into the home folder of whoever uses the terminal here. */
  writeHome(file: string, content: string): void {
    this.write(path.relative(this.folder, path.join(this.parent, file)), content);
  }

  remove(file: string): void {
    fs.rmSync(path.join(this.folder, file), { recursive: true });
  }

  /**
   * An agent that is a JavaScript program. At hand in it are `fs`; `note(line)`, which writes where
   * `notes()` reads; and `await sign(name)`, which waits until the test gives that sign.
   */
  agent(name: string, script: string, fields: Fields = {}): void {
    const program = `const fs = require('node:fs');
const note = (line) => fs.appendFileSync(${JSON.stringify(this.#notes)}, line + '\\n');
const sign = (name) => new Promise((resolve) => {
  const look = () => fs.existsSync(${JSON.stringify(this.#signs)} + '/' + name) ? resolve() : setTimeout(look, 5);
  look();
});
(async () => { ${script} })();`;
    this.command(name, [process.execPath, '-e', program], fields);
  }

  command(name: string, command: readonly string[], fields: Fields = {}): void {
    this.write(`.sluice/agents/${name}.json`, JSON.stringify({ name, command, ...fields }));
  }

  /** @param steps by name, as in a workflow file */
  workflow(name: string, steps: Readonly<Record<string, Fields>>, fields: Fields = {}): void {
    this.write(`.sluice/workflows/${name}.json`, JSON.stringify({ name, ...fields, steps }));
  }

  /** Lines the agents noted: effects that no crash takes back. */
  notes(): string[] {
    return fs.existsSync(this.#notes)
      ? fs.readFileSync(this.#notes, 'utf8').replace(/\n$/, '').split('\n')
      : [];
  }

  /** Resolves once an agent has noted the line so many times. */
  async noted(line: string, times = 1): Promise<void> {
    await met(() => this.notes().filter((noted) => noted === line).length >= times);
  }

  give(sign: string): void {
    fs.writeFileSync(path.join(this.#signs, sign), '');
  }

  /** Holds a folder for each repository. */
  get copiesFolder(): string {
    return path.join(this.ports().cacheFolder, 'copies');
  }

  /** Workspace copies of all runs, and what was kept of them: paths below the cache. */
  copies(): string[] {
    const folder = this.copiesFolder;
    const runs = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    // What waits there to be used again is no run's.
    return runs.flatMap((at) =>
      fs.readdirSync(path.join(folder, at)).filter((name) => name !== '.pool'),
    );
  }

  /** Processes of attempts in this project. Linux only; elsewhere none is found. */
  livingAttempts(): number[] {
    const pids = process.platform === 'linux' ? fs.readdirSync('/proc').map(Number) : [];
    return pids.filter((pid) => {
      try {
        const environment = fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
        const isOurs = environment.includes('SLUICE_ATTEMPT=') && environment.includes(this.parent);
        return isOurs && isAlive(pid, '');
      } catch {
        return false;
      }
    });
  }

  ports(): Ports {
    const { cache, state } = userFolders(this.environment, process.platform);
    return {
      clock: systemClock,
      disk: nodeDisk,
      random: () => 0,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (message) => void this.warnings.push(message),
        error: (message, thrown) => void this.warnings.push(`${message}: ${String(thrown)}`),
      },
      actor: { name: 'ada', via: 'vscode' },
      environment: this.environment,
      home: undefined,
      cacheFolder: cache,
      stateFolder: state,
    };
  }

  /** As a program of its own opens it: two of them know of each other by files alone. */
  async open(
    folder = this.folder,
    ports: Partial<Ports> = {},
    options?: SluiceOptions,
  ): Promise<Sluice> {
    const sluice = await Sluice.open(folder, { ...this.ports(), ...ports }, options);
    this.#sluices.push(sluice);
    return sluice;
  }

  /** The terminal's program in a process of its own. */
  spawn(...args: readonly string[]): SpawnedCommand {
    const command = new SpawnedCommand(['-C', this.folder, ...args], this.environment);
    this.#commands.push(command);
    return command;
  }

  async dispose(): Promise<void> {
    for (const command of this.#commands) {
      command.process.kill('SIGKILL');
      await command.ended;
    }
    await Promise.all(this.#sluices.map((sluice) => sluice.close()));
    const left = this.livingAttempts();
    for (const pid of left) {
      process.kill(pid, 'SIGKILL');
    }
    fs.rmSync(this.parent, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(left, [], 'processes were left');
  }

  get #notes(): string {
    return path.join(this.parent, 'notes');
  }

  get #signs(): string {
    return path.join(this.parent, 'signs');
  }
}

/** Resolves once the condition is met. For what announces nothing: files, processes. */
export async function met(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
