import type { GraphMoment } from '../../core/projections/graphPicture.ts';
import { button, element, setText } from '../shared/dom.ts';
import { clockTime } from './labels.ts';

/** Stands above the graph while the page shows the run as it was. */
export class MomentBar {
  readonly element: HTMLElement;
  readonly #text = element('span', 'moment-text');

  constructor(back: () => void) {
    const now = button('moment-back', 'Back to now', 'Back to now', back);
    this.element = element('div', 'moment', this.#text, now);
    this.element.setAttribute('role', 'status');
    this.element.hidden = true;
  }

  show(moment: GraphMoment | undefined): void {
    this.element.hidden = moment === undefined;
    if (moment !== undefined) {
      setText(this.#text, `As of ${clockTime(moment.at)} · event ${moment.seq} of ${moment.last}`);
    }
  }
}
