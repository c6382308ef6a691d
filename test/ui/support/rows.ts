import { views } from './names.ts';
import type { SluiceWindow } from './sluiceWindow.ts';
import { until, type Waiting } from './until.ts';

/** What the row of a run or task says beside its name; empty while there is no such row. */
export async function described({ workbench }: SluiceWindow, label: string): Promise<string> {
  const rows = await workbench.rows(views.runs);
  return rows.find((row) => row.label === label)?.description ?? '';
}

/** Waits until the row of a run or task says so. */
export async function says(
  window: SluiceWindow,
  label: string,
  what: RegExp,
  waiting?: Waiting,
): Promise<void> {
  await until(
    `"${label}" to say ${String(what)}`,
    async () => {
      const text = await described(window, label);
      if (!what.test(text)) {
        throw new Error(`it says "${text}"`);
      }
      return true;
    },
    waiting,
  );
}
