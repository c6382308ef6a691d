import type { GraphNodeState, GraphPicture } from '../../core/projections/graphPicture.ts';
import type { GraphExport } from '../protocol.ts';
import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { ExportMenu } from './exportMenu.ts';
import { runIcon, strokeIcon } from './icons.ts';
import { census, runLabel } from './labels.ts';
import type { Direction } from './layout.ts';
import type { MainView } from './mainViews.ts';
import { RunControls } from './runControls.ts';

export interface ZoomActions {
  zoomIn(): void;
  zoomOut(): void;
  actualSize(): void;
  fit(): void;
}

export interface HeaderActions extends ZoomActions {
  /** @param verb a word of the run's `verbs` */
  runVerb(verb: string): void;
  search(): void;
  toggleList(): void;
  toggleTable(): void;
  toggleTimeline(): void;
  turn(): void;
  export(format: GraphExport): void;
}

/** The order of the bar's parts: what is done, what goes on, what went wrong; the rest is empty. */
const BAR: readonly (readonly [string, readonly GraphNodeState[]])[] = [
  ['done', ['succeeded', 'approved']],
  ['running', ['running']],
  ['waiting', ['waiting', 'asking', 'unknown']],
  ['failed', ['failed']],
  ['off', ['skipped', 'cancelled']],
  ['pending', ['pending']],
];

const SIGNS = {
  search: 'M7 2.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4zM10.2 10.2L13.6 13.6',
  list: 'M2.8 4.2h.05M5.5 4.2h8M2.8 8h.05M5.5 8h8M2.8 11.8h.05M5.5 11.8h8',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 3.5v9',
  timeline: 'M2.5 4h6M5.5 8h7M4 12h9.5',
  right: 'M2.5 8h10.5M9.5 4.5L13 8l-3.5 3.5',
  down: 'M8 2.5V13M4.5 9.5L8 13l3.5-3.5',
  out: 'M3.5 8h9',
  closer: 'M3.5 8h9M8 3.5v9',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
} as const;

/** The strip above the graph: which run, how it stands, what can be asked of it, how it is shown. */
export class Header {
  readonly element: HTMLElement;
  readonly #icon = element('span', 'run-icon');
  readonly #workflow = element('h1', 'workflow');
  readonly #run = element('span', 'run-id');
  readonly #status = element('span', 'run-status');
  readonly #census = element('span', 'census');
  readonly #controls: RunControls;
  readonly #list: HTMLButtonElement;
  readonly #table: HTMLButtonElement;
  readonly #timeline: HTMLButtonElement;
  readonly #turn: HTMLButtonElement;
  readonly #scale: HTMLButtonElement;
  readonly #bar = new Map(BAR.map(([name]) => [name, element('span', name)]));
  #iconOf = '';

  /** @param plan what can be asked of a plan, shown beside what can be of a run */
  constructor(actions: HeaderActions, plan: HTMLElement) {
    this.#controls = new RunControls((verb) => actions.runVerb(verb));
    const tool = (sign: string, label: string, key: string, act: () => void): HTMLButtonElement => {
      const made = button('', strokeIcon(sign), label, act);
      made.title = key === '' ? label : `${label} (${key})`;
      return made;
    };
    const search = tool(SIGNS.search, 'Find a task', '/', () => actions.search());
    this.#list = tool(SIGNS.list, 'Show as a list', 'L', () => actions.toggleList());
    this.#table = tool(SIGNS.table, 'Show as a table', 'B', () => actions.toggleTable());
    this.#table.hidden = true;
    this.#timeline = tool(SIGNS.timeline, 'Time line', 'T', () => actions.toggleTimeline());
    this.#turn = tool(SIGNS.down, 'Lay out from top to bottom', '', () => actions.turn());
    const exports = new ExportMenu((format) => actions.export(format));
    const tools = group(
      'Show',
      'tools',
      search,
      this.#list,
      this.#table,
      this.#timeline,
      this.#turn,
    );
    tools.append(exports.element);

    this.#scale = button('scale', '100%', 'Actual size', () => actions.actualSize());
    this.#scale.title = 'Actual size (0)';
    const zoom = group(
      'Zoom',
      'zoom-controls',
      tool(SIGNS.out, 'Zoom out', '-', () => actions.zoomOut()),
      this.#scale,
      tool(SIGNS.closer, 'Zoom in', '+', () => actions.zoomIn()),
      tool(SIGNS.fit, 'Fit the whole graph', 'F', () => actions.fit()),
    );

    const bar = element('div', 'strip-bar', ...this.#bar.values());
    setAttribute(bar, 'aria-hidden', 'true');
    const facts = element('span', 'run', this.#run, this.#status);
    this.element = element(
      'header',
      'strip',
      element(
        'div',
        'strip-row',
        element('div', 'heading', this.#icon, this.#workflow),
        element('p', 'facts', facts, this.#census),
        element('div', 'asked', this.#controls.element, plan),
        element('div', 'all-controls', tools, zoom),
      ),
      bar,
    );
  }

  update(picture: GraphPicture): void {
    const { run, workflow, nodes } = picture;
    this.#controls.offer(run?.verbs ?? []);
    this.#timeline.hidden = run === undefined;
    setText(this.#workflow, workflow);
    setAttribute(this.#workflow, 'title', workflow);
    setText(this.#run, run?.id ?? '');
    setText(this.#status, run === undefined ? 'Not run' : runLabel(run.status));
    setText(this.#census, census(picture));
    setAttribute(this.element, 'data-status', run?.status ?? 'unrun');
    if (run?.status !== this.#iconOf) {
      this.#iconOf = run?.status ?? '';
      this.#icon.replaceChildren(...(run === undefined ? [] : [runIcon(run.status)]));
    }
    const counts = new Map<GraphNodeState, number>();
    for (const { state, mends } of nodes) {
      if (mends !== undefined) {
        continue;
      }
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    for (const [name, states] of BAR) {
      const part = this.#bar.get(name);
      if (part !== undefined) {
        const share = states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
        part.style.flexGrow = String(share);
      }
    }
  }

  setScale(scale: number): void {
    const percent = `${Math.round(scale * 100)}%`;
    setText(this.#scale, percent);
    setAttribute(this.#scale, 'aria-label', `${percent}, go to actual size`);
  }

  /** What is shown beside or in place of the graph. */
  setShown(view: MainView, isTimelineOpen: boolean): void {
    setAttribute(this.#list, 'aria-pressed', String(view === 'list'));
    setAttribute(this.#table, 'aria-pressed', String(view === 'table'));
    setAttribute(this.#timeline, 'aria-pressed', String(isTimelineOpen));
  }

  /** Only plans have a table. */
  offerTable(isOffered: boolean): void {
    this.#table.hidden = !isOffered;
  }

  setDirection(direction: Direction): void {
    const isRight = direction === 'right';
    const label = isRight ? 'Lay out from top to bottom' : 'Lay out from left to right';
    setAttribute(this.#turn, 'aria-label', label);
    setAttribute(this.#turn, 'title', label);
    this.#turn.replaceChildren(strokeIcon(isRight ? SIGNS.down : SIGNS.right));
  }
}

function group(label: string, name: string, ...buttons: readonly HTMLElement[]): HTMLElement {
  const made = element('div', `controls ${name}`, ...buttons);
  setAttribute(made, 'role', 'group');
  setAttribute(made, 'aria-label', label);
  return made;
}
