import type { RunGroup } from '../../core/projections/metricsPicture.ts';
import { runIcon } from '../graph/icons.ts';
import { element, setAttribute, setText } from '../shared/dom.ts';
import type { DashboardPicture } from './protocol.ts';
import { GROUPS, numberText, windowText } from './words.ts';

const ICONS = {
  running: 'running',
  paused: 'paused',
  completed: 'succeeded',
  terminated: 'cancelled',
  failed: 'failed',
} as const satisfies Readonly<Record<RunGroup, Parameters<typeof runIcon>[0]>>;

/** How many runs stand how. Each shows only its own in the table below, and all again when it is pressed again. */
export class Counts {
  readonly element = element('div', 'counts');
  readonly #buttons = new Map<RunGroup, { button: HTMLButtonElement; number: HTMLElement }>();
  #pressed: RunGroup | undefined;

  constructor(choose: (group: RunGroup | undefined) => void) {
    setAttribute(this.element, 'role', 'group');
    setAttribute(this.element, 'aria-label', 'Show only runs that are');
    for (const [group, name] of GROUPS) {
      const number = element('span', 'count-number', '0');
      const icon = element('span', 'count-icon', runIcon(ICONS[group]));
      const text = element('span', 'count-name', icon, name);
      // The space parts the words of its name, which are those that are seen.
      const button = element('button', 'count', number, ' ', text);
      button.type = 'button';
      setAttribute(button, 'data-group', group);
      button.addEventListener('click', () => choose(this.#pressed === group ? undefined : group));
      this.#buttons.set(group, { button, number });
      this.element.append(button);
    }
  }

  update({ view, metrics }: DashboardPicture): void {
    this.#pressed = view.group;
    for (const [group, name] of GROUPS) {
      const { button, number } = this.#buttons.get(group) ?? {};
      if (button !== undefined && number !== undefined) {
        const n = numberText(metrics.runs[group]);
        setText(number, n);
        setAttribute(button, 'aria-pressed', String(view.group === group));
        setAttribute(button, 'title', titleOf(group, name, windowText(view.window)));
        setAttribute(button, 'data-is-nothing', String(metrics.runs[group] === 0));
      }
    }
  }
}

function titleOf(group: RunGroup, name: string, window: string): string {
  switch (group) {
    case 'running':
      return 'Running now, or waiting for you';
    case 'paused':
      return 'Paused, or cut off: nobody drives them';
    case 'completed':
    case 'terminated':
    case 'failed':
      return `${name} in ${window}`;
  }
}
