import type { DetailOutput } from '../../../core/projections/detailPicture.ts';
import { button, element, setAttribute, setText } from '../../shared/dom.ts';
import { MarkdownView } from './markdownView.ts';
import { Section } from './section.ts';

/** So near to its end, in pixels, a person reads what comes. */
const NEAR_END = 32;

/** The end of what a task has said, as it comes: it follows, unless the person has scrolled up to read. */
export class OutputSection {
  readonly element: HTMLElement;
  readonly #section: Section;
  readonly #box = element('div', 'output');
  readonly #before = element('p', 'quiet');
  readonly #markdown = new MarkdownView();
  readonly #plain = element('pre', 'plain-output');
  readonly #toEnd: HTMLButtonElement;
  #task = '';
  #text = '';
  #follows = true;

  constructor(openAll: () => void) {
    this.#toEnd = button('link', 'Go to the end', 'Go to the end of the output', () => {
      this.#follows = true;
      this.#scrollToEnd();
      this.#box.focus();
    });
    this.#toEnd.hidden = true;
    const open = button('link', 'Open', 'Open the whole output', openAll);
    this.#section = new Section('output-section', 'Output', this.#toEnd, open);
    this.element = this.#section.element;
    // What is scrolled is reached with the keyboard too.
    this.#box.tabIndex = 0;
    setAttribute(this.#box, 'role', 'group');
    setAttribute(this.#box, 'aria-labelledby', this.#section.headingId);
    this.#box.append(this.#before, this.#markdown.element, this.#plain);
    this.#section.body.append(this.#box);
    this.#box.addEventListener('scroll', () => {
      this.#follows = this.#isAtEnd();
      this.#toEnd.hidden = this.#follows;
    });
  }

  show(task: string, output: DetailOutput | undefined): void {
    this.element.hidden = output === undefined;
    const isOther = task !== this.#task;
    this.#task = task;
    if (output === undefined) {
      this.#text = '';
      return;
    }
    const { text, before, isMarkdown, isLive } = output;
    this.#section.title = isLive ? 'Output so far' : 'Output';
    setText(
      this.#before,
      before === 0
        ? ''
        : `${before.toLocaleString('en')} characters before this are not shown here.`,
    );
    this.#before.hidden = before === 0;
    this.#markdown.element.hidden = !isMarkdown;
    this.#plain.hidden = isMarkdown;
    if (isMarkdown) {
      this.#markdown.show(text, 3);
    } else {
      this.#showPlain(text);
    }
    if (isOther) {
      // What goes on is followed; what is over is read from its beginning, if that is here.
      this.#follows = isLive || before > 0;
      this.#toEnd.hidden = true;
      this.#box.scrollTop = 0;
    }
    if (this.#follows) {
      this.#scrollToEnd();
    }
  }

  /** Of a text that has grown only the rest is added: what a person has marked in it stays marked. */
  #showPlain(text: string): void {
    const last = this.#plain.lastChild;
    if (this.#text !== '' && last !== null && text.startsWith(this.#text)) {
      if (text.length > this.#text.length) {
        this.#plain.append(text.slice(this.#text.length));
      }
    } else if (text !== this.#text || last === null) {
      this.#plain.textContent = text;
    }
    this.#text = text;
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #scrollToEnd(): void {
    this.#box.scrollTop = this.#box.scrollHeight;
  }
}
