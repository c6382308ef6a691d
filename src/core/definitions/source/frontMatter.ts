import { FILE_START, type Diagnostic, type Range } from '../../domain/diagnostic.ts';
import { diagnosticAt, type Problem } from './problem.ts';
import * as problems from '../problems.ts';
import type { SourceDocument } from './sourceDocument.ts';
import type { SourceText } from './sourceText.ts';
import { parseYaml } from './yamlSource.ts';

/** A Markdown file cut into the YAML between its first two `---` lines and the text below. */
export type FrontMatter =
  /** The file does not start with a `---` line. */
  | { readonly kind: 'absent'; readonly body: string }
  | { readonly kind: 'broken'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'present';
      /** Its root is a map, or nothing at all. */
      readonly document: SourceDocument;
      readonly diagnostics: readonly Diagnostic[];
      /** Without blank lines around it. */
      readonly body: string;
    };

/** Only YAML is read: `---js` and the like, which some tools evaluate, are refused by name. */
export function readFrontMatter(source: SourceText): FrontMatter {
  const { text, file } = source;
  const opening = /^---[ \t]*([^\s-][^\r\n]*)?(?:\r\n|\n|\r|$)/.exec(text);
  if (opening === null) {
    return { kind: 'absent', body: text.trim() };
  }
  const broken = (problem: Problem): FrontMatter => ({
    kind: 'broken',
    diagnostics: [diagnosticAt(file, source.range(0, opening[0].trimEnd().length), problem)],
  });
  const language = opening[1];
  if (language !== undefined) {
    return broken(problems.frontMatterLanguage(language.trim()));
  }
  const closing = /^---[ \t]*$/gm;
  closing.lastIndex = opening[0].length;
  const close = closing.exec(text);
  if (close === null) {
    return broken(problems.frontMatterOpen());
  }
  // The opening line is also how a YAML document may start, so offsets need no shifting.
  const { document, diagnostics } = parseYaml(source, close.index);
  if (document === undefined) {
    return { kind: 'broken', diagnostics };
  }
  const { root } = document;
  if (root.kind === 'list' || (root.kind === 'scalar' && root.value !== null)) {
    const problem = problems.notFields('The front matter');
    return {
      kind: 'broken',
      diagnostics: [...diagnostics, diagnosticAt(file, document.rangeOf([]), problem)],
    };
  }
  const body = text.slice(close.index + close[0].length).trim();
  return { kind: 'present', document, diagnostics, body };
}

/** Where a problem of the front matter as a whole is shown: its first line, or the file's start. */
export function frontMatterRange(source: SourceText): Range {
  return source.text.startsWith('---') ? source.range(0, 3) : FILE_START;
}
