import { canonicalJson } from '../../base/digest.ts';
import { isServedAs } from '../../domain/servedModel.ts';
import type { ToolDeed } from '../../domain/tool.ts';
import type { Read, Trace, Unfit } from '../../domain/trace.ts';

type AnsweredBy = Trace['models'][number];

/**
 * What an attempt has looked at, put together as its session tells it.
 *
 * T1. What the attempt has written is not looked at: it follows from what was looked at before.
 * T2. After a program has run nobody knows what is whose. Then the whole tree counts, and with it every look there is.
 * T3. The first reason that keeps the result to itself is the one told.
 */
export class TraceSoFar {
  readonly #reads = new Map<string, Read>();
  readonly #written = new Set<string>();
  readonly #models = new Map<string, AnsweredBy>();
  readonly #helpers = new Map<string, AnsweredBy>();
  #own: AnsweredBy | undefined;
  #unfit: Unfit | undefined;

  /** A use of a tool begins, and may have done what it does. */
  did(tool: string, does: ToolDeed): void {
    switch (does) {
      case 'read':
      case 'edit':
        // The tool tells.
        break;
      case 'run':
        this.#add({ kind: 'tree' });
        break;
      case 'reach':
        this.#add({ kind: 'web' });
        break;
      case 'other':
        this.#unfit ??= { kind: 'acted', tool };
        break;
    }
  }

  /** What one use of a tool looked at, and then changed. */
  used(reads: readonly Read[], writes: readonly string[]): void {
    reads.forEach((read) => this.#look(read));
    writes.forEach((path) => this.#written.add(path));
  }

  /** A person spoke, or refused. */
  person(): void {
    this.#unfit ??= { kind: 'person' };
  }

  /** The attempt's own model answered. */
  answered(by: AnsweredBy): void {
    add(this.#models, by);
    const first = this.#own;
    // A response may not say what it came from; then the next does.
    this.#own = { asked: by.asked, served: first?.served ?? by.served };
    if (first !== undefined && (first.asked !== by.asked || isOther(first.served, by.served))) {
      this.#unfit ??= { kind: 'models' };
    }
  }

  /** Models answered for agents that it asked, as many as it likes. */
  helped(models: readonly AnsweredBy[]): void {
    models.forEach((by) => add(this.#helpers, by));
  }

  get trace(): Trace {
    return {
      reads: [...this.#reads.values()],
      models: [...this.#models.values()],
      ...(this.#helpers.size > 0 ? { helpers: [...this.#helpers.values()] } : {}),
      unfit: this.#unfit,
    };
  }

  #look(read: Read): void {
    switch (read.kind) {
      case 'file':
        if (!this.#written.has(read.path)) {
          this.#add(read);
        }
        break;
      case 'asked':
        // What it found is partly its own work, which no other tree can show.
        this.#add(this.#hasWrittenIn(read.within) ? { kind: 'tree' } : read);
        break;
      case 'tree':
      case 'web':
        this.#add(read);
        break;
    }
  }

  #add(read: Read): void {
    const key = canonicalJson(read);
    const isTold = read.kind !== 'web' && this.#reads.has(TREE_KEY);
    if (!isTold && !this.#reads.has(key)) {
      this.#reads.set(key, read);
    }
  }

  #hasWrittenIn(folder: string): boolean {
    return [...this.#written].some(
      (path) => folder === '' || path === folder || path.startsWith(`${folder}/`),
    );
  }
}

function add(models: Map<string, AnsweredBy>, { asked, served }: AnsweredBy): void {
  models.set(JSON.stringify([asked, served]), { asked, served });
}

const TREE_KEY = canonicalJson({ kind: 'tree' });

function isOther(first: string | undefined, served: string | undefined): boolean {
  return first !== undefined && served !== undefined && !isServedAs(first, served);
}
