import type { GraphNodeState, GraphPicture } from '../../core/projections/graphPicture.ts';
import { button, element, setAttribute, setText } from './dom.ts';
import { runIcon, strokeIcon } from './icons.ts';
import { census, runLabel } from './labels.ts';

export interface ZoomActions {
  zoomIn(): void;
  zoomOut(): void;
  actualSize(): void;
  fit(): void;
}

export interface RunActions {
  pause(): void;
  resume(): void;
}

const PAUSE_SIGN = 'M5.5 3.5v9M10.5 3.5v9';
const RESUME_SIGN = 'M5 3.2v9.6L12.6 8z';

/** The order of the bar's parts: what is done, what goes on, what went wrong; the rest is empty. */
const BAR: readonly (readonly [string, readonly GraphNodeState[]])[] = [
  ['done', ['succeeded', 'approved']],
  ['running', ['running']],
  ['waiting', ['waiting', 'asking', 'unknown']],
  ['failed', ['failed']],
  ['off', ['skipped', 'cancelled']],
  ['pending', ['pending']],
];

/** The strip above the graph: which run, how it stands, what can be asked of it, how large it is shown. */
export class Header {
  readonly element: HTMLElement;
  readonly #icon = element('span', 'run-icon');
  readonly #workflow = element('h1', 'workflow');
  readonly #run = element('span', 'run-id');
  readonly #status = element('span', 'run-status');
  readonly #census = element('span', 'census');
  readonly #pause: HTMLButtonElement;
  readonly #resume: HTMLButtonElement;
  readonly #scale: HTMLButtonElement;
  readonly #bar = new Map(BAR.map(([name]) => [name, element('span', name)]));
  #iconOf = '';

  constructor(zoom: ZoomActions, run: RunActions) {
    this.#pause = button('', strokeIcon(PAUSE_SIGN), 'Pause the run', () => run.pause());
    this.#pause.title = 'Pause the run; running tasks finish';
    this.#resume = button('', strokeIcon(RESUME_SIGN), 'Resume the run', () => run.resume());
    this.#resume.title = 'Resume the run';
    const runControls = element('div', 'controls run-controls', this.#pause, this.#resume);
    setAttribute(runControls, 'role', 'group');
    setAttribute(runControls, 'aria-label', 'Run');

    this.#scale = button('scale', '100%', 'Actual size', () => zoom.actualSize());
    this.#scale.title = 'Actual size (0)';
    const out = button('', strokeIcon('M3.5 8h9'), 'Zoom out', () => zoom.zoomOut());
    out.title = 'Zoom out (-)';
    const closer = button('', strokeIcon('M3.5 8h9M8 3.5v9'), 'Zoom in', () => zoom.zoomIn());
    closer.title = 'Zoom in (+)';
    const corners = 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10';
    const fit = button('', strokeIcon(corners), 'Fit the whole graph', () => zoom.fit());
    fit.title = 'Fit the whole graph (F)';
    const controls = element('div', 'controls zoom-controls', out, this.#scale, closer, fit);
    setAttribute(controls, 'role', 'group');
    setAttribute(controls, 'aria-label', 'Zoom');

    const bar = element('div', 'bar', ...this.#bar.values());
    setAttribute(bar, 'aria-hidden', 'true');
    this.element = element(
      'header',
      'strip',
      element(
        'div',
        'strip-row',
        element('div', 'heading', this.#icon, this.#workflow),
        element('p', 'facts', element('span', 'run', this.#run, this.#status), this.#census),
        runControls,
        controls,
      ),
      bar,
    );
  }

  update(picture: GraphPicture): void {
    const { run, workflow, nodes } = picture;
    this.#offer(run?.verbs ?? []);
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
    for (const [name, states] of BAR) {
      const part = this.#bar.get(name);
      if (part !== undefined) {
        part.style.flexGrow = String(nodes.filter(({ state }) => states.includes(state)).length);
      }
    }
  }

  /** Whoever has just pressed one of the two buttons finds the other under the same key. */
  #offer(verbs: readonly string[]): void {
    const focused = [this.#pause, this.#resume].find((one) => one === document.activeElement);
    this.#pause.hidden = !verbs.includes('pause');
    this.#resume.hidden = !(verbs.includes('resume') || verbs.includes('unpause'));
    if (focused?.hidden === true) {
      [this.#pause, this.#resume].find(({ hidden }) => !hidden)?.focus();
    }
  }

  setScale(scale: number): void {
    const percent = `${Math.round(scale * 100)}%`;
    setText(this.#scale, percent);
    setAttribute(this.#scale, 'aria-label', `${percent}, go to actual size`);
  }
}
