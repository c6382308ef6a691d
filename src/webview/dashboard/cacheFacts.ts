import type { CacheMetrics } from '../../core/projections/metricsPicture.ts';
import { element, setAttribute } from '../shared/dom.ts';
import { FactList } from './facts.ts';
import { costText, costTitle, NONE, numberText, rateText, timeText } from './words.ts';

/** What the cache has spared. */
export class CacheFacts {
  readonly element: HTMLElement;
  readonly #list = new FactList([
    ...(['Answered', 'Time saved', 'Calls saved', 'Tokens saved', 'Money saved'] as const),
  ]);
  readonly #nothing = element(
    'p',
    'quiet',
    'The cache was not asked in this time. Run a workflow twice: the second time what has not changed is reused.',
  );

  constructor() {
    const title = element('h2', '', 'Cache');
    title.id = 'cache';
    this.element = element('section', 'part', title, this.#list.element, this.#nothing);
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update(cache: CacheMetrics): void {
    const { reused, missed, rate, savedMs, savedCalls, savedTokens, savedCost } = cache;
    const list = this.#list;
    list.element.hidden = rate === undefined;
    this.#nothing.hidden = rate !== undefined;
    const asked = numberText(reused + missed);
    list.tell('Answered', rateText(rate), `${numberText(reused)} of ${asked} tasks`);
    list.tell('Time saved', savedMs === 0 ? NONE : timeText(savedMs));
    list.tell('Calls saved', savedCalls === 0 ? NONE : numberText(savedCalls));
    list.tell('Tokens saved', savedTokens === 0 ? NONE : numberText(savedTokens));
    const title = savedCost.kind === 'none' ? '' : costTitle(savedCost);
    list.tell('Money saved', costText(savedCost), '', title);
  }
}
