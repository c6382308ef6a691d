import type { TaskDetail } from '../../../core/projections/detailPicture.ts';
import type { GraphPageMessage } from '../../protocol.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { stateIcon, strokeIcon } from '../icons.ts';
import { stateLabel } from '../labels.ts';
import { GateSection } from './gateSection.ts';
import {
  AttemptsSection,
  FactsSection,
  FilesSection,
  PromptSection,
  ToolsSection,
  WantedSection,
} from './listSections.ts';
import { MendingSection, MendsSection } from './mendingSection.ts';
import { MoreMenu } from './moreMenu.ts';
import { OutputSection } from './outputSection.ts';
import { Section, setChildren } from './section.ts';
import { namedVerbs, type NamedVerb } from './words.ts';

/** What the panel asks of the page. */
export interface PanelHost {
  post(message: GraphPageMessage): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Shows another task, in the graph and in the panel. */
  select(task: string): void;
  /** The person wants no panel; the page takes it away and puts the focus where it was. */
  close(): void;
}

/** Verbs that have a button of their own; further ones are in a menu. */
const MOST_BUTTONS = 4;
const CLOSE_SIGN = 'M4.5 4.5l7 7M11.5 4.5l-7 7';
const OPEN_SIGN =
  'M9.5 3h3.5v3.5M13 3L8 8M6.5 3.5H4A1 1 0 0 0 3 4.5V12a1 1 0 0 0 1 1h7.5a1 1 0 0 0 1-1V9.5';

/**
 * The panel beside the graph: all there is to say about one task. It shows the last detail and nothing of its own but
 * what a person is writing; parts that stay the same keep their elements, and so focus, marks and places.
 */
export class SidePanel {
  readonly element: HTMLElement = element('aside', 'panel');
  readonly #host: PanelHost;
  readonly #icon = element('span', 'panel-icon');
  readonly #name = element('h2', 'panel-name');
  readonly #state = element('span', 'panel-state');
  readonly #subtitle = element('span', 'panel-subtitle');
  readonly #open: HTMLButtonElement;
  readonly #verbs = element('div', 'panel-verbs');
  readonly #more: MoreMenu;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #body = element('div', 'panel-body');
  readonly #form: HTMLElement;
  readonly #empty = element('p', 'quiet panel-empty');
  readonly #gate: GateSection;
  readonly #problem = new Section('problem', 'What went wrong');
  readonly #problemTitle = element('p', 'problem-title');
  readonly #problemFix = element('p', 'problem-fix');
  readonly #facts = new FactsSection();
  readonly #wanted = new WantedSection();
  readonly #prompt = new PromptSection();
  readonly #output: OutputSection;
  readonly #tools = new ToolsSection();
  readonly #files: FilesSection;
  readonly #mends: MendsSection;
  readonly #mending: MendingSection;
  readonly #attempts: AttemptsSection;
  #task: string | undefined;
  #iconOf = '';

  /** @param form what a person changes of what is selected; hidden while it is nothing that can be changed */
  constructor(host: PanelHost, form: HTMLElement) {
    this.#host = host;
    this.#form = form;
    const withTask = (act: (task: string) => void): void => {
      if (this.#task !== undefined) {
        act(this.#task);
      }
    };
    const verb = (word: string): void =>
      withTask((task) => host.post({ type: 'verb', task, verb: word }));
    const open = (): void => withTask((task) => host.post({ type: 'open', task }));
    this.#gate = new GateSection({
      answer: (message) => withTask((task) => host.post({ type: 'answer', task, ...message })),
      verb,
      now: () => host.now(),
    });
    this.#more = new MoreMenu(verb);
    this.#output = new OutputSection(open);
    this.#files = new FilesSection((path, show) =>
      withTask((task) => host.post({ type: 'file', task, path, show })),
    );
    const select = (task: string): void => host.select(task);
    this.#mends = new MendsSection({ select });
    this.#mending = new MendingSection({
      ...{ select, openLog: open, now: () => host.now() },
      file: (task, path, show) => host.post({ type: 'file', task, path, show }),
    });
    this.#attempts = new AttemptsSection(() => host.now());
    this.#problem.body.append(this.#problemTitle, this.#problemFix);

    this.#open = button('icon-button', strokeIcon(OPEN_SIGN), 'Open in an editor', open);
    const close = button('icon-button', strokeIcon(CLOSE_SIGN), 'Close the panel', () =>
      host.close(),
    );
    close.title = 'Close (Escape)';
    setAttribute(this.#verbs, 'role', 'group');
    setAttribute(this.#verbs, 'aria-label', 'Actions');
    this.#name.id = 'panel-name';
    setAttribute(this.element, 'aria-labelledby', this.#name.id);
    this.#body.append(
      this.#empty,
      form,
      this.#gate.element,
      this.#problem.element,
      this.#mends.element,
      this.#mending.element,
      this.#facts.element,
      this.#wanted.element,
      this.#prompt.element,
      this.#output.element,
      this.#tools.element,
      this.#files.element,
      this.#attempts.element,
    );
    this.element.append(
      element(
        'div',
        'panel-head',
        element('div', 'panel-title', this.#icon, this.#name, this.#open, close),
        element('p', 'panel-facts', this.#state, this.#subtitle),
        this.#verbs,
      ),
      this.#body,
    );
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) {
        event.preventDefault();
        event.stopPropagation();
        host.close();
      }
    });
  }

  /** @param task `undefined`: none is selected @param detail `undefined`: not there yet, or there is no such task */
  show(task: string | undefined, detail: TaskDetail | undefined): void {
    const isOther = task !== this.#task;
    this.#task = task;
    this.element.hidden = task === undefined;
    if (task === undefined) {
      return;
    }
    setText(this.#name, task);
    setAttribute(this.#name, 'title', task);
    // What was said of another task is not said of this one.
    const shown = detail?.task === task ? detail : undefined;
    const isBusy = shown === undefined && this.#form.hidden;
    setAttribute(this.element, 'aria-busy', isBusy ? 'true' : undefined);
    setAttribute(this.element, 'data-plan', this.#form.hidden ? undefined : '');
    this.#empty.hidden = !isBusy;
    if (shown !== undefined) {
      this.#showDetail(shown);
    } else {
      this.#clear();
    }
    if (isOther) {
      this.#body.scrollTop = 0;
    }
  }

  /** Times go on. @param now milliseconds since 1970 */
  tick(now: number): void {
    if (!this.element.hidden) {
      this.#attempts.tick(now);
    }
  }

  /** For whoever opens the panel with the keyboard. */
  focus(): void {
    const first = this.element.querySelector<HTMLElement>(
      '.gate-form input, .gate-form button, .panel-verbs button, .panel-title button',
    );
    first?.focus();
  }

  #showDetail(detail: TaskDetail): void {
    const { task, kind, state, subtitle, verbs, problem } = detail;
    setAttribute(this.element, 'data-state', state);
    if (`${kind} ${state}` !== this.#iconOf) {
      this.#iconOf = `${kind} ${state}`;
      this.#icon.replaceChildren(stateIcon(kind, state));
    }
    setText(this.#state, stateLabel(kind, state));
    setText(this.#subtitle, subtitle);
    const what = kind === 'gate' ? 'the gate' : 'its output, or its step in the file,';
    setAttribute(this.#open, 'title', `Open ${what} in an editor`);
    // A gate that waits has its answers, and what it is about, in its own section.
    this.#showVerbs(
      namedVerbs(verbs).filter(({ verb }) => detail.gate === undefined || verb !== 'changes'),
    );
    this.#gate.show(detail);
    this.#problem.element.hidden = problem === undefined;
    setText(this.#problemTitle, problem?.title ?? '');
    setText(this.#problemFix, problem?.fix ?? '');
    this.#problemFix.hidden = problem?.fix === undefined;
    this.#mends.show(detail.mends);
    this.#mending.show(detail.mending ?? []);
    this.#facts.show(detail.facts);
    this.#wanted.show(detail.wanted);
    this.#prompt.show(task, detail.prompt);
    this.#output.show(task, detail.output);
    this.#tools.show(detail.tools);
    this.#files.show(detail.files);
    this.#attempts.show(detail.attempts);
  }

  #showVerbs(named: readonly NamedVerb[]): void {
    // A menu with one verb would be no shorter than the verb.
    const most = named.length <= MOST_BUTTONS + 1 ? named.length : MOST_BUTTONS;
    const buttons = named.slice(0, most).map(({ verb, label }, place) => {
      const known = this.#buttons.get(verb);
      const made =
        known ??
        button('', label, label, () => {
          if (this.#task !== undefined) {
            this.#host.post({ type: 'verb', task: this.#task, verb });
          }
        });
      this.#buttons.set(verb, made);
      made.className = place === 0 && verb === 'answer' ? 'primary' : 'secondary';
      return made;
    });
    this.#more.show(named.slice(most));
    const focused = document.activeElement;
    const hadFocus = focused !== null && this.#verbs.contains(focused);
    setChildren(this.#verbs, [...buttons, this.#more.element]);
    this.#verbs.hidden = named.length === 0;
    if (hadFocus && !this.#verbs.contains(focused)) {
      // Whoever has just pressed a button finds the next one under the same key.
      (buttons[0] ?? this.#open).focus();
    }
  }

  #clear(): void {
    setText(this.#empty, 'Nothing is known of it yet.');
    setText(this.#state, '');
    setText(this.#subtitle, '');
    this.#icon.replaceChildren();
    this.#iconOf = '';
    this.#showVerbs([]);
    this.#body.querySelectorAll<HTMLElement>('.panel-section').forEach((section) => {
      section.hidden = true;
    });
  }
}
