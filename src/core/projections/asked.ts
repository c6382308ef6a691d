import { oneLine } from '../base/text.ts';

/**
 * What a gate asks, where there is room for one line: all of it where it is short, and of a page its first paragraph,
 * without marks of Markdown.
 */
export function askLine(ask: string, limit?: number): string {
  const paragraphs = ask
    .split(/\n[^\S\n]*\n|(?<=^#{1,6} [^\n]*)\n/)
    .filter((paragraph) => /[\p{L}\p{N}]/u.test(paragraph));
  const [first, ...others] = paragraphs;
  return first === undefined || others.length === 0
    ? oneLine(ask, limit)
    : oneLine(withoutMarks(first.trim()), limit);
}

/** `## Who **mends** it?` as `Who mends it?` */
function withoutMarks(text: string): string {
  return text
    .replace(/^(?:#{1,6}|>|[-*+]|\d+[.)])\s+/, '')
    .replace(/(\*\*|__|`)(.+?)\1/g, '$2')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}
