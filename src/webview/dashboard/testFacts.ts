import type { TestMetrics } from '../../core/projections/metricsPicture.ts';
import { element, setAttribute } from '../shared/dom.ts';
import { FactList } from './facts.ts';
import { coverageText, numberText } from './words.ts';

/** What tests came to; not there where nothing reported any. */
export class TestFacts {
  readonly element: HTMLElement;
  readonly #list = new FactList([...(['Passed', 'Failed', 'Skipped', 'Covered'] as const)]);

  constructor() {
    const title = element('h2', '', 'Tests');
    title.id = 'tests';
    this.element = element('section', 'part', title, this.#list.element);
    setAttribute(this.element, 'aria-labelledby', title.id);
  }

  update(tests: TestMetrics | undefined): void {
    this.element.hidden = tests === undefined;
    if (tests === undefined) {
      return;
    }
    const { tasks, passed, failed, skipped, coverage } = tests;
    const list = this.#list;
    const reports = `in ${numberText(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`;
    list.tell('Passed', numberText(passed), reports, 'In the reports of the last attempts');
    list.tell('Failed', numberText(failed));
    list.tell('Skipped', numberText(skipped));
    if (coverage === undefined) {
      list.hide('Covered');
    } else {
      list.tell('Covered', coverageText(coverage), '', 'Lines that tests ran, by task');
    }
  }
}
