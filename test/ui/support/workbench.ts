// VS Code's window as a person uses it, in Playwright. The selectors are VS Code 1.139's own class names and roles.
// Every wait is for a condition, save where a comment says what VS Code gives no sign of.
import fs from 'node:fs';
import path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { colorThemes, type ColorTheme } from '../../host/settings.ts';
import { until } from './until.ts';

/** Milliseconds for one thing to appear; generous, since the machine may be busy. */
const PATIENCE = { timeout: 30_000 };
/** Milliseconds for a step that is repeated when it did not work. */
const SHORT = { timeout: 5_000 };

/** A row of a tree as it is drawn. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 for the top. */
  readonly level: number;
  /** Undefined for a row without children. */
  readonly expanded: boolean | undefined;
  /** What a screen reader says. */
  readonly accessibleName: string;
}

/** What a page function gets of a row; the DOM's types are not part of this program. */
interface RowElement {
  getAttribute(name: string): string | null;
  querySelector(selector: string): { readonly textContent: string | null } | null;
}

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits for the window's parts. What extensions add comes later: wait for it by its own sign. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.part.activitybar .action-item').first().waitFor(PATIENCE);
  }

  // Quick input: the palette, picks and input boxes.

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get #quickText(): Locator {
    return this.quickInput.locator('.quick-input-box input');
  }

  get #quickRows(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /**
   * Runs a command by the title the palette shows, such as `Sluice: Show Graph`. Tries again while the command
   * is not registered yet.
   */
  async runCommand(title: string): Promise<void> {
    await until(`the command "${title}"`, async () => {
      if (await this.quickInput.isVisible()) {
        // Not otherwise: elsewhere Escape hides notifications.
        await this.page.keyboard.press('Escape');
      }
      await this.page.keyboard.press('F1');
      await this.#quickText.waitFor(SHORT);
      await this.#quickText.fill(`>${title}`, SHORT);
      // Commands with a similar title may stand above it.
      const row = this.#quickRows.filter({ has: this.#label(title) }).first();
      const isThere = await until(
        `"${title}" in the palette`,
        async () => ((await row.isVisible()) ? 'yes' : !(await this.#paletteIsOpen()) && 'closed'),
        SHORT,
      );
      if (isThere === 'closed') {
        // Something else took the focus.
        return false;
      }
      await row.click(SHORT);
      // Gone, or replaced by what the command opened: else the next step would read the palette's own rows.
      await until('the palette to close', async () => !(await this.#paletteIsOpen()), SHORT);
      return true;
    });
  }

  /** The commands the palette offers whose title begins so. */
  async offeredCommands(beginning: string): Promise<string[]> {
    await this.page.keyboard.press('F1');
    await this.#quickText.waitFor(PATIENCE);
    await this.#quickText.fill(`>${beginning}`);
    const labels = (): Promise<string[]> =>
      this.#quickRows.locator('.label-name').allTextContents();
    await until('what the palette offers', async () => {
      const words = beginning.trim().toLowerCase();
      const shown = await labels();
      return shown.length > 0 && shown.every((label) => label.toLowerCase().includes(words));
    });
    const offered = (await labels()).filter((label) => label.startsWith(beginning));
    await this.closeQuickInput();
    return offered.sort();
  }

  async #paletteIsOpen(): Promise<boolean> {
    const texts = await this.#quickText.evaluateAll((inputs: readonly { value: string }[]) =>
      inputs.map(({ value }) => value),
    );
    return texts.some((text) => text.startsWith('>'));
  }

  /** The labels of the open pick. */
  async pickLabels(): Promise<string[]> {
    await this.#quickRows.first().waitFor(PATIENCE);
    // A row that showed an item of another pick before keeps, hidden, what the new item has not.
    return await this.#quickRows.locator('.label-name:visible').allTextContents();
  }

  /** Chooses the item of the open pick with this label. */
  async pick(label: string): Promise<void> {
    const row = this.#quickRows.filter({ has: this.#label(label) }).first();
    await row.waitFor(PATIENCE);
    await row.click();
  }

  /** Runs a command and chooses in the pick it opens, again when the pick is closed by itself. */
  async choose(title: string, label: string): Promise<void> {
    // A page that was in front gets the focus back a moment after the palette has closed, and takes it from the pick.
    await until(`"${label}" to be chosen`, async () => {
      await this.runCommand(title);
      const row = this.#quickRows.filter({ has: this.#label(label) }).first();
      await row.waitFor(SHORT);
      await row.click({ timeout: 1000 });
      return true;
    });
  }

  /** Types into the open input box and accepts; waits until the box is gone. */
  async enter(text: string): Promise<void> {
    await this.#quickText.waitFor(PATIENCE);
    await this.#quickText.fill(text);
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden', ...PATIENCE });
  }

  /** Types into the open input box a text that is refused. Returns why. */
  async enterRefused(text: string): Promise<string> {
    await this.#quickText.waitFor(PATIENCE);
    await this.#quickText.fill(text);
    await this.quickInput
      .locator('.monaco-inputbox.error, .monaco-inputbox.warning')
      .first()
      .waitFor(PATIENCE);
    return (await this.quickInput.locator('.quick-input-message').innerText()).trim();
  }

  async closeQuickInput(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.quickInput.waitFor({ state: 'hidden', ...PATIENCE });
  }

  // Notifications and dialogs.

  /** The notification that is shown and whose text contains `text`. VS Code puts it away after ten seconds. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item:visible').filter({ hasText: text }).first();
  }

  /** Presses a button of a notification, also of one that has been put away. */
  async pressNotificationButton(text: string | RegExp, button: string): Promise<void> {
    const notification = this.notification(text);
    await until(`the notification ${String(text)}`, async () => {
      try {
        await notification.waitFor(SHORT);
      } catch {
        await this.runCommand('Notifications: Show Notifications');
      }
      // The buttons of a collapsed notification take clicks only once the mouse is over it.
      await notification.hover(SHORT);
      await notification
        .locator('.monaco-button, .action-label')
        .filter({ hasText: exactly(button) })
        .first()
        .click(SHORT);
      return true;
    });
  }

  /** Closes all notifications but those of what goes on: they close by themselves. */
  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page
      .locator('.notification-list-item:visible')
      .filter({ has: this.page.locator('.codicon-notifications-clear') })
      .first()
      .waitFor({ state: 'detached', ...PATIENCE });
  }

  /** The modal dialog. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Presses the button of the modal dialog that begins with `button`; waits until the dialog is gone. */
  async pressDialogButton(button: string): Promise<void> {
    const found = this.dialog
      .locator('.dialog-buttons .monaco-button')
      .filter({ hasText: new RegExp(`^${escaped(button)}`) })
      .first();
    await found.waitFor(PATIENCE);
    await found.click();
    await this.dialog.waitFor({ state: 'hidden', ...PATIENCE });
  }

  // The side bar.

  /** Shows a view container by its title in the activity bar. */
  async openViewContainer(title: string): Promise<void> {
    // Not its link: a badge lies over the link and would take the click.
    const item = this.page
      .locator('.part.activitybar .action-item')
      .filter({ has: this.page.locator(`a[aria-label^="${title}"]`) })
      .first();
    await item.waitFor(PATIENCE);
    await until(`the views of ${title}`, async () => {
      // A click on the open one would close it.
      if (!(await item.getAttribute('class'))?.includes('checked')) {
        await item.click(SHORT);
      }
      await this.page
        .locator('.part.sidebar .composite.title h2')
        .filter({ hasText: new RegExp(escaped(title), 'i') })
        .first()
        .waitFor(SHORT);
      return true;
    });
  }

  /** A view in the side bar by its title. */
  view(title: string): Locator {
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator('.pane-header .title', { hasText: exactly(title) }) })
      .first();
  }

  /** Unfolds a view, if it is folded. */
  async unfoldView(title: string): Promise<void> {
    const header = this.view(title).locator('.pane-header');
    await header.waitFor(PATIENCE);
    if ((await header.getAttribute('aria-expanded')) === 'false') {
      await header.click();
    }
  }

  /** The row with this label in a view; the first, if several. */
  row(view: string, label: string): Locator {
    return this.view(view)
      .locator('.monaco-list-row[role=treeitem]')
      .filter({ has: this.#label(label) })
      .first();
  }

  /** The rows of a view that are drawn, from the top. */
  async rows(view: string): Promise<TreeRow[]> {
    const rows = await this.view(view)
      .locator('.monaco-list-row[role=treeitem]')
      .evaluateAll((elements: readonly RowElement[]) =>
        elements.map((row) => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          level: Number(row.getAttribute('aria-level')),
          expanded: row.getAttribute('aria-expanded'),
          accessibleName: row.getAttribute('aria-label') ?? '',
        })),
      );
    return rows.map((row) => ({
      ...row,
      expanded: row.expanded === null ? undefined : row.expanded === 'true',
    }));
  }

  /** Opens a row that has children. */
  async expand(view: string, label: string): Promise<void> {
    const row = this.row(view, label);
    await row.waitFor(PATIENCE);
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Presses the button that a row shows under the mouse. */
  async pressInlineAction(view: string, label: string, action: string): Promise<void> {
    // A row is drawn anew when its view refreshes, and then the mouse is over it no more.
    await until(`"${action}" on "${label}"`, async () => {
      const row = this.row(view, label);
      await row.hover(SHORT);
      await row.locator(`.actions .action-label[aria-label^="${action}"]`).click(SHORT);
      return true;
    });
  }

  /** Chooses an item of the context menu of something. */
  async chooseFromContextMenu(target: Locator, item: string): Promise<void> {
    await target.click({ button: 'right' });
    const entry = this.page
      .locator('.monaco-menu .action-item:not(.disabled)')
      // Not the whole text of the item, which includes its keys.
      .filter({ has: this.page.locator('.action-label', { hasText: exactly(item) }) })
      .first();
    await entry.waitFor(PATIENCE);
    // A menu ignores the mouse for its first 100 ms, and nothing shows when that is over.
    await this.page.waitForTimeout(150);
    await entry.click();
  }

  /** The number on a view container's icon, as text; undefined without one. */
  async badge(container: string): Promise<string | undefined> {
    const badge = this.page
      .locator('.part.activitybar .action-item')
      .filter({ has: this.page.locator(`a[aria-label^="${container}"]`) })
      .locator('.badge-content');
    const text = (await badge.count()) > 0 ? await badge.first().innerText() : '';
    return text || undefined;
  }

  /** The item of the status bar whose text contains `text`. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }

  // Editors and pages.

  /** The frame of an extension's page in which `probe`, a CSS selector, is visible. */
  async webview(probe: string): Promise<Frame> {
    // The outer frame is VS Code's own; the page proper is the inner one, "fake.html".
    return await until(`a page with ${probe}`, async () => {
      for (const frame of this.page.frames()) {
        if (
          frame.url().includes('/fake.html') &&
          (await frame.locator(probe).first().isVisible())
        ) {
          return frame;
        }
      }
      return undefined;
    });
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.#quickText.waitFor(PATIENCE);
    await this.#quickText.fill(name);
    const row = this.#quickRows.filter({ has: this.#label(path.basename(name)) }).first();
    await row.waitFor(PATIENCE);
    await row.click();
    await this.tab(path.basename(name)).waitFor(PATIENCE);
    await this.page.locator('.editor-group-container.active .view-line').first().waitFor(PATIENCE);
  }

  /** The tab of an editor, by the beginning of its title. */
  tab(title: string): Locator {
    return this.page
      .locator('.part.editor .tab')
      .filter({ hasText: new RegExp(`^\\s*${escaped(title)}`) })
      .first();
  }

  /** The lines of the active editor that are drawn by now. */
  async editorText(): Promise<string> {
    const lines = await this.page
      .locator('.editor-group-container.active .view-line')
      .allTextContents();
    // Spaces are drawn as no-break spaces.
    return lines.map((line) => line.replaceAll('\u00a0', ' ')).join('\n');
  }

  /** What the Problems panel lists by now, one text an entry; opens the panel. */
  async problems(): Promise<string[]> {
    await this.runCommand('Problems: Focus on Problems View');
    const panel = this.page.locator('.markers-panel');
    await panel.waitFor(PATIENCE);
    return await panel.locator('.monaco-list-row').allInnerTexts();
  }

  // The window.

  /** Reloads the window as its user would: editors and page states are stored first, and extensions deactivated. */
  async reload(): Promise<void> {
    await this.page.evaluate('globalThis.beforeReload = true');
    await this.runCommand('Developer: Reload Window');
    await this.page.waitForFunction('!globalThis.beforeReload', undefined, PATIENCE);
    await this.ready();
  }

  /** Chooses a theme as its user would, which is what writes the setting: a window does not see its file change. */
  async setColorTheme(theme: ColorTheme): Promise<void> {
    const { label, drawn } = colorThemes[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.#quickText.fill(label);
    await this.pick(label);
    await this.quickInput.waitFor({ state: 'hidden', ...PATIENCE });
    await this.page.locator(`.monaco-workbench.${drawn}`).waitFor(PATIENCE);
  }

  /**
   * Opens the quick fixes of the line that holds `text`, and finds the one called `title`. VS Code answers "No code
   * actions available" while it is still handing a problem over, and may give the keyboard back to the editor after
   * the key was pressed: a person presses it again, and so does this.
   */
  async quickFix(text: string, title: string): Promise<Locator> {
    const fix = this.page.locator('.action-widget .monaco-list-row', { hasText: title });
    await until(`the quick fix ${title}`, async () => {
      if (!(await fix.isVisible())) {
        await this.page.locator('.view-line', { hasText: text }).first().click();
        await this.page.keyboard.press('End');
        await this.page.keyboard.press('Control+.');
      }
      return fix.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    });
    return fix;
  }

  /** Drags the edge of the side bar until the bar is `width` pixels wide; VS Code's least is 170. */
  async setSideBarWidth(width: number): Promise<void> {
    const sideBar = this.page.locator('.part.sidebar');
    await until(`a side bar of ${width} pixels`, async () => {
      const box = await sideBar.boundingBox();
      if (!box || Math.abs(box.width - width) <= 1) {
        return box !== null;
      }
      const y = box.y + box.height / 2;
      await this.page.mouse.move(box.x + box.width, y);
      await this.page.mouse.down();
      await this.page.mouse.move(box.x + width, y, { steps: 4 });
      await this.page.mouse.up();
      return false;
    });
    // Over the edge the mouse would leave it highlighted.
    await this.page.mouse.move(0, 0);
  }

  /** Writes a picture of the window, in the theme it has or in `theme`. Returns its path. */
  async screenshot(file: string, theme?: ColorTheme): Promise<string> {
    if (theme) {
      await this.setColorTheme(theme);
    }
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  #label(text: string): Locator {
    return this.page.locator('.label-name', { hasText: exactly(text) });
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Matches elements whose whole text this is. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${escaped(text)}\\s*$`);
}
