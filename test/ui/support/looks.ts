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
