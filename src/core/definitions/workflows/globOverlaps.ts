import { globsOverlap, parseGlob, type Glob } from '../../base/glob.ts';

/** Pairs of globs that are compared by their letters: as many as take less than half a second. */
export const MAX_COMPARISONS = 30_000;

interface Branch {
  readonly branches: Map<string, Branch>;
  /** Globs whose names without wildcards end here. */
  readonly globs: number[];
}

/**
 * Which of the globs can mean the same path. Only globs of folders that lie in each other are compared:
 * globs are kept in a tree by the names they begin with.
 */
export class GlobOverlaps {
  readonly #index = new Map<string, number>();
  readonly #texts: string[] = [];
  /** Those that had to be compared. */
  readonly #globs: Glob[] = [];
  readonly #simple: boolean[] = [];
  /** The last name of globs that mean files. */
  readonly #files: (FileName | undefined)[] = [];
  readonly #others: number[][] = [];
  readonly #root: Branch = { branches: new Map(), globs: [] };
  #comparisons = 0;

  /** True once there were too many to compare all. */
  get isCut(): boolean {
    return this.#comparisons > MAX_COMPARISONS;
  }

  /** Its number, from 0. */
  add(text: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = this.#texts.length;
    this.#index.set(text, number);
    this.#texts.push(text);
    const { names, isSimple } = beginningOf(text);
    this.#simple.push(isSimple);
    this.#files.push(fileNameOf(text));
    const others = [number];
    this.#others.push(others);
    let branch = this.#root;
    for (const name of names) {
      this.#compare(number, branch.globs);
      let next = branch.branches.get(name);
      if (next === undefined) {
        next = { branches: new Map(), globs: [] };
        branch.branches.set(name, next);
      }
      branch = next;
    }
    const open = [branch];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      this.#compare(number, next.globs);
      open.push(...next.branches.values());
    }
    branch.globs.push(number);
    return number;
  }

  /** Numbers of all globs that can mean a path this one does, itself among them. */
  of(number: number): readonly number[] {
    return this.#others[number] ?? [];
  }

  #compare(number: number, candidates: readonly number[]): void {
    for (const candidate of candidates) {
      if (this.#overlap(number, candidate)) {
        this.#others[number]?.push(candidate);
        this.#others[candidate]?.push(number);
      }
    }
  }

  #overlap(one: number, other: number): boolean {
    if (this.#simple[one] === true && this.#simple[other] === true) {
      // One lies in the other, as their places in the tree say.
      return true;
    }
    const [file, otherFile] = [this.#files[one], this.#files[other]];
    const areFiles = file !== undefined && otherFile !== undefined;
    if (areFiles && file.ending !== otherFile.ending && !file.isOpen && !otherFile.isOpen) {
      return false;
    }
    this.#comparisons += 1;
    return (
      !this.isCut &&
      (!areFiles || globsOverlap(file.glob, otherFile.glob)) &&
      globsOverlap(this.#glob(one), this.#glob(other))
    );
  }

  #glob(number: number): Glob {
    return (this.#globs[number] ??= parseGlob(this.#texts[number] ?? ''));
  }
}

/** What a file may be called. */
interface FileName {
  readonly glob: Glob;
  readonly ending: string;
  /** True where the ending is one of several. */
  readonly isOpen: boolean;
}

/**
 * A name with an ending, such as `*.md`, is taken for that of a file: folders are seldom called so, and
 * else all files of one ending would lie in folders of every other.
 */
function fileNameOf(text: string): FileName | undefined {
  const name = text.slice(text.lastIndexOf('/') + 1);
  const [, ending] = /^[^{}]+\.([A-Za-z][A-Za-z0-9]{0,7}|\{[A-Za-z0-9,]+\})$/.exec(name) ?? [];
  return ending === undefined
    ? undefined
    : { glob: parseGlob(name), ending, isOpen: ending.startsWith('{') };
}

/** True where one glob means nothing outside the other, as far as that is plain: the other is a whole folder. */
export function isWithin(glob: string, folder: string): boolean {
  const outer = beginningOf(folder);
  const { names } = beginningOf(glob);
  return outer.isSimple && outer.names.every((name, index) => names[index] === name);
}

/** The names before the first wildcard; simple: there is none but a `**` at the end. */
function beginningOf(text: string): { readonly names: readonly string[]; isSimple: boolean } {
  // Braces may hold slashes, so that what stands behind them is in no folder by itself.
  const plain = text.slice(0, /[{]/.exec(text)?.index ?? text.length);
  const names = plain.replace(/\/$/, '').split('/');
  const wild = names.findIndex((name) => /[*?[\]]/.test(name));
  const isWhole = plain.length === text.length;
  if (wild === -1) {
    return { names: isWhole ? names : names.slice(0, -1), isSimple: isWhole };
  }
  const isSimple = isWhole && wild === names.length - 1 && names[wild] === '**';
  return { names: names.slice(0, wild), isSimple };
}
