import type { Scratch } from './scratch.ts';
import type { SluiceWindow } from './sluiceWindow.ts';

/**
 * What every suite does with the window its tests share: a picture of it where a test fails, and its end.
 * @param between after each test, before the next
 */
export function closeAfter(
  window: () => SluiceWindow,
  scratch: Scratch,
  between: (window: SluiceWindow) => Promise<void> = () => Promise.resolve(),
): void {
  after(async () => {
    await window().close();
    scratch.dispose();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(await window().screenshotOf(this.currentTest.title));
    }
    await between(window());
  });
}

/** Leaves no editor and no notification to the next test. */
export async function tidy({ workbench }: SluiceWindow): Promise<void> {
  await workbench.runCommand('View: Close All Editors');
  await workbench.clearNotifications();
}
