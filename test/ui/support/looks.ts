import type { Frame, Locator } from 'playwright-core';
import { graphCards, graphStrip, views } from './names.ts';
import type { Workbench } from './workbench.ts';

/** What a page function gets of an element; the DOM's types are not part of this program. */
interface Measured {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly textContent: string | null;
}

/** The texts that do not fit where they stand. */
export async function cutOff(elements: Locator): Promise<string[]> {
  return await elements.evaluateAll((measured: readonly Measured[]) =>
    measured
      // A fraction of a pixel is rounded up in one and down in the other.
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(({ textContent }) => textContent ?? '')
      // An icon that turns sticks out by its corners.
      .filter((text) => text !== ''),
  );
}

/** The rows of the Runs view that an ellipsis ends. */
export async function cutOffRows({ page }: Workbench): Promise<string[]> {
  const view = page.locator('.part.sidebar .pane', {
    has: page.locator('.pane-header .title', { hasText: new RegExp(`^\\s*${views.runs}\\s*$`) }),
  });
  return await cutOff(view.locator('.monaco-list-row[role=treeitem] .monaco-icon-label-container'));
}

/** Texts of the strip and the cards that do not fit, and what would scroll sideways. */
export async function cutOffInGraph(graph: Frame): Promise<string[]> {
  return [
    ...(await cutOff(graph.locator(`html, body, ${graphStrip}, ${graphStrip} *`))),
    ...(await cutOff(graph.locator(`${graphCards} .title *, ${graphCards} .status`))),
  ];
}

/** What a page function gets of an element with a colour. */
interface Coloured {
  readonly textContent: string | null;
  closest(selector: string): Coloured | null;
  readonly ownerDocument: {
    createElement(name: 'canvas'): {
      getContext(kind: '2d'): {
        fillStyle: string;
        fillRect(x: number, y: number, width: number, height: number): void;
        getImageData(
          x: number,
          y: number,
          width: number,
          height: number,
        ): { readonly data: Iterable<number> };
      };
    };
    readonly body: Coloured;
    readonly defaultView: {
      getComputedStyle(element: Coloured): {
        readonly color: string;
        readonly backgroundColor: string;
      };
    };
  };
}

export interface Contrast {
  readonly text: string;
  /** As WCAG 2 has it: 1 to 21. */
  readonly ratio: number;
}

/** How well the texts of the cards stand out from what is behind them. */
export async function contrastsInGraph(graph: Frame): Promise<Contrast[]> {
  const texts = graph.locator(`${graphCards} :is(.name, .subtitle, .word, .detail)`);
  return await texts.evaluateAll((elements: readonly Coloured[]) =>
    elements.flatMap((element) => {
      const text = element.textContent ?? '';
      const card = element.closest('.card');
      if (text === '' || card === null) {
        return [];
      }
      const { ownerDocument } = element;
      const { body, defaultView } = ownerDocument;
      const pixel = ownerDocument.createElement('canvas').getContext('2d');
      const behind = [body, card].map((each) => defaultView.getComputedStyle(each).backgroundColor);
      const { color } = defaultView.getComputedStyle(element);
      // A canvas knows every notation of a colour, and lays what is translucent over what is there. No function in here
      // has a name: what keeps it is not known in the page.
      const [one = 0, other = 0] = [behind, [...behind, color]].map((colours) => {
        for (const colour of colours) {
          pixel.fillStyle = colour;
          pixel.fillRect(0, 0, 1, 1);
        }
        const [red = 0, green = 0, blue = 0] = Array.from(pixel.getImageData(0, 0, 1, 1).data)
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      });
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return [{ text, ratio: Math.round(ratio * 100) / 100 }];
    }),
  );
}
