// The graph page as a person uses it: by keyboard, by the panel beside it, by the time line under it.
import type { Frame, Locator } from 'playwright-core';
import { graphCards } from './names.ts';
import type { SluiceWindow } from './sluiceWindow.ts';
import { until } from './until.ts';

export class GraphPageOf {
  readonly frame: Frame;
  readonly #window: SluiceWindow;

  constructor(window: SluiceWindow, frame: Frame) {
    this.#window = window;
    this.frame = frame;
  }

  /** The graph that is in front, once it is drawn. */
  static async inFront(window: SluiceWindow): Promise<GraphPageOf> {
    return new GraphPageOf(window, await window.workbench.webview(graphCards));
  }

  get cards(): Locator {
    return this.frame.locator(graphCards);
  }

  card(task: string): Locator {
    return this.frame.locator(`${graphCards}[data-item="${task}"]`);
  }

  get panel(): Locator {
    return this.frame.locator('aside.panel');
  }

  /** A part of the panel, by the beginning of its heading. */
  section(heading: string): Locator {
    return this.panel
      .locator('.panel-section:visible')
      .filter({ has: this.frame.locator('h3', { hasText: new RegExp(`^${heading}`) }) });
  }

  get timeline(): Locator {
    return this.frame.locator('section.timeline');
  }

  get slider(): Locator {
    return this.frame.getByRole('slider', { name: 'Moment of the run' });
  }

  /** Above the graph, while it shows an earlier moment. */
  get moment(): Locator {
    return this.frame.locator('.moment');
  }

  /** Selects a task with the mouse; its panel is there. */
  async select(task: string): Promise<void> {
    await this.card(task).locator('button.open').click();
    await this.panel.getByRole('heading', { name: task, exact: true }).waitFor();
  }

  /** The card or row that has the keyboard; undefined: none has. */
  async focused(): Promise<string | undefined> {
    const item = await this.frame.evaluate(
      `document.activeElement?.closest('[data-item], [data-task]')?.dataset?.item ??
       document.activeElement?.closest('[data-task]')?.dataset?.task ?? ''`,
    );
    return String(item) || undefined;
  }

  /** Waits until this card or row has the keyboard. */
  async hasFocus(task: string): Promise<void> {
    await until(`the focus on ${task}`, async () => {
      const found = await this.focused();
      if (found !== task) {
        throw new Error(`it is on ${found ?? 'none'}`);
      }
      return true;
    });
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#window.workbench.page.keyboard.press(key);
    }
  }
}
