import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { bundled } from './bundle.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** `sluice …` in a process of its own, its output in pipes. */
export class SpawnedCommand {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CommandEnd>;
  #out = '';
  #err = '';
  readonly #watchers = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.process = spawn(process.execPath, [bundled('src/cli.ts'), ...args], {
      cwd: ROOT,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
      this.#watchers.forEach((look) => look());
    });
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    this.ended = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('close', (code, signal) =>
        resolve({ code, signal, out: this.#out, err: this.#err }),
      );
    });
  }

  /** Resolves with the match once the output holds the pattern; rejects when the program ends without. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return await new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.#out);
        if (match !== null) {
          this.#watchers.delete(look);
          resolve(match);
        }
      };
      this.#watchers.add(look);
      look();
      void this.ended.then(({ code, out, err }) =>
        reject(new Error(`ended with ${code} without printing ${String(pattern)}: ${out}${err}`)),
      );
    });
  }
}
