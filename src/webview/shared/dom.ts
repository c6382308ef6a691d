// Elements are made by calls and filled by `textContent`: no text of a workflow is ever read as HTML.

const SVG = 'http://www.w3.org/2000/svg';

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  return made;
}

export function button(
  className: string,
  content: Node | string,
  label: string,
  onClick: () => void,
): HTMLButtonElement {
  const made = element('button', className, content);
  made.type = 'button';
  setAttribute(made, 'aria-label', label);
  made.addEventListener('click', onClick);
  return made;
}

/** Writes only what differs: an equal write would still cost a layout and wake a screen reader. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** @param value `undefined` takes the attribute away */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    target.removeAttribute(name);
  } else if (target.getAttribute(name) !== value) {
    target.setAttribute(name, value);
  }
}
