import { element, setAttribute } from '../../shared/dom.ts';
import { readMarkdown, type Block, type Inline, type WrittenBlock } from './markdown.ts';

/** Markdown as elements. A text that grows changes only its last ones, so what a person has marked stays. */
export class MarkdownView {
  readonly element = element('div', 'markdown');
  #shown: readonly { readonly key: string; readonly element: HTMLElement }[] = [];
  #text = '';

  /** @param level of the heading above; those in the text are below it */
  show(text: string, level: number): void {
    if (text === this.#text) {
      return;
    }
    this.#text = text;
    const kept = new Map<string, HTMLElement[]>();
    for (const { key, element: old } of this.#shown) {
      kept.set(key, [...(kept.get(key) ?? []), old]);
    }
    const depths = new HeadingDepths();
    this.#shown = readMarkdown(text).map((written) => {
      const depth = written.block.kind === 'heading' ? depths.of(written.block.level) : 0;
      const key = `${depth} ${written.source}`;
      return { key, element: kept.get(key)?.shift() ?? blockElement(written, level + depth) };
    });
    let before: Element | null = null;
    for (const { element: block } of this.#shown) {
      const next: Element | null =
        before === null ? this.element.firstElementChild : before.nextElementSibling;
      if (next !== block) {
        this.element.insertBefore(block, next);
      }
      before = block;
    }
    while (this.element.lastElementChild !== before) {
      this.element.lastElementChild?.remove();
    }
  }
}

/** Headings as deep as they stand below each other: a level that was left out would lead readers astray. */
class HeadingDepths {
  readonly #above: number[] = [];

  /** From 1. */
  of(level: number): number {
    while ((this.#above.at(-1) ?? 0) >= level) {
      this.#above.pop();
    }
    this.#above.push(level);
    return this.#above.length;
  }
}

function blockElement({ block }: WrittenBlock, level: number): HTMLElement {
  switch (block.kind) {
    case 'heading': {
      const heading = element('div', 'md-heading', ...inlines(block.text));
      setAttribute(heading, 'role', 'heading');
      setAttribute(heading, 'aria-level', String(level));
      heading.dataset['level'] = String(Math.min(block.level, 4));
      return heading;
    }
    case 'paragraph':
      return element('p', 'md-paragraph', ...inlines(block.text));
    case 'quote':
      return element('blockquote', 'md-quote', ...inlines(block.text));
    case 'code':
      return codeBlock(block.text, block.language);
    case 'table':
      return codeBlock(block.text, '');
    case 'list':
      return list(block);
    case 'rule':
      return element('hr', 'md-rule');
  }
}

function codeBlock(text: string, language: string): HTMLElement {
  const code = element('pre', 'md-code', text);
  // Long lines are scrolled, with the keyboard too.
  code.tabIndex = 0;
  setAttribute(code, 'role', 'group');
  setAttribute(code, 'aria-label', language === '' ? 'Code' : `Code, ${language}`);
  return code;
}

/** Items stand one below another: how deep is told by their place, and to ears by a level. */
function list({ items }: Extract<Block, { readonly kind: 'list' }>): HTMLElement {
  const made = element('div', 'md-list');
  setAttribute(made, 'role', 'list');
  for (const { depth, mark, text } of items) {
    const item = element(
      'div',
      'md-item',
      element('span', 'md-mark', mark),
      element('span', 'md-text', ...inlines(text)),
    );
    setAttribute(item, 'role', 'listitem');
    item.style.setProperty('--depth', String(depth));
    made.append(item);
  }
  return made;
}

function inlines(text: readonly Inline[]): (Node | string)[] {
  return text.map((inline): Node | string => {
    switch (inline.kind) {
      case 'text':
        return inline.text;
      case 'code':
        return element('code', '', inline.text);
      case 'strong':
        return element('strong', '', ...inlines(inline.text));
      case 'emphasis':
        return element('em', '', ...inlines(inline.text));
      case 'link':
        return inline.text === inline.address
          ? element('span', 'md-link', inline.text)
          : element(
              'span',
              'md-link',
              inline.text,
              element('span', 'md-address', ` (${inline.address})`),
            );
      case 'break':
        return element('br', '');
    }
  });
}
