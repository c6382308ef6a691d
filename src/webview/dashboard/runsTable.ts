import { runIcon, strokeIcon } from '../graph/icons.ts';
import { button, element, setAttribute, setText } from '../shared/dom.ts';
import {
  arrange,
  cellElement,
  groupElement,
  headElement,
  rowElement,
  tableElement,
  tell,
  type Column,
} from './cell.ts';
import type { DashboardPicture, DashboardVerb, ShownRun } from './protocol.ts';
import {
  cacheText,
  costText,
  costTitle,
  doneText,
  momentText,
  numberText,
  STATUS_TEXT,
  testsText,
  timeText,
  tokensText,
  tokensTitle,
  VERB_TEXT,
  windowText,
} from './words.ts';

export interface RunActions {
  ask(run: ShownRun, verb: DashboardVerb): void;
  showMore(): void;
  showAllTime(): void;
}

const COLUMNS = {
  status: { name: 'Status', kind: 'text' },
  run: { name: 'Run', kind: 'text' },
  workflow: { name: 'Workflow', kind: 'text' },
  started: { name: 'Started', kind: 'text' },
  took: { name: 'Took', kind: 'figure' },
  done: { name: 'Tasks done', kind: 'figure' },
  tokens: { name: 'Tokens', kind: 'figure' },
  cost: { name: 'Cost', kind: 'figure' },
  cache: { name: 'Cache', kind: 'figure' },
} as const satisfies Readonly<Record<string, Column>>;

const SIGNS: Readonly<Record<DashboardVerb, string>> = {
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  unpause: 'M5 3.2v9.6L12.6 8z',
  resume: 'M5 3.2v9.6L12.6 8z',
  takeOver: 'M3 8h8M8 4.6L11.4 8L8 11.4M13.4 3.5v9',
  cancel: 'M4 4h8v8H4z',
  graph: 'M6 2.5h4v3H6zM2 10.5h4v3H2zM10 10.5h4v3h-4zM8 5.5V8M4 10.5V8h8v2.5',
  changes: 'M8 2.5v6M5 5.5h6M5 12.5h6',
  forecast:
    'M4 5.6v4.8M12 5.6v4.8M4 2.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M4 10.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M12 10.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M12 5.6V4H8.2M9.8 2.4L8.2 4l1.6 1.6',
  checkout: 'M4 2h5.2L12.5 5.3V14H4zM9 2v3.5h3.5',
  merge:
    'M4 5.6v4.8M4 2.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M4 10.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M12 6.4a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 1 1 0-3.2M4 5.6C4 8 6.5 8 10.4 8',
  drop: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
};

/** The runs of the view, newest first. A row lives as long as its run is shown. */
export class RunsTable {
  readonly element: HTMLElement;
  readonly #actions: RunActions;
  readonly #rows = new Map<string, RunRow>();
  readonly #body = groupElement('tbody');
  readonly #box: HTMLElement;
  readonly #nothing = element('p', 'quiet');
  readonly #allTime: HTMLButtonElement;
  readonly #more: HTMLButtonElement;

  constructor(actions: RunActions) {
    this.#actions = actions;
    const head = groupElement('thead');
    head.append(
      rowElement(
        ...Object.values(COLUMNS).map((column) => headElement(column)),
        headElement({ name: 'Actions', kind: 'text' }, element('span', 'unseen', 'Actions')),
      ),
    );
    const table = tableElement(
      'stacks runs',
      element('caption', 'unseen', 'Runs'),
      head,
      this.#body,
    );
    this.#box = element('div', 'box', table);
    this.#allTime = button('plain', 'Show all time', 'Show all time', () => actions.showAllTime());
    this.#more = button('plain', '', '', () => actions.showMore());
    const title = element('h2', '', 'Runs');
    title.id = 'runs';
    this.element = element(
      'section',
      'part',
      title,
      this.#box,
      this.#nothing,
      element('div', 'after', this.#allTime, this.#more),
    );
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update({ runs, runCount, view, metrics, folders }: DashboardPicture): void {
    const names = new Map(folders.map(({ folder, name }) => [folder, name]));
    const kept = new Set(runs.map(keyOf));
    for (const key of this.#rows.keys()) {
      if (!kept.has(key)) {
        this.#rows.delete(key);
      }
    }
    const rows = runs.map((run) => {
      let row = this.#rows.get(keyOf(run));
      if (row === undefined) {
        row = new RunRow(run, (verb, now) => this.#actions.ask(now, verb));
        this.#rows.set(keyOf(run), row);
      }
      row.update(run, folders.length > 1 ? names.get(run.folder) : undefined, metrics.to);
      return row.element;
    });
    arrange(this.#body, rows);
    const isEmpty = runs.length === 0;
    this.#box.hidden = isEmpty;
    this.#nothing.hidden = !isEmpty;
    setText(
      this.#nothing,
      view.group === undefined
        ? `Nothing is running, and no run has ended in ${windowText(view.window)}.`
        : `No run is ${view.group} here.`,
    );
    this.#allTime.hidden = !isEmpty || view.window === 'all';
    const left = runCount - runs.length;
    this.#more.hidden = left <= 0;
    const text = `Show more of ${numberText(runCount)} runs`;
    setText(this.#more, text);
    setAttribute(this.#more, 'aria-label', text);
  }
}

class RunRow {
  readonly element: HTMLTableRowElement;
  readonly #ask: (verb: DashboardVerb, run: ShownRun) => void;
  readonly #icon = element('span', 'run-icon');
  readonly #status = element('span', 'status-word');
  readonly #cells = {
    status: cellElement(COLUMNS.status),
    run: cellElement(COLUMNS.run, 'rowheader'),
    workflow: cellElement(COLUMNS.workflow),
    started: cellElement(COLUMNS.started),
    took: cellElement(COLUMNS.took),
    done: cellElement(COLUMNS.done),
    tokens: cellElement(COLUMNS.tokens),
    cost: cellElement(COLUMNS.cost),
    cache: cellElement(COLUMNS.cache),
  };
  readonly #name = element('span', 'run-name');
  readonly #folder = element('span', 'run-folder');
  readonly #actions = cellElement({ name: 'Actions', kind: 'text' });
  #run: ShownRun;
  #verbs = '';

  constructor(run: ShownRun, ask: (verb: DashboardVerb, run: ShownRun) => void) {
    this.#run = run;
    this.#ask = ask;
    this.#cells.status.append(this.#icon, this.#status);
    this.#cells.run.append(this.#name, this.#folder);
    this.#actions.classList.add('actions');
    this.element = rowElement(...Object.values(this.#cells), this.#actions);
  }

  update(run: ShownRun, folder: string | undefined, now: number): void {
    if (run.status !== this.#run.status || this.#icon.childElementCount === 0) {
      this.#icon.replaceChildren(runIcon(run.status));
    }
    this.#run = run;
    setAttribute(this.element, 'data-status', run.status);
    setText(this.#status, STATUS_TEXT[run.status]);
    tell(this.#name, run.run, run.run);
    setText(this.#folder, folder ?? '');
    this.#folder.hidden = folder === undefined;
    tell(this.#cells.workflow, run.workflow, run.workflow);
    const started = momentText(run.startedAt, now);
    tell(this.#cells.started, started, new Date(run.startedAt).toLocaleString());
    tell(this.#cells.took, timeText(run.tookMs));
    tell(this.#cells.done, doneText(run), testsText(run.tests));
    tell(this.#cells.tokens, tokensText(run.tokens), tokensTitle(run.tokens));
    tell(this.#cells.cost, costText(run.cost), costTitle(run.cost));
    tell(this.#cells.cache, cacheText(run));
    this.#offer(run.verbs);
  }

  /** Whoever has just pressed a button that goes finds the next one under the same key. */
  #offer(verbs: readonly DashboardVerb[]): void {
    const key = verbs.join(' ');
    if (key === this.#verbs) {
      return;
    }
    this.#verbs = key;
    const buttons = [...this.#actions.children];
    const focused = buttons.findIndex((one) => one === document.activeElement);
    this.#actions.replaceChildren(
      ...verbs.map((verb) => {
        const label = `${VERB_TEXT[verb]} ${this.#run.run}`;
        const made = button('act', strokeIcon(SIGNS[verb]), label, () =>
          this.#ask(verb, this.#run),
        );
        made.title = label;
        return made;
      }),
    );
    if (focused !== -1) {
      const next = this.#actions.children[Math.min(focused, verbs.length - 1)];
      (next as HTMLElement | undefined)?.focus();
    }
  }
}

function keyOf({ folder, run }: ShownRun): string {
  return `${folder}\n${run}`;
}
