import { oneLine } from '../base/text.ts';

// Text from files as a part of a Markdown page that shows it and does nothing else: no link, picture,
// command, heading, formula or HTML comes of it.

/** Longer texts are cut: names and messages are short, and a page is read by people. */
const LONGEST = 500;

/** A text among others. */
export function shown(text: string): string {
  return oneLine(text, LONGEST)
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')
    .replace(/[\\`*_{}[\]()#+\-.!|~$^=:"'%?]/g, (character) => `\\${character}`)
    .replace(/[:/@]|\bwww\b/gi, (found) => `${found}<!---->`);
}

/** A name, a path, a glob: as code, in which nothing has a meaning but the backtick. Not for a table. */
export function code(text: string): string {
  const line = oneLine(text, LONGEST);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const isTight = !line.startsWith('`') && !line.endsWith('`') && line !== '';
  return isTight ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
