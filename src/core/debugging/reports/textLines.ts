// What all readers of printed lines do. Lines are plain and without blanks at their ends.

/** Lines of a message that are kept. */
export const MOST_LINES = 40;

/** Lines from one on, up to the first that ends them. */
export function until(
  lines: readonly string[],
  from: number,
  isEnd: (line: string) => boolean,
): readonly string[] {
  let end = from;
  while (end < lines.length && end - from < MOST_LINES && !isEnd(lines[end] ?? '')) {
    end += 1;
  }
  return lines.slice(from, end);
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** As a message: without the blanks that all lines begin with. */
export function message(lines: readonly string[]): string {
  const filled = lines.filter((line) => line !== '');
  const least = Math.min(...filled.map(indentOf));
  return lines.map((line) => line.slice(least)).join('\n');
}
