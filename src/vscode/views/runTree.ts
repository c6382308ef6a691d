import type { TaskId } from '../../core/domain/ids.ts';
import { tallyOf } from '../../core/projections/census.ts';
import type { DetailAttempt } from '../../core/projections/detailPicture.ts';
import type { GraphMoment } from '../../core/projections/graphPicture.ts';
import { fixPlaces } from '../../core/projections/mending.ts';
import { askingTasks } from '../../core/projections/questions.ts';
import { shownStatus, taskRow, type Heard } from '../../core/projections/taskRows.ts';
import type { CommandTarget } from '../contributions.ts';
import { runOffers, taskOffers, type ReadableRun } from '../offers.ts';
import type { Project } from '../project.ts';
import type { Face, Folding, MakeRow } from './face.ts';
import { foldsAbove, partsOf, tasksAbove, type Fold, type Part, type TaskPart } from './parts.ts';
import { isFiltering, matcher, shownCount, type RunFilter } from './runFilter.ts';
import { rowId } from './rowId.ts';
import { runLines, runTold } from './runWords.ts';
import { tallySign, taskSign, type Sign } from './signs.ts';
import { hasBelow, rowsBelow } from './taskBelow.ts';
import {
  factsOf,
  isAsItWas,
  isCounting,
  statesInOrder,
  type RunLook,
  type TaskFacts,
} from './taskFacts.ts';
import { rolledBackText, taskLines, taskSaid, taskTold, tallyText } from './taskWords.ts';

/** What a run's rows are made with. */
export interface TreeParts<R> {
  readonly make: MakeRow<R>;
  /** Rows below the run that are not its tasks. */
  readonly extras: (entry: ReadableRun) => readonly R[];
  readonly momentText: (moment: GraphMoment) => string;
  /** As of `TaskAttempts.of`. */
  readonly attempts: (entry: ReadableRun, task: TaskId) => readonly DetailAttempt[] | undefined;
}

/** A run as it is drawn. */
export interface Drawn {
  readonly entry: ReadableRun;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly heard: Heard;
  readonly filter: RunFilter;
  readonly isNewest: boolean;
}

interface Made<R> {
  row: R;
  /** Of the run, when it was looked at last. */
  version: number;
  /** All it was made of. */
  readonly of: readonly unknown[];
}

interface MadeTask<R> {
  readonly of: TaskFacts;
  readonly part: TaskPart;
  readonly row: R;
  readonly epoch: number;
  version: number;
}

/** A run with so few tasks shows all of them and what they make, as soon as it is opened. */
const ROOMY = 40;
/** So few lanes are shown unfolded. */
const FEW_LANES = 8;

/**
 * The rows of one run, which are made when they are asked for.
 *
 * L1  A row is made anew only when what it is made of is something else: of 5,000 tasks, those that have moved on.
 * L2  How a row is folded is said once. Whoever folds it otherwise is right.
 */
export class RunTree<R> {
  readonly #project: Project;
  readonly #parts: TreeParts<R>;
  readonly #made = new Map<Fold | 'run', Made<R>>();
  /** By their places in the plan. */
  readonly #tasks: (MadeTask<R> | undefined)[] = [];
  readonly #folds = new Map<string, Folding>();
  #drawn: Drawn;
  /** Another one, another look at everything. */
  #version = 0;
  #seen: readonly unknown[] = [];
  /** Another one, and every row is another. */
  #epoch = 0;
  #seenInAll: readonly unknown[] = [];
  #look: RunLook;
  /** Places of tasks that ask people. */
  #asking: ReadonlySet<number> = new Set();
  #matching: ReadonlySet<TaskId> | undefined;

  constructor(project: Project, drawn: Drawn, parts: TreeParts<R>) {
    this.#project = project;
    this.#drawn = drawn;
    const { entry, now, heard } = drawn;
    this.#look = { entry, now, heard, asking: new Set(), states: [] };
    this.#parts = parts;
  }

  /** @returns the run's row; `undefined`: the filter leaves nothing of it */
  draw(drawn: Drawn): R | undefined {
    const { entry, filter, heard } = drawn;
    const { plan, state, driven, damage, past } = entry;
    // An earlier moment stands still.
    const now = past?.moment.at ?? drawn.now;
    this.#drawn = { ...drawn, now };
    this.#look = { ...this.#look, entry, now, heard };
    const all = [plan, state, state.phase, driven.kind, past?.moment.seq];
    if (!areSame(all, this.#seenInAll)) {
      if (this.#seenInAll[0] !== plan) {
        this.#made.clear();
      }
      this.#seenInAll = all;
      this.#epoch += 1;
    }
    const pid = driven.kind === 'elsewhere' ? driven.pid : undefined;
    const seen = [this.#epoch, state.seq, pid, damage, past?.now.state.seq, filter];
    if (!areSame(seen, this.#seen)) {
      this.#seen = seen;
      this.#version += 1;
      this.#lookAnew();
    }
    return this.#matching?.size === 0 ? undefined : this.#runRow();
  }

  #lookAnew(): void {
    const { plan, state } = this.#drawn.entry;
    const asking = askingTasks(state);
    this.#look = { ...this.#look, asking, states: statesInOrder(plan, state) };
    this.#asking = new Set(
      asking.size === 0 ? [] : plan.tasks.flatMap(({ id }, place) => (asking.has(id) ? place : [])),
    );
    this.#tasks.length = plan.tasks.length;
    this.#matching = isFiltering(this.#drawn.filter) ? this.#matchingTasks() : undefined;
  }

  /** Ids of the rows from the run's down to the task's; `undefined`: the task is not shown. */
  pathTo(task: TaskId | undefined): readonly string[] | undefined {
    const { plan } = this.#drawn.entry;
    if (task === undefined) {
      return [this.#id()];
    }
    const above = tasksAbove(plan, task);
    const folds = foldsAbove(partsOf(plan), above[0] ?? task);
    if (folds === undefined || this.#matching?.has(task) === false) {
      return undefined;
    }
    return [
      this.#id(),
      ...folds.map((_, place) => this.#foldId(folds.slice(0, place + 1))),
      ...above.map((parent) => this.#taskId(parent)),
      this.#taskId(task),
    ];
  }

  #matchingTasks(): ReadonlySet<TaskId> {
    const { entry, filter } = this.#drawn;
    const { plan } = entry;
    const matches = matcher(filter, plan, entry.state);
    const found = plan.tasks.filter(matches).map(({ id }) => id);
    // A fix that is shown stands below what it mends.
    return new Set(found.flatMap((id) => [...tasksAbove(plan, id), id]));
  }

  #id(...parts: readonly string[]): string {
    return rowId(this.#project, this.#drawn.entry.run, ...parts);
  }

  /** Another one once something mends it: VS Code unfolds only what is new to it. */
  #taskId(task: TaskId): string {
    const isMended = fixPlaces(this.#drawn.entry.plan).below.has(task);
    return isMended ? this.#id(task, 'mended') : this.#id(task);
  }

  /** Another one while a filter is on: what it leaves is to be seen, whatever was folded before. */
  #foldId(path: readonly Fold[]): string {
    const keys = path.map(({ key }) => key);
    return this.#id(this.#matching === undefined ? 'group' : 'filtered', ...keys);
  }

  #runRow(): R {
    const { entry, isNewest } = this.#drawn;
    const { run, state, driven, damage } = entry;
    const id = this.#id();
    const known = this.#made.get('run');
    if (known?.version === this.#version) {
      return known.row;
    }
    const status = shownStatus(state, driven);
    const moment = entry.past && this.#parts.momentText(entry.past.moment);
    const shown = this.#matching && shownCount(this.#matching.size, state.tasks.size);
    const told = [moment, shown, runTold(entry, status)].filter((text) => text !== undefined);
    const sign: Sign =
      damage !== undefined ? 'problem' : entry.past === undefined ? `run.${status}` : 'past';
    return this.#kept('run', [status, told.join(' · '), sign, ...runOffers(entry)], () => ({
      face: {
        id,
        label: run,
        description: told.join(' · '),
        sign,
        context: ['run', status, ...runOffers(entry)].join(' '),
        said: [`Run ${run}`, ...told].join(', '),
        folds: this.#folding(id, isNewest || state.phase.kind !== 'finished' ? 'open' : 'closed'),
        target: { kind: 'run', project: this.#project, run },
        command: undefined,
        tooltip: () => runLines(this.#drawn.entry, moment, this.#drawn.now),
      },
      children: () => [
        ...(this.#matching === undefined ? this.#parts.extras(this.#drawn.entry) : []),
        ...this.#partRows(partsOf(this.#drawn.entry.plan), []),
      ],
    }));
  }

  #partRows(parts: readonly Part[], above: readonly Fold[]): R[] {
    const matching = this.#matching;
    const rows: R[] = [];
    for (const part of parts) {
      if (part.kind === 'task') {
        rows.push(...this.#taskRows([part]));
      } else if (matching === undefined || part.tasks.some(({ id }) => matching.has(id))) {
        rows.push(this.#foldRow(part, above));
      }
    }
    return rows;
  }

  #taskRows(parts: readonly TaskPart[]): R[] {
    const matching = this.#matching;
    return parts.flatMap((part) =>
      matching === undefined || matching.has(part.planned.id) ? [this.#taskRow(part)] : [],
    );
  }

  #foldRow(fold: Fold, above: readonly Fold[]): R {
    const path = [...above, fold];
    const id = this.#foldId(path);
    const known = this.#made.get(fold);
    if (known?.version === this.#version) {
      return known.row;
    }
    const { entry } = this.#drawn;
    const tally = tallyOf(fold.places, this.#look.states, this.#asking, fold.fixes);
    const description = tallyText(fold, tally);
    const sign = tallySign(tally, entry.driven.kind !== 'nobody');
    const isDone = tally.done + tally.skipped + tally.cancelled >= tally.total;
    const isOpen =
      this.#matching === undefined
        ? fold.kind !== 'range' && !isDone && (fold.kind !== 'lanes' || fold.lanes <= FEW_LANES)
        : this.#matching.size <= ROOMY;
    return this.#kept(fold, [id, description, sign], () => ({
      face: {
        id,
        label: fold.label,
        description,
        sign,
        context: 'group',
        said: `${fold.label}: ${description}`,
        folds: this.#folding(id, isOpen ? 'open' : 'closed'),
        target: undefined,
        command: undefined,
        tooltip: () => [path.map(({ label }) => label).join(' › '), description],
      },
      children: () => this.#partRows(fold.parts, path),
    }));
  }

  #taskRow(part: TaskPart): R {
    const look = this.#look;
    const known = this.#tasks[part.place];
    if (known?.part === part && known.epoch === this.#epoch) {
      const isSeen = known.version === this.#version && !isCounting(known.of);
      if (isSeen || isAsItWas(known.of, part, look)) {
        known.version = this.#version;
        return known.row;
      }
    }
    const of = factsOf(part, look);
    const row = this.#makeTask(part, of);
    this.#tasks[part.place] = { of, part, row, epoch: this.#epoch, version: this.#version };
    return row;
  }

  #makeTask({ planned, label, fixes }: TaskPart, { waitsText }: TaskFacts): R {
    const { entry, now, heard } = this.#drawn;
    const { plan, state, driven, past } = entry;
    const task = planned.id;
    const isDriven = driven.kind !== 'nobody';
    const row = taskRow(plan, planned, state, driven, heard, now);
    const takenBack = rolledBackText(state, task);
    const target: CommandTarget = { kind: 'task', project: this.#project, run: entry.run, task };
    const isRoomy = plan.tasks.length <= ROOMY;
    // What is done about a failure is to be seen while it goes on.
    const isOpen = isRoomy || row.mending !== undefined;
    const folds =
      fixes.length > 0 || hasBelow(entry, row, isRoomy) ? (isOpen ? 'open' : 'closed') : 'none';
    // What can be asked of a gate that waits can not be asked of one that did.
    const standing = past === undefined ? row.state : 'past';
    const face: Face = {
      id: this.#taskId(task),
      label,
      description: takenBack ?? taskTold(row, waitsText, isDriven, now),
      sign: taskSign(row, state.held.has(task), isDriven),
      context: [
        `${row.step.kind === 'gate' ? 'gate' : 'task'}.${standing}`,
        ...taskOffers(entry, row),
      ].join(' '),
      said: taskSaid(row, takenBack),
      folds,
      target,
      command:
        standing === 'waiting'
          ? { id: 'sluice.showGate', title: 'Show What the Gate Asks About' }
          : { id: 'sluice.showOutput', title: 'Show Output' },
      tooltip: () => {
        const shown = this.#drawn;
        const { plan: itsPlan, state: its } = shown.entry;
        const told = taskRow(itsPlan, planned, its, shown.entry.driven, shown.heard, shown.now);
        return taskLines(shown.entry, told, shown.now);
      },
    };
    let below: readonly R[] | undefined;
    const makeBelow = () =>
      rowsBelow(entry, row, now, isRoomy, {
        make: this.#parts.make,
        project: this.#project,
        id: (...parts) => this.#id(task, ...parts),
        attempts: () => this.#parts.attempts(this.#drawn.entry, task),
      });
    return this.#parts.make(face, () => [...this.#taskRows(fixes), ...(below ??= makeBelow())]);
  }

  /** The row that was made before, where it would be the same (L1). */
  #kept(
    key: Fold | 'run',
    of: readonly unknown[],
    make: () => { readonly face: Face; readonly children: () => readonly R[] },
  ): R {
    const known = this.#made.get(key);
    if (known !== undefined && areSame(known.of, of)) {
      known.version = this.#version;
      return known.row;
    }
    const { face, children } = make();
    const row = this.#parts.make(face, children);
    this.#made.set(key, { row, version: this.#version, of });
    return row;
  }

  /** As it was said first (L2). */
  #folding(id: string, folds: Folding): Folding {
    const known = this.#folds.get(id) ?? folds;
    this.#folds.set(id, known);
    return known;
  }
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  if (some.length !== others.length) {
    return false;
  }
  for (let place = 0; place < some.length; place += 1) {
    if (some[place] !== others[place]) {
      return false;
    }
  }
  return true;
}
