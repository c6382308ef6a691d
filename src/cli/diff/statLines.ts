import { count, formatBytes, oneLine } from '../../core/base/text.ts';
import { lineCounts, type ChangedFile } from './fileDiff.ts';

/** Columns of the bar where there is no screen to fit in. */
const USUAL_WIDTH = 80;
const WIDEST_BAR = 40;

/** How much of each file changed, as `git diff --stat` shows it, and last how much in all. @param width columns */
export function statLines(files: readonly ChangedFile[], width: number): readonly string[] {
  const rows = files.map((file) => ({
    name: oneLine(file.change.path, Infinity),
    sizes: sizesText(file),
    lines: lineCounts(file),
  }));
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  const totals = rows.map(({ lines }) => (lines?.added ?? 0) + (lines?.removed ?? 0));
  const most = Math.max(0, ...totals);
  const numberWidth = Math.max(
    String(most).length,
    rows.some(({ lines }) => lines === undefined) ? 'Bin'.length : 0,
  );
  const columns = Number.isFinite(width) ? width : USUAL_WIDTH;
  const room = Math.max(10, Math.min(WIDEST_BAR, columns - nameWidth - numberWidth - 5));
  const lines = rows.map(({ name, sizes, lines: counts }) => {
    const head = ` ${name.padEnd(nameWidth)} | `;
    if (counts === undefined) {
      return `${head}${'Bin'.padStart(numberWidth)} ${sizes}`;
    }
    const { added, removed } = counts;
    const bar = `${'+'.repeat(scaled(added, most, room))}${'-'.repeat(scaled(removed, most, room))}`;
    return `${head}${String(added + removed).padStart(numberWidth)} ${bar}`.trimEnd();
  });
  return [...lines, sumText(files)];
}

/** Nothing that is there vanishes. */
function scaled(lines: number, most: number, room: number): number {
  return most <= room ? lines : Math.ceil((lines * room) / most);
}

function sizesText({ change: { was, is } }: ChangedFile): string {
  return `${formatBytes(was?.bytes ?? 0)} -> ${formatBytes(is?.bytes ?? 0)}`;
}

function sumText(files: readonly ChangedFile[]): string {
  let [added, removed] = [0, 0];
  for (const file of files) {
    const lines = lineCounts(file);
    added += lines?.added ?? 0;
    removed += lines?.removed ?? 0;
  }
  return ` ${[
    `${count(files.length, 'file')} changed`,
    ...(added > 0 ? [`${count(added, 'insertion')}(+)`] : []),
    ...(removed > 0 ? [`${count(removed, 'deletion')}(-)`] : []),
  ].join(', ')}`;
}
