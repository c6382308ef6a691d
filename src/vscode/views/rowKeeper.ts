/** What a keeper has to know of rows. */
export interface RowTraits<R> {
  /** No other row of the view has it. */
  readonly idOf: (row: R) => string;
  readonly childrenOf: (row: R) => readonly R[];
  /** Makes the row show what a newer one does. */
  readonly become: (row: R, newer: R) => void;
  /** What its icon, its name and its actions are made of. */
  readonly lookOf: (row: R) => string;
  /** What else shows: texts that count on. */
  readonly notesOf: (row: R) => string;
}

export interface Refreshed<R> {
  /** `undefined`: other rows stand at the top, and all of it is to be asked for anew. */
  readonly rows: readonly R[] | undefined;
  /** Milliseconds until something that was kept back is to be shown. */
  readonly againInMs: number | undefined;
}

/** So many below one row and it is cheaper to ask for all of these anew. */
const MOST_ALONE = 100;
/** A row with rows below it is told of its changed texts so far apart, for VS Code then asks for all below it. */
const CALM_MS = 1000;
/** And for each row below it that VS Code has. */
const CALM_MS_A_ROW = 2;

/**
 * The rows VS Code has, and which of them it must be told of.
 *
 * R1  VS Code is told of what differs, and of nothing else. While it asks for rows anew it does not know
 *     those it has, and whoever opens a menu or presses a button then has it go to no row.
 * R2  So a row is the same object for as long as a row with its id is there.
 * R3  To be told of a row is to ask for all below it: of a row above others it is told when its icon or its actions
 *     change, but of texts that count on only now and then.
 * R4  Below a row that is shut nothing is looked at until it is opened.
 */
export class RowKeeper<R extends object> {
  readonly #traits: RowTraits<R>;
  /** The rows VS Code was given below each; below `undefined`, the roots. */
  readonly #given = new Map<R | undefined, readonly R[]>();
  readonly #parents = new Map<R, R | undefined>();
  /** What each row was made to show last: where it is the same, nothing is to be compared. */
  readonly #shows = new Map<R, R>();
  readonly #shut = new WeakSet<R>();
  readonly #toldAt = new WeakMap<R, number>();
  /** Rows whose texts VS Code has not been told of yet. */
  readonly #keptBack = new WeakSet<R>();

  constructor(traits: RowTraits<R>) {
    this.#traits = traits;
  }

  /** True once VS Code has asked for anything. */
  get isAsked(): boolean {
    return this.#given.has(undefined);
  }

  /** Rows VS Code was given, in all. */
  get size(): number {
    return this.#parents.size;
  }

  parentOf(row: R): R | undefined {
    return this.#parents.get(row);
  }

  /** Takes the rows that are to be given below one: where VS Code has a row already, that is given. */
  give(parent: R | undefined, rows: readonly R[]): readonly R[] {
    const { idOf } = this.#traits;
    const before = this.#given.get(parent) ?? [];
    const known = new Map(before.map((row) => [idOf(row), row]));
    const given = rows.map((row) => {
      const old = known.get(idOf(row)) ?? row;
      known.delete(idOf(row));
      this.#show(old, row);
      this.#keptBack.delete(old);
      this.#parents.set(old, parent);
      return old;
    });
    for (const gone of known.values()) {
      this.#forget(gone);
    }
    this.#given.set(parent, given);
    return given;
  }

  /** The row with this id below another, where VS Code has it. */
  given(parent: R | undefined, id: string): R | undefined {
    return this.#given.get(parent)?.find((row) => this.#traits.idOf(row) === id);
  }

  /** The row with this id below another, whether VS Code has asked for it or not. */
  find(parent: R | undefined, id: string, roots: () => readonly R[]): R | undefined {
    const { idOf, childrenOf } = this.#traits;
    const known = this.given(parent, id);
    if (known !== undefined) {
      return known;
    }
    const rows = parent === undefined ? roots() : childrenOf(parent);
    return this.give(parent, rows).find((row) => idOf(row) === id);
  }

  shut(row: R): void {
    this.#shut.add(row);
  }

  opened(row: R): void {
    this.#shut.delete(row);
  }

  /** Looks at all rows VS Code has. @param now milliseconds, of a clock that only goes on */
  refresh(roots: readonly R[], now: number): Refreshed<R> {
    const before = this.#given.get(undefined) ?? [];
    if (!this.#haveSameIds(before, roots)) {
      return { rows: undefined, againInMs: undefined };
    }
    const look: Look<R> = { now, rows: [], againAt: Infinity };
    this.#update(undefined, before, roots, look);
    return {
      rows: look.rows,
      againInMs: look.againAt === Infinity ? undefined : Math.max(0, look.againAt - now),
    };
  }

  /** @returns how many rows VS Code has from here down */
  #update(parent: R | undefined, before: readonly R[], rows: readonly R[], look: Look<R>): number {
    const { lookOf, notesOf, childrenOf } = this.#traits;
    const firstOfThese = look.rows.length;
    let size = before.length;
    let alone = 0;
    before.forEach((old, place) => {
      const row = rows[place] ?? old;
      const given = this.#given.get(old);
      const isSame = this.#shows.get(old) === row;
      if (isSame && given === undefined) {
        return;
      }
      const looksSame = isSame || lookOf(old) === lookOf(row);
      const saysSame = isSame || notesOf(old) === notesOf(row);
      this.#show(old, row);
      const below = this.#shut.has(old) ? undefined : given;
      if (!looksSame) {
        alone += 1;
        this.#tell(old, look);
        return;
      }
      if (below === undefined || below.length === 0) {
        if (!saysSame || (below !== undefined && childrenOf(old).length > 0)) {
          alone += 1;
          this.#tell(old, look);
        }
        return;
      }
      const children = childrenOf(old);
      if (!this.#haveSameIds(below, children)) {
        this.#tell(old, look);
        return;
      }
      const told = look.rows.length;
      const sizeBelow = this.#update(old, below, children, look);
      size += sizeBelow;
      if (look.rows[told] === old || (saysSame && !this.#keptBack.has(old))) {
        return;
      }
      const dueAt =
        (this.#toldAt.get(old) ?? -Infinity) + Math.max(CALM_MS, sizeBelow * CALM_MS_A_ROW);
      if (dueAt <= look.now) {
        look.rows.length = told;
        this.#tell(old, look);
      } else {
        this.#keptBack.add(old);
        look.againAt = Math.min(look.againAt, dueAt);
      }
    });
    if (alone > MOST_ALONE && parent !== undefined) {
      look.rows.length = firstOfThese;
      this.#tell(parent, look);
    }
    return size;
  }

  #tell(row: R, look: Look<R>): void {
    this.#keptBack.delete(row);
    this.#toldAt.set(row, look.now);
    look.rows.push(row);
  }

  #show(row: R, newer: R): void {
    if (this.#shows.get(row) !== newer) {
      this.#shows.set(row, newer);
      if (row !== newer) {
        this.#traits.become(row, newer);
      }
    }
  }

  #haveSameIds(some: readonly R[], others: readonly R[]): boolean {
    const { idOf } = this.#traits;
    return (
      some.length === others.length &&
      some.every((row, place) => {
        const other = others[place];
        return other !== undefined && (this.#shows.get(row) === other || idOf(row) === idOf(other));
      })
    );
  }

  #forget(row: R): void {
    for (const child of this.#given.get(row) ?? []) {
      this.#forget(child);
    }
    this.#given.delete(row);
    this.#parents.delete(row);
    this.#shows.delete(row);
  }
}

interface Look<R> {
  readonly now: number;
  readonly rows: R[];
  againAt: number;
}
