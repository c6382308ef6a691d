import type { ToolAnswer } from '../domain/tool.ts';
import type { Read } from '../domain/trace.ts';

/** What one use of a tool looks at and changes. It stands whether the use comes to an answer or to an error. */
export class Looks {
  readonly #reads: Read[] = [];
  readonly #writes: string[] = [];
  /** As in `ToolAnswer`. */
  keptFrom: number | undefined;

  read(...reads: readonly Read[]): void {
    this.#reads.push(...reads);
  }

  /** @param path relative to the copy, with `/`, every link resolved; only of what has happened */
  wrote(path: string): void {
    this.#writes.push(path);
  }

  get told(): Pick<ToolAnswer, 'reads' | 'writes' | 'keptFrom'> {
    return {
      ...(this.#reads.length > 0 ? { reads: this.#reads.map((read) => this.#dated(read)) } : {}),
      ...(this.#writes.length > 0 ? { writes: this.#writes } : {}),
      ...(this.keptFrom === undefined ? {} : { keptFrom: this.keptFrom }),
    };
  }

  /** What was found outside and kept is no younger for being given again. */
  #dated(read: Read): Read {
    return read.kind === 'web' && this.keptFrom !== undefined
      ? { ...read, since: this.keptFrom }
      : read;
  }
}

export const OUTSIDE: Read = { kind: 'web' };
export const WHOLE_TREE: Read = { kind: 'tree' };
