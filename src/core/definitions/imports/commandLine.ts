import type { Check } from '../../domain/agent.ts';

/** Signs that mean something to a shell, unless they stand in quotes. */
const SHELL_SIGNS = /[|&;<>()$`\\*?[\]{}~#!\r\n]/;
/** Those that do so between double quotes too. */
const SIGNS_IN_QUOTES = /[$`\\!]/;
/** What a shell does itself: there is no such program. */
const BUILT_IN = new Set(
  '. : alias bg case cd command eval exec exit export fg for if read return set shift source trap type ulimit umask unset until wait while'.split(
    ' ',
  ),
);

/**
 * What a line of a shell runs. A line of plain and quoted words is cut into them, so that it runs
 * everywhere; one that needs a shell is given to `sh`.
 */
export function commandOfLine(line: string): Check['command'] {
  const [program, ...rest] = wordsOf(line) ?? [];
  return program === undefined || program === '' || program.includes('=') || BUILT_IN.has(program)
    ? ['sh', '-c', line]
    : [program, ...rest];
}

/** `undefined`: only a shell can tell. */
function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part, double, single] of line.matchAll(/"([^"]*)"|'([^']*)'|[ \t]+|./gsu)) {
    if (/^[ \t]/.test(part)) {
      words.push(...(word === undefined ? [] : [word]));
      word = undefined;
      continue;
    }
    const isQuoted = double !== undefined || single !== undefined;
    const isOpenQuote = !isQuoted && (part === '"' || part === "'");
    if (
      isOpenQuote ||
      (!isQuoted && SHELL_SIGNS.test(part)) ||
      SIGNS_IN_QUOTES.test(double ?? '')
    ) {
      return undefined;
    }
    word = (word ?? '') + (double ?? single ?? part);
  }
  return [...words, ...(word === undefined ? [] : [word])];
}
