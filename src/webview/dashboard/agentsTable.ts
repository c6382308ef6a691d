import type { AgentMetrics } from '../../core/projections/metricsPicture.ts';
import { button, element, setAttribute } from '../shared/dom.ts';
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
import { sortAfter, sortedAgents, type Sort, type SortColumn } from './sorting.ts';
import {
  costText,
  costTitle,
  fixesText,
  fixesTitle,
  NONE,
  numberText,
  rateText,
  timeText,
  tokensText,
  tokensTitle,
} from './words.ts';

const COLUMNS = {
  agent: { name: 'Agent', kind: 'text' },
  tasks: { name: 'Tasks', kind: 'figure' },
  success: { name: 'Success', kind: 'figure' },
  mean: { name: 'Mean time', kind: 'figure' },
  p95: { name: 'p95 time', kind: 'figure' },
  tokens: { name: 'Tokens', kind: 'figure' },
  cost: { name: 'Cost', kind: 'figure' },
  retries: { name: 'Retries', kind: 'figure' },
  fixes: { name: 'Fixes', kind: 'figure' },
  reused: { name: 'Reused', kind: 'figure' },
} as const satisfies Readonly<Record<SortColumn, Column>>;
const NAMES = Object.keys(COLUMNS) as readonly SortColumn[];

const TITLES: Readonly<Partial<Record<SortColumn, string>>> = {
  tasks: 'Tasks that ran to their end: succeeded and failed',
  success: 'Succeeded, of those that ran to their end',
  mean: 'Mean time of work of the attempts that decided',
  p95: '95 of 100 attempts that decided took no longer',
  retries: 'Attempts beyond the first of each task',
  fixes: 'Fixes it worked on for tasks that had failed: those that mended one, of all',
  reused: 'Tasks the cache answered: nothing ran',
};

/** How each agent has done. Its headings sort it. */
export class AgentsTable {
  readonly element: HTMLElement;
  readonly #rows = new Map<string, AgentRow>();
  readonly #heads = new Map<SortColumn, HTMLElement>();
  readonly #body = groupElement('tbody');
  readonly #box: HTMLElement;
  readonly #nothing = element('p', 'quiet', 'No task of an agent has ended in this time.');
  readonly #keep: (sort: Sort) => void;
  #sort: Sort;
  #agents: readonly AgentMetrics[] = [];

  /** @param keep told of each order a person chooses */
  constructor(sort: Sort, keep: (sort: Sort) => void) {
    this.#sort = sort;
    this.#keep = keep;
    const head = groupElement('thead');
    head.append(
      rowElement(
        ...NAMES.map((name) => {
          const column = COLUMNS[name];
          const sorts = button('sort', column.name, column.name, () => this.#by(name));
          sorts.removeAttribute('aria-label');
          setAttribute(sorts, 'title', TITLES[name]);
          const cell = headElement(column, sorts);
          this.#heads.set(name, cell);
          return cell;
        }),
      ),
    );
    const caption = element('caption', 'unseen', 'Agents; the headings sort them');
    this.#box = element('div', 'box', tableElement('stacks agents', caption, head, this.#body));
    const title = element('h2', '', 'Agents');
    title.id = 'agents';
    this.element = element('section', 'part', title, this.#box, this.#nothing);
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update(agents: readonly AgentMetrics[]): void {
    this.#agents = agents;
    this.#draw();
  }

  #by(column: SortColumn): void {
    this.#sort = sortAfter(this.#sort, column);
    this.#keep(this.#sort);
    this.#draw();
  }

  #draw(): void {
    for (const [name, head] of this.#heads) {
      const order = this.#sort.isDescending ? 'descending' : 'ascending';
      setAttribute(head, 'aria-sort', name === this.#sort.column ? order : 'none');
    }
    const sorted = sortedAgents(this.#agents, this.#sort);
    const kept = new Set(sorted.map(({ agent }) => agent));
    for (const agent of this.#rows.keys()) {
      if (!kept.has(agent)) {
        this.#rows.delete(agent);
      }
    }
    const hasFixes = sorted.some(({ fixes }) => fixes !== undefined);
    const fixesHead = this.#heads.get('fixes');
    if (fixesHead !== undefined) {
      fixesHead.hidden = !hasFixes;
    }
    const rows = sorted.map((agent) => {
      let row = this.#rows.get(agent.agent);
      if (row === undefined) {
        row = new AgentRow();
        this.#rows.set(agent.agent, row);
      }
      row.update(agent, hasFixes);
      return row.element;
    });
    arrange(this.#body, rows);
    this.#box.hidden = sorted.length === 0;
    this.#nothing.hidden = sorted.length > 0;
  }
}

class AgentRow {
  readonly element: HTMLTableRowElement;
  readonly #cells: Readonly<Record<SortColumn, HTMLElement>>;
  readonly #rate = element('span', '');
  readonly #meter = element('i', 'meter');

  constructor() {
    this.#cells = {
      agent: cellElement(COLUMNS.agent, 'rowheader'),
      tasks: cellElement(COLUMNS.tasks),
      success: cellElement(COLUMNS.success),
      mean: cellElement(COLUMNS.mean),
      p95: cellElement(COLUMNS.p95),
      tokens: cellElement(COLUMNS.tokens),
      cost: cellElement(COLUMNS.cost),
      retries: cellElement(COLUMNS.retries),
      fixes: cellElement(COLUMNS.fixes),
      reused: cellElement(COLUMNS.reused),
    };
    setAttribute(this.#meter, 'aria-hidden', 'true');
    this.#cells.success.append(this.#meter, this.#rate);
    this.element = rowElement(...NAMES.map((name) => this.#cells[name]));
  }

  /** @param hasFixes some agent has worked on fixes: there is a column for them */
  update(agent: AgentMetrics, hasFixes: boolean): void {
    const { succeeded, failed, cancelled, successRate, meanMs, p95Ms, tokens, cost } = agent;
    const cells = this.#cells;
    tell(cells.agent, agent.agent, agent.agent);
    const alsoCancelled = cancelled === 0 ? '' : `, ${numberText(cancelled)} cancelled`;
    tell(
      cells.tasks,
      numberText(succeeded + failed),
      `${numberText(succeeded)} succeeded, ${numberText(failed)} failed${alsoCancelled}`,
    );
    tell(this.#rate, rateText(successRate));
    this.#meter.hidden = successRate === undefined;
    this.#meter.style.setProperty('--share', String(successRate ?? 0));
    tell(cells.mean, meanMs === undefined ? NONE : timeText(meanMs));
    tell(cells.p95, p95Ms === undefined ? NONE : timeText(p95Ms));
    tell(cells.tokens, tokensText(tokens), tokensTitle(tokens));
    tell(cells.cost, costText(cost), costTitle(cost));
    tell(cells.retries, numberText(agent.retries));
    tell(cells.fixes, fixesText(agent.fixes), fixesTitle(agent.fixes));
    cells.fixes.hidden = !hasFixes;
    tell(cells.reused, numberText(agent.reused));
  }
}
