import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { AgentsTable } from './agentsTable.ts';
import { CacheFacts } from './cacheFacts.ts';
import { Chart } from './chart.ts';
import { chartsOf } from './chartData.ts';
import { Counts } from './counts.ts';
import { FixesTable } from './fixesTable.ts';
import type { SavedState } from './messages.ts';
import type {
  DashboardPageMessage,
  DashboardPicture,
  DashboardView,
  FirstStep,
} from './protocol.ts';
import { RunsTable } from './runsTable.ts';
import { TestFacts } from './testFacts.ts';
import { Toolbar } from './toolbar.ts';
import { newsBetween } from './words.ts';

/** What the page asks of whoever shows it. */
export interface DashboardHost {
  post(message: DashboardPageMessage): void;
  /** Keeps what was chosen for the page that follows this one. */
  save(state: SavedState): void;
}

/** Rows that are added when more are wanted. */
const MORE = 50;
/** Rows of a table that was filtered anew. */
const FIRST = 8;

const FIRST_STEPS: readonly (readonly [FirstStep, string])[] = [
  ['run-workflow', 'Run Workflow…'],
  ['new-workflow', 'New Workflow…'],
  ['add-pack', 'Add Pack…'],
];

/**
 * The dashboard. B1: what it shows is a function of the last picture, the view and the order of the agents. B2: an
 * answer to a press is the next picture, nothing before it. B3: however many pictures come, the page is written once
 * a frame.
 */
export class DashboardPage {
  readonly #host: DashboardHost;
  readonly #toolbar: Toolbar;
  readonly #counts: Counts;
  readonly #runs: RunsTable;
  readonly #agents: AgentsTable;
  readonly #fixes = new FixesTable();
  readonly #tests = new TestFacts();
  readonly #cache = new CacheFacts();
  readonly #charts = ['runs', 'spent', 'time'].map((name) => new Chart(`chart-${name}`));
  readonly #notices = element('ul', 'notices');
  readonly #welcome: HTMLElement;
  readonly #content = element('div', 'content');
  readonly #news = element('div', 'unseen');
  readonly #main = element('main', 'page');
  #state: SavedState;
  #picture: DashboardPicture | undefined;
  #drawn: DashboardPicture | undefined;
  #isScheduled = false;

  constructor(root: HTMLElement, host: DashboardHost, state: SavedState) {
    this.#host = host;
    this.#state = state;
    this.#toolbar = new Toolbar({
      choose: (change) => this.#choose(change),
      export: () => host.post({ type: 'export' }),
    });
    this.#counts = new Counts((group) => this.#choose({ group, most: FIRST }));
    this.#runs = new RunsTable({
      ask: ({ folder, run }, verb) => host.post({ type: 'verb', folder, run, verb }),
      showMore: () => this.#choose({ most: this.#state.view.most + MORE }),
      showAllTime: () => this.#choose({ window: 'all' }),
    });
    this.#agents = new AgentsTable(state.sort, (sort) => this.#keep({ ...this.#state, sort }));
    this.#welcome = welcomePart((step) => host.post({ type: 'first-step', step }));
    setAttribute(this.#news, 'role', 'status');
    const charts = element('section', 'part charts', ...this.#charts.map((chart) => chart.element));
    setAttribute(charts, 'aria-label', 'Over time');
    this.#content.append(
      this.#counts.element,
      this.#runs.element,
      charts,
      this.#agents.element,
      this.#fixes.element,
      this.#tests.element,
      this.#cache.element,
    );
    this.#main.append(
      this.#toolbar.element,
      this.#notices,
      this.#welcome,
      this.#content,
      this.#news,
    );
    this.#main.hidden = true;
    root.replaceChildren(this.#main);
    // The theme is told by classes of the body, and its colours by properties of the root.
    const themes = new MutationObserver(() => this.#redraw());
    for (const place of [document.documentElement, document.body]) {
      themes.observe(place, { attributes: true, attributeFilter: ['class', 'style'] });
    }
  }

  /** Asks for the first picture. */
  begin(): void {
    this.#host.post({ type: 'view', view: this.#state.view });
  }

  show(picture: DashboardPicture): void {
    this.#picture = picture;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#draw();
      });
    }
  }

  #choose(change: Partial<DashboardView>): void {
    this.#keep({ ...this.#state, view: { ...this.#state.view, ...change } });
    this.#host.post({ type: 'view', view: this.#state.view });
  }

  #keep(state: SavedState): void {
    this.#state = state;
    this.#host.save(state);
  }

  #draw(): void {
    const picture = this.#picture;
    if (picture === undefined) {
      return;
    }
    this.#main.hidden = false;
    this.#toolbar.update(picture);
    this.#notices.replaceChildren(...picture.notices.map((text) => element('li', '', text)));
    this.#notices.hidden = picture.notices.length === 0;
    const isEmpty = picture.everCount === 0;
    this.#content.hidden = isEmpty;
    // Where a notice says what is in the way there is nothing else to do first.
    this.#welcome.hidden = !isEmpty || picture.folders.length === 0;
    if (!isEmpty) {
      this.#counts.update(picture);
      this.#runs.update(picture);
      this.#agents.update(picture.metrics.agents);
      this.#fixes.update(picture.metrics.mending);
      this.#tests.update(picture.metrics.tests);
      this.#cache.update(picture.metrics.cache);
      const data = chartsOf(picture.metrics);
      this.#charts.forEach((chart, at) => {
        const one = data[at];
        if (one !== undefined) {
          chart.update(one);
        }
      });
    }
    const news = newsBetween(this.#drawn?.metrics, picture.metrics);
    if (news !== '') {
      setText(this.#news, `Runs: ${news}.`);
    }
    this.#drawn = picture;
  }

  #redraw(): void {
    for (const chart of this.#charts) {
      chart.redraw();
    }
  }
}

function welcomePart(begin: (step: FirstStep) => void): HTMLElement {
  return element(
    'section',
    'welcome',
    element('h2', '', 'Nothing has run here yet'),
    element(
      'p',
      '',
      'Run a workflow, and this page counts its runs: how they ended, how long each agent took, what it cost and what the cache has saved.',
    ),
    element(
      'div',
      'after',
      ...FIRST_STEPS.map(([step, text], at) =>
        button(at === 0 ? 'primary' : 'plain', text, text, () => begin(step)),
      ),
    ),
  );
}
