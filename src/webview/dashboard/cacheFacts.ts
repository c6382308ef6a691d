import type { CacheMetrics } from '../../core/projections/metricsPicture.ts';
import { element, setAttribute, setText } from '../shared/dom.ts';
import { tell } from './cell.ts';
import { costText, costTitle, NONE, numberText, rateText, timeText } from './words.ts';

const FACTS = ['Answered', 'Time saved', 'Calls saved', 'Tokens saved', 'Money saved'] as const;
type Fact = (typeof FACTS)[number];

/** What the cache has spared. */
export class CacheFacts {
  readonly element: HTMLElement;
  readonly #list = element('dl', 'facts');
  readonly #values = new Map<Fact, HTMLElement>();
  readonly #nothing = element(
    'p',
    'quiet',
    'The cache was not asked in this time. Run a workflow twice: the second time what has not changed is reused.',
  );

  constructor() {
    for (const name of FACTS) {
      const value = element('dd', '');
      this.#values.set(name, value);
      this.#list.append(element('div', 'fact', element('dt', '', name), value));
    }
    const title = element('h2', '', 'Cache');
    title.id = 'cache';
    this.element = element('section', 'part', title, this.#list, this.#nothing);
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update(cache: CacheMetrics): void {
    const { reused, missed, rate, savedMs, savedCalls, savedTokens, savedCost } = cache;
    this.#list.hidden = rate === undefined;
    this.#nothing.hidden = rate !== undefined;
    const asked = numberText(reused + missed);
    this.#tell('Answered', rateText(rate), `${numberText(reused)} of ${asked} tasks`);
    this.#tell('Time saved', savedMs === 0 ? NONE : timeText(savedMs));
    this.#tell('Calls saved', savedCalls === 0 ? NONE : numberText(savedCalls));
    this.#tell('Tokens saved', savedTokens === 0 ? NONE : numberText(savedTokens));
    this.#tell(
      'Money saved',
      costText(savedCost),
      '',
      savedCost.kind === 'none' ? '' : costTitle(savedCost),
    );
  }

  #tell(name: Fact, text: string, more = '', title = ''): void {
    const value = this.#values.get(name);
    if (value === undefined) {
      return;
    }
    if (value.childElementCount === 0) {
      value.append(element('span', 'fact-value'), element('span', 'fact-more'));
    }
    const [figure, rest] = value.children;
    if (figure instanceof HTMLElement && rest instanceof HTMLElement) {
      tell(figure, text, title);
      setText(rest, more);
      rest.hidden = more === '';
    }
  }
}
