import type {
  DetailAttempt,
  DetailFact,
  DetailFile,
  DetailTool,
} from '../../../core/projections/detailPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { KeptList, Section } from './section.ts';
import {
  ATTEMPT_WORDS,
  CHANGE_WORDS,
  formatMoment,
  formatMs,
  formatSize,
  isLong,
  TOOL_WORDS,
} from './words.ts';

export function factRow({ name, value }: DetailFact): HTMLElement {
  return element('div', 'fact', element('dt', '', name), element('dd', '', value));
}

/** Names and values. */
export class FactsSection {
  readonly element: HTMLElement;
  readonly #list: KeptList<DetailFact>;

  constructor() {
    const section = new Section('facts-section', 'About it');
    this.element = section.element;
    this.#list = new KeptList(element('dl', 'fact-list'), factRow);
    section.body.append(this.#list.element);
  }

  show(facts: readonly DetailFact[]): void {
    this.element.hidden = facts.length === 0;
    this.#list.show(facts);
  }
}

/** What people want changed. */
export class WantedSection {
  readonly element: HTMLElement;
  readonly #list: KeptList<string>;

  constructor() {
    const section = new Section('wanted', 'Wanted changes');
    this.element = section.element;
    this.#list = new KeptList(element('ul', 'plain'), (text) => element('li', 'said', text));
    section.body.append(this.#list.element);
  }

  show(wanted: readonly string[]): void {
    this.element.hidden = wanted.length === 0;
    this.#list.show(wanted);
  }
}

/** What is asked of the agent; folded where it is long. */
export class PromptSection {
  readonly element: HTMLElement;
  readonly #text = element('pre', 'prompt');
  readonly #toggle: HTMLButtonElement;
  #task = '';
  #isOpen = false;

  constructor() {
    this.#toggle = button('link', 'Show all', 'Show all of the prompt', () => {
      this.#isOpen = !this.#isOpen;
      this.#fold();
    });
    const section = new Section('prompt-section', 'Prompt', this.#toggle);
    this.element = section.element;
    this.#text.tabIndex = 0;
    setAttribute(this.#text, 'role', 'group');
    setAttribute(this.#text, 'aria-labelledby', section.headingId);
    section.body.append(this.#text);
  }

  show(task: string, prompt: string | undefined): void {
    this.element.hidden = prompt === undefined;
    if (task !== this.#task) {
      this.#task = task;
      this.#isOpen = false;
    }
    setText(this.#text, prompt ?? '');
    this.#toggle.hidden = prompt === undefined || !isLong(prompt);
    this.#fold();
  }

  #fold(): void {
    const isFolded = !this.#toggle.hidden && !this.#isOpen;
    setAttribute(this.#text, 'data-folded', isFolded ? '' : undefined);
    setText(this.#toggle, this.#isOpen ? 'Show less' : 'Show all');
    setAttribute(
      this.#toggle,
      'aria-label',
      `${this.#isOpen ? 'Show less' : 'Show all'} of the prompt`,
    );
    setAttribute(this.#toggle, 'aria-expanded', String(this.#isOpen));
  }
}

export class ToolsSection {
  readonly element: HTMLElement;
  readonly #section = new Section('tools-section', 'Tools');
  readonly #list: KeptList<DetailTool>;

  constructor() {
    this.element = this.#section.element;
    this.#list = new KeptList(
      element('ol', 'plain tools'),
      ({ name, summary, outcome, durationMs }) => {
        const took = durationMs === undefined ? '' : ` · ${formatMs(durationMs)}`;
        const item = element(
          'li',
          '',
          element('span', 'tool-name', name),
          element('span', 'tool-summary', summary),
          element('span', 'outcome', `${TOOL_WORDS[outcome]}${took}`),
        );
        item.dataset['outcome'] = outcome;
        return item;
      },
    );
    this.#section.body.append(this.#list.element);
  }

  show(tools: readonly DetailTool[]): void {
    this.element.hidden = tools.length === 0;
    this.#section.title = `Tools (${tools.length})`;
    this.#list.show(tools);
  }
}

/** A file with what was done to it, and what shows that. */
export function fileItem(
  { path, change, bytes }: DetailFile,
  show: (path: string, show: 'file' | 'changes') => void,
): HTMLElement {
  const name =
    change === 'removed'
      ? element('span', 'path', path)
      : button('link path', path, `Open ${path}`, () => show(path, 'file'));
  const size = change === 'removed' ? '' : ` · ${formatSize(bytes)}`;
  const item = element(
    'li',
    '',
    name,
    element('span', 'outcome', `${CHANGE_WORDS[change]}${size}`),
    button('link', 'Changes', `Changes of ${path}`, () => show(path, 'changes')),
  );
  item.dataset['change'] = change;
  return item;
}

export class FilesSection {
  readonly element: HTMLElement;
  readonly #section = new Section('files-section', 'Files');
  readonly #list: KeptList<DetailFile>;

  constructor(show: (path: string, show: 'file' | 'changes') => void) {
    this.element = this.#section.element;
    this.#list = new KeptList(element('ul', 'plain files'), (file) => fileItem(file, show));
    this.#section.body.append(this.#list.element);
  }

  show(files: readonly DetailFile[]): void {
    this.element.hidden = files.length === 0;
    this.#section.title = `Files (${files.length})`;
    this.#list.show(files);
  }
}

/** Oldest first; the time of one that is under way counts on. */
export class AttemptsSection {
  readonly element: HTMLElement;
  readonly #section = new Section('attempts-section', 'Attempts');
  readonly #list = element('ol', 'plain attempts');
  readonly #now: () => number;
  #attempts: readonly DetailAttempt[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.element = this.#section.element;
    this.#section.body.append(this.#list);
  }

  show(attempts: readonly DetailAttempt[]): void {
    this.element.hidden = attempts.length === 0;
    this.#section.title = attempts.length === 1 ? 'Attempt' : `Attempts (${attempts.length})`;
    this.#attempts = attempts;
    while (this.#list.children.length > attempts.length) {
      this.#list.lastElementChild?.remove();
    }
    while (this.#list.children.length < attempts.length) {
      this.#list.append(element('li', '', element('span', 'attempt'), element('p', 'quiet')));
    }
    this.tick(this.#now());
  }

  tick(now: number): void {
    this.#attempts.forEach(({ attempt, startedAt, endedAt, outcome, detail }, place) => {
      const item = this.#list.children[place];
      const [line, told] = item === undefined ? [] : [...item.children];
      if (item === undefined || line === undefined || told === undefined) {
        return;
      }
      setAttribute(item, 'data-outcome', outcome);
      const took = formatMs(rounded((endedAt ?? now) - startedAt, endedAt === undefined));
      setText(
        line,
        `${attempt}: ${ATTEMPT_WORDS[outcome]} · ${took} · from ${formatMoment(startedAt, now)}`,
      );
      setText(told, detail);
      told.toggleAttribute('hidden', detail === '');
    });
  }
}

/** Whole seconds while it counts, so that it is calm. */
function rounded(ms: number, counts: boolean): number {
  return counts ? Math.max(0, Math.floor(ms / 1000) * 1000) : ms;
}
