import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import type { RunEvent } from '../../../src/core/domain/event.ts';
import { followJournal, JOURNAL_START } from '../../../src/core/journal/reader.ts';

type Fields = Readonly<Record<string, unknown>>;

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/**
 * A folder that a window shows, as a test fills it and finds it. What the test and its agents tell
 * each other stands beside the folder, which stays as its user would have it.
 */
export class TestFolder {
  /** Absolute. */
  readonly path: string;
  readonly #store: () => string;

  /**
   * @param folder absolute
   * @param store where Sluice keeps what it remembers of the folder
   */
  constructor(folder: string, store = () => path.join(folder, '.git/sluice')) {
    this.path = folder;
    this.#store = store;
    fs.mkdirSync(this.#signs, { recursive: true });
  }

  /** Absolute. */
  file(relative: string): string {
    return path.join(this.path, relative);
  }

  write(relative: string, content: string): void {
    fs.mkdirSync(path.dirname(this.file(relative)), { recursive: true });
    fs.writeFileSync(this.file(relative), content);
  }

  /** A file, or a folder with all in it; what is not there may stay so. */
  remove(relative: string): void {
    fs.rmSync(this.file(relative), { recursive: true, force: true });
  }

  /**
   * An agent that is a JavaScript program. At hand in it are `fs`; `note(name, text)`, which writes
   * what `noteOf` reads; and `await sign(name)`, which waits until the test gives that sign.
   */
  agent(name: string, script: string, fields: Fields = {}): void {
    const beside = JSON.stringify(this.#signs);
    const program = `const fs = require('node:fs');
const note = (name, text) => fs.writeFileSync(${beside} + '/' + name, text);
const sign = (name) => new Promise((resolve) => {
  const look = () => fs.existsSync(${beside} + '/' + name) ? resolve() : setTimeout(look, 20);
  look();
});
(async () => { ${script} })();`;
    this.command(name, ['node', '-e', program], fields);
  }

  command(name: string, command: readonly string[], fields: Fields = {}): void {
    this.write(`.sluice/agents/${name}.json`, JSON.stringify({ name, command, ...fields }));
  }

  /** @param steps by name, as in a workflow file */
  workflow(name: string, steps: Readonly<Record<string, Fields>>, fields: Fields = {}): void {
    this.write(`.sluice/workflows/${name}.json`, JSON.stringify({ name, ...fields, steps }));
  }

  give(sign: string): void {
    fs.writeFileSync(path.join(this.#signs, sign), '');
  }

  /** Takes a sign back: who waits for it from now on waits until it is given again. */
  withdraw(sign: string): void {
    fs.rmSync(path.join(this.#signs, sign), { force: true });
  }

  /** What an agent noted under a name; undefined before it has. */
  noteOf(name: string): string | undefined {
    const file = path.join(this.#signs, name);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') || undefined : undefined;
  }

  /** The names of the runs, in the order they were made. */
  runs(): string[] {
    const folder = path.join(this.#store(), 'runs');
    const number = (run: string) => Number(/\d+$/.exec(run)?.[0]);
    return fs.existsSync(folder)
      ? fs
          .readdirSync(folder)
          .filter((name) => !name.startsWith('.'))
          .sort((a, b) => number(a) - number(b))
      : [];
  }

  /** What has happened in a run so far. */
  async events(run: string): Promise<readonly RunEvent[]> {
    const { events } = await followJournal(
      nodeDisk,
      path.join(this.#store(), 'runs', run),
      JOURNAL_START,
    );
    return events;
  }

  /** The events of one type. */
  async eventsOf<Type extends RunEvent['type']>(run: string, type: Type): Promise<EventOf<Type>[]> {
    const isWanted = (event: RunEvent): event is EventOf<Type> => event.type === type;
    return (await this.events(run)).filter(isWanted);
  }

  /** How the run ended; undefined before its end. */
  async endOf(run: string): Promise<EventOf<'run-finished'>['status'] | undefined> {
    return (await this.eventsOf(run, 'run-finished'))[0]?.status;
  }

  /** Local branches. */
  branches(): string[] {
    return this.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.path, encoding: 'utf8' }).trim();
  }

  get #signs(): string {
    return `${this.path}-signs`;
  }
}
