import type { GraphMoment } from '../../src/core/projections/graphPicture.ts';
import type { Driven, Heard } from '../../src/core/projections/taskRows.ts';
import type { ReadableRun } from '../../src/vscode/offers.ts';
import type { Project } from '../../src/vscode/project.ts';
import type { Face } from '../../src/vscode/views/face.ts';
import { RowKeeper } from '../../src/vscode/views/rowKeeper.ts';
import { NO_FILTER, type RunFilter } from '../../src/vscode/views/runFilter.ts';
import { RunTree, type TreeParts } from '../../src/vscode/views/runTree.ts';

// The Runs view without a window: rows as VS Code would have them.

export interface PlainRow {
  face: Face;
  children: () => readonly PlainRow[];
}

export const project = {
  folder: { uri: { toString: () => 'file:///folder' }, name: 'folder', index: 0 },
} as unknown as Project;

export const rowTraits = {
  idOf: ({ face }: PlainRow) => face.id,
  childrenOf: (row: PlainRow) => row.children(),
  become: (row: PlainRow, newer: PlainRow) => {
    row.face = newer.face;
    row.children = newer.children;
  },
  lookOf: ({ face }: PlainRow) => JSON.stringify([face.label, face.sign, face.context, face.folds]),
  notesOf: ({ face }: PlainRow) => JSON.stringify([face.description, face.said]),
};

export interface DrawnWith {
  readonly driven?: Driven;
  readonly heard?: Heard;
  readonly filter?: RunFilter;
  readonly isNewest?: boolean;
  readonly past?: ReadableRun['past'];
}

/** One run as the view draws it. */
export class PlainTree {
  readonly made: string[] = [];
  readonly #parts: TreeParts<PlainRow>;
  #tree: RunTree<PlainRow> | undefined;

  constructor(parts: Partial<TreeParts<PlainRow>> = {}) {
    this.#parts = {
      make: (face, children = () => []) => {
        this.made.push(face.label);
        return { face, children };
      },
      extras: () => [],
      momentText: ({ seq, last }: GraphMoment) => `event ${seq} of ${last}`,
      attempts: () => undefined,
      ...parts,
    };
  }

  draw(
    { plan, state }: Pick<ReadableRun, 'plan' | 'state'>,
    now: number,
    { driven = { kind: 'here' }, past, ...over }: DrawnWith = {},
  ): PlainRow | undefined {
    const entry: ReadableRun = {
      ...{ kind: 'readable', run: state.run, plan, state, driven, damage: undefined },
      ...(past === undefined ? {} : { past }),
    };
    const drawn = {
      ...{ entry, now, heard: () => undefined, filter: NO_FILTER, isNewest: true },
      ...over,
    };
    this.#tree ??= new RunTree(project, drawn, this.#parts);
    return this.#tree.draw(drawn);
  }

  pathTo(task: Parameters<RunTree<PlainRow>['pathTo']>[0]): readonly string[] | undefined {
    return this.#tree?.pathTo(task);
  }
}

/** A view whose rows are all asked for, as if everything in it were opened. */
export class PlainView {
  readonly keeper = new RowKeeper<PlainRow>(rowTraits);
  readonly #roots: () => readonly PlainRow[];

  constructor(roots: () => readonly PlainRow[]) {
    this.#roots = roots;
  }

  /** Asks for rows as VS Code does. @param opens whether it opens this one @returns how many there are */
  open(opens: (row: PlainRow) => boolean = () => true, parent?: PlainRow): number {
    const rows = this.keeper.give(parent, parent === undefined ? this.#roots() : parent.children());
    return rows.reduce(
      (sum, row) => sum + 1 + (row.face.folds !== 'none' && opens(row) ? this.open(opens, row) : 0),
      0,
    );
  }

  /** Looks again, and asks for what it is told of. @returns what it was told of; `undefined`: of everything */
  refresh(now: number): readonly PlainRow[] | undefined {
    const { rows } = this.keeper.refresh(this.#roots(), now);
    if (rows === undefined) {
      this.open();
    }
    for (const row of rows ?? []) {
      this.keeper.give(row, row.children());
    }
    return rows;
  }
}
