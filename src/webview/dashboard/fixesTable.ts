import type { FaultMetrics, MendingMetrics } from '../../core/projections/metricsPicture.ts';
import { element, setAttribute } from '../shared/dom.ts';
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
import { FactList } from './facts.ts';
import { faultText, fixesTitle, NONE, numberText, rateText, timeText } from './words.ts';

const COLUMNS = {
  kind: { name: 'Kind of fault', kind: 'text' },
  opened: { name: 'Opened', kind: 'figure' },
  mended: { name: 'Mended', kind: 'figure' },
  asked: { name: 'Asked a person', kind: 'figure' },
  givenUp: { name: 'Given up', kind: 'figure' },
  time: { name: 'Typical time', kind: 'figure' },
} as const satisfies Readonly<Record<string, Column>>;
type ColumnName = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as readonly ColumnName[];

const TITLES: Readonly<Partial<Record<ColumnName, string>>> = {
  opened: 'Fixes that agents were to work on',
  mended: 'Fixes that their task succeeded with',
  asked: 'How many times a person was asked what is to be done',
  givenUp: 'Tasks that failed in spite of fixes, by the kind that was found last',
  time: 'Half of the fixes took no longer: time of work of the attempts that decided',
};

/** What was mended, by kind of fault; not there where no step is mended when it fails. */
export class FixesTable {
  readonly element: HTMLElement;
  readonly #facts = new FactList([...(['Without a fix', 'With fixes', 'Failed'] as const)]);
  readonly #rows = new Map<string, FaultRow>();
  readonly #body = groupElement('tbody');
  readonly #box: HTMLElement;

  constructor() {
    const head = groupElement('thead');
    head.append(
      rowElement(
        ...NAMES.map((name) => {
          const cell = headElement(COLUMNS[name]);
          setAttribute(cell, 'title', TITLES[name]);
          return cell;
        }),
      ),
    );
    const caption = element('caption', 'unseen', 'Fixes by kind of fault');
    this.#box = element('div', 'box', tableElement('stacks fixes', caption, head, this.#body));
    const title = element('h2', '', 'Fixes');
    title.id = 'fixes';
    this.element = element('section', 'part', title, this.#facts.element, this.#box);
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update(mending: MendingMetrics | undefined): void {
    this.element.hidden = mending === undefined;
    if (mending === undefined) {
      return;
    }
    this.#share(mending);
    const { kinds } = mending;
    const kept = new Set(kinds.map(({ fault }) => fault));
    for (const fault of this.#rows.keys()) {
      if (!kept.has(fault)) {
        this.#rows.delete(fault);
      }
    }
    const rows = kinds.map((kind) => {
      const row = this.#rows.get(kind.fault) ?? new FaultRow();
      this.#rows.set(kind.fault, row);
      row.update(kind);
      return row.element;
    });
    arrange(this.#body, rows);
    this.#box.hidden = kinds.length === 0;
  }

  #share({ withoutFix, withFixes, failed }: MendingMetrics): void {
    const all = withoutFix + withFixes + failed;
    const facts = this.#facts;
    facts.element.hidden = all === 0;
    const tell = (name: 'Without a fix' | 'With fixes' | 'Failed', n: number, title: string) => {
      const share = all === 0 ? undefined : n / all;
      facts.tell(name, rateText(share), `${numberText(n)} of ${numberText(all)} tasks`, title);
    };
    tell('Without a fix', withoutFix, 'Tasks that are mended when they fail, and did not need it');
    tell('With fixes', withFixes, 'Tasks that succeeded after fixes were opened for them');
    tell('Failed', failed, 'Tasks that are mended when they fail, and failed all the same');
  }
}

class FaultRow {
  readonly element: HTMLTableRowElement;
  readonly #cells: Readonly<Record<ColumnName, HTMLElement>> = {
    kind: cellElement(COLUMNS.kind, 'rowheader'),
    opened: cellElement(COLUMNS.opened),
    mended: cellElement(COLUMNS.mended),
    asked: cellElement(COLUMNS.asked),
    givenUp: cellElement(COLUMNS.givenUp),
    time: cellElement(COLUMNS.time),
  };

  constructor() {
    this.element = rowElement(...NAMES.map((name) => this.#cells[name]));
  }

  update(kind: FaultMetrics): void {
    const cells = this.#cells;
    tell(cells.kind, faultText(kind.fault));
    tell(cells.opened, numberText(kind.opened));
    tell(cells.mended, numberText(kind.mended), fixesTitle(kind));
    tell(cells.asked, numberText(kind.asked));
    tell(cells.givenUp, numberText(kind.givenUp));
    tell(cells.time, kind.medianMs === undefined ? NONE : timeText(kind.medianMs));
  }
}
