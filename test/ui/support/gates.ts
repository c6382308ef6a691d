import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { container, graphCards, runActions, views } from './names.ts';
import type { SluiceWindow } from './sluiceWindow.ts';
import { until } from './until.ts';
import type { TreeRow, Workbench } from './workbench.ts';

// Gates in the window, as a person meets them.

/** The buttons of a notification, as it stands, from the left. */
export async function notificationButtons(
  { page }: Workbench,
  text: string | RegExp,
): Promise<string[]> {
  const notification = page
    .locator('.notification-list-item:visible')
    .filter({ hasText: text })
    .first();
  await notification.waitFor();
  return await notification
    .locator('.notification-list-item-buttons-container .monaco-button')
    .allInnerTexts();
}

/** A button above the active editor. */
export function titleButton({ page }: Workbench, action: string): Locator {
  return page
    .locator(
      `.editor-group-container.active .editor-actions .action-label[aria-label^="${action}"]`,
    )
    .first();
}

/** Presses a button above the active editor. */
export async function pressTitleButton(workbench: Workbench, action: string): Promise<void> {
  await titleButton(workbench, action).waitFor();
  await titleButton(workbench, action).click();
}

/** The page of a gate, and what stands on it once it says so. */
export async function gatePage(
  { workbench }: SluiceWindow,
  gate: string,
  says: RegExp,
): Promise<string> {
  const page = await workbench.webview(`h1:has-text("${gate}")`);
  return await until(`the page of ${gate} to say ${String(says)}`, async () => {
    const text = await page.locator('body').innerText();
    assert.match(text, says);
    return text;
  });
}

/** The digest that stands on the page of a gate. */
export function digestOn(page: string): string {
  const [, digest] = /^Digest: (\S+)$/m.exec(page) ?? [];
  assert.ok(digest, page);
  return digest;
}

/** Waits until so much waits for whoever looks. */
export async function waiting({ workbench }: SluiceWindow, gates: number): Promise<void> {
  const badge = gates === 0 ? undefined : String(gates);
  await until(`${gates} on the icon`, async () => {
    assert.equal(await workbench.badge(container), badge);
    return true;
  });
}

/** The row of the Gates view with this label, once it says so beside it. */
export async function gateRow(
  { workbench }: SluiceWindow,
  label: string,
  says: RegExp,
): Promise<TreeRow> {
  return await until(`"${label}" in the Gates view to say ${String(says)}`, async () => {
    const rows = await workbench.rows(views.gates);
    const row = rows.find((each) => each.label === label);
    assert.match(row?.description ?? 'nothing', says, JSON.stringify(rows));
    return row;
  });
}

/** The graph of a run. */
export async function graphOf({ workbench }: SluiceWindow, run: string): Promise<Frame> {
  await workbench.pressInlineAction(views.runs, run, runActions.showGraph);
  await workbench.tab(run).waitFor();
  return await workbench.webview(graphCards);
}

/** Presses a button on the card of a gate; its name says more than the button. */
export async function pressOnCard(graph: Frame, gate: string, name: string): Promise<void> {
  const card = graph.locator(`${graphCards}[data-item="${gate}"]`);
  await card.getByRole('button', { name, exact: true }).click();
}
