import type {
  DetailFault,
  DetailFile,
  DetailFix,
  DetailMends,
} from '../../../core/projections/detailPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { stateIcon } from '../icons.ts';
import { fileItem } from './listSections.ts';
import { KeptList, Section } from './section.ts';
import { formatMoment } from './words.ts';

/** What the section asks of the panel. */
export interface MendingActions {
  select(task: string): void;
  /** Opens all that the task shown has printed. */
  openLog(): void;
  file(task: string, path: string, show: 'file' | 'changes'): void;
  now(): number;
}

/** What a fix is for. */
export class MendsSection {
  readonly element: HTMLElement;
  readonly #section = new Section('mends-section', 'Mends');
  readonly #task: HTMLButtonElement;
  readonly #kind = element('p', 'fault-kind');
  readonly #after = element('p', 'quiet');
  readonly #why = element('p', 'fault-why');
  #of = '';

  constructor(actions: Pick<MendingActions, 'select'>) {
    this.element = this.#section.element;
    this.#task = button('link', '', 'Show the task it mends', () => actions.select(this.#of));
    this.#section.body.append(element('p', '', this.#task), this.#kind, this.#after, this.#why);
  }

  show(mends: DetailMends | undefined): void {
    this.element.hidden = mends === undefined;
    if (mends === undefined) {
      return;
    }
    const { task, parent, label, fault, why } = mends;
    this.#of = task;
    setText(this.#task, task);
    const isGate = label === 'gate';
    this.#section.title = isGate ? 'Asks about' : 'Mends';
    setAttribute(
      this.#task,
      'aria-label',
      `Show ${task}, which it ${isGate ? 'asks about' : 'mends'}`,
    );
    setText(this.#kind, isGate ? fault : `${label}: ${fault}`);
    setText(this.#after, parent === task ? '' : `It goes on from ${parent}.`);
    this.#after.hidden = parent === task;
    setText(this.#why, why);
  }
}

/** The trail of a task that failed and was mended: each failure, what was opened for it, and what came of that. */
export class MendingSection {
  readonly element: HTMLElement;
  readonly #section = new Section('mending-section', 'Mending');
  readonly #list: KeptList<DetailFault>;

  constructor(actions: MendingActions) {
    this.element = this.#section.element;
    this.#list = new KeptList(element('ol', 'plain faults'), (fault) => faultItem(fault, actions));
    this.#section.body.append(this.#list.element);
  }

  show(faults: readonly DetailFault[]): void {
    this.element.hidden = faults.length === 0;
    const fixes = faults.reduce(
      (sum, fault) => sum + fault.fixes.filter(({ by }) => by !== '').length,
      0,
    );
    this.#section.title =
      fixes === 0 ? 'Mending' : `Mending (${fixes} ${fixes === 1 ? 'fix' : 'fixes'})`;
    this.#list.show(faults);
  }
}

function faultItem(fault: DetailFault, actions: MendingActions): HTMLElement {
  const { attempt, at, failure, tests, again, failing, printed, fixes } = fault;
  const facts = [formatMoment(at, actions.now()), tests, again].filter((text) => text !== '');
  const item = element(
    'li',
    'fault',
    element('p', 'fault-title', element('b', '', `Attempt ${attempt}`), ` · ${failure}`),
    element('p', 'quiet', facts.join(' · ')),
  );
  if (failing.length > 0) {
    const list = element('ul', 'plain failing');
    setAttribute(list, 'aria-label', `Tests that failed in attempt ${attempt}`);
    list.append(...failing.map(testItem));
    item.append(list);
  }
  item.append(printedPart(attempt, printed, actions), ...fixes.map((fix) => fixPart(fix, actions)));
  return item;
}

function testItem({ name, message }: DetailFault['failing'][number]): HTMLElement {
  const item = element('li', '', element('span', 'test-name', name));
  if (message !== '') {
    item.append(element('pre', 'test-message', message));
  }
  return item;
}

/** The end of what it printed, folded: it is long, and seldom says more than its failure does. */
function printedPart(
  attempt: number,
  printed: string,
  { openLog }: Pick<MendingActions, 'openLog'>,
): HTMLElement {
  const log = button('link', 'Open the log', `Open the log of the task`, openLog);
  if (printed === '') {
    return element('p', 'fault-log', log);
  }
  const text = element('pre', 'printed', printed);
  text.tabIndex = 0;
  setAttribute(text, 'role', 'group');
  setAttribute(text, 'aria-label', `The end of what attempt ${attempt} printed`);
  return element(
    'details',
    'fault-log',
    element('summary', '', 'What it printed last'),
    text,
    element('p', '', log),
  );
}

function fixPart(fix: DetailFix, actions: MendingActions): HTMLElement {
  const { task, label, by, fault, why, state, outcome, files } = fix;
  const kind = by === '' ? 'gate' : 'agent';
  const open = button('link', label, `Show ${label}, ${task}`, () => actions.select(task));
  const who = by === '' ? `asks a person: ${fault}` : `${fault} → ${by}`;
  const part = element(
    'div',
    'fix',
    element('p', 'fix-title', stateIcon(kind, state), open, element('span', 'quiet', who)),
    element('p', 'fault-why', why),
    element('p', 'fix-outcome', outcome),
  );
  part.dataset['state'] = state;
  if (files.length > 0) {
    part.append(fileList(task, label, files, actions));
  }
  return part;
}

function fileList(
  task: string,
  label: string,
  files: readonly DetailFile[],
  actions: MendingActions,
): HTMLElement {
  const list = element('ul', 'plain files');
  setAttribute(list, 'aria-label', `What ${label} changed`);
  list.append(
    ...files.map((file) => fileItem(file, (path, show) => actions.file(task, path, show))),
  );
  return list;
}
