import type { Digest } from '../../base/digest.ts';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { readWords } from './agentParts.ts';
import { foreignAgentSchema } from './agentSchema.ts';
import type { FileParser } from '../files/fileParser.ts';
import { readFrontMatter } from '../source/frontMatter.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourceDocument } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';

/** A file that `.claude/claude.json` names: the Markdown of an agent, or its contract. */
export type NamedText =
  | { readonly kind: 'unread'; readonly why: Diagnostic }
  | {
      readonly kind: 'read';
      /** Without blank lines around it, and without front matter. */
      readonly text: string;
      /** What its `## Role` says first, else its title. */
      readonly description: string;
      readonly tools: readonly string[] | undefined;
      readonly models: readonly string[];
      readonly digest: Digest;
    };

export const namedMarkdown: FileParser<NamedText> = {
  id: 'named-markdown',
  parse: readMarkdown,
  refuse: (_file, why) => ({ kind: 'unread', why }),
};

/** A contract may be of any kind: its text is taken as it is. */
export const namedContract: FileParser<NamedText> = {
  id: 'named-contract',
  parse: ({ text, digest }) => ({
    kind: 'read',
    text: text.trim(),
    description: '',
    tools: undefined,
    models: [],
    digest,
  }),
  refuse: (_file, why) => ({ kind: 'unread', why }),
};

/** Such files have no front matter by rule; where one has, what it says counts. */
function readMarkdown(source: SourceText): NamedText {
  const front = readFrontMatter(source);
  // A broken one may be no front matter at all: the text can begin with a line across the page.
  const body = front.kind === 'broken' ? source.text.trim() : front.body;
  const said = front.kind === 'present' ? readFront(front.document) : undefined;
  return {
    kind: 'read',
    text: body,
    description: said?.description ?? roleIn(body) ?? titleOf(body) ?? '',
    tools: said?.tools,
    models: said?.models ?? [],
    digest: source.digest,
  };
}

function readFront(document: SourceDocument) {
  const { root } = document;
  const reader = new DocumentReader(document, []);
  const fields = reader.fields(foreignAgentSchema, [], root.kind === 'map' ? root.value : {});
  const models = readWords(reader, ['model'], fields.model) ?? [];
  return {
    description: document.textAt(['description']),
    tools: readWords(reader, ['tools'], fields.tools),
    models: models.filter((model) => model !== 'inherit'),
  };
}

function titleOf(body: string): string | undefined {
  return /^#[ \t]+(\S.*)$/m.exec(body)?.[1]?.trim();
}

/** The first paragraph below the heading `Role`, on one line. */
function roleIn(body: string): string | undefined {
  const lines = body.split(/\r\n|\n|\r/);
  const heading = lines.findIndex((line) => /^#{1,6}[ \t]+role[ \t]*:?[ \t]*#*$/i.test(line));
  if (heading === -1) {
    return undefined;
  }
  const below = lines.slice(heading + 1);
  const begin = below.findIndex((line) => line.trim() !== '');
  const paragraph = begin === -1 ? [] : below.slice(begin);
  const end = paragraph.findIndex((line) => line.trim() === '' || /^#{1,6}[ \t]/.test(line));
  const text = (end === -1 ? paragraph : paragraph.slice(0, end))
    .map((line) => line.trim())
    .join(' ');
  return text === '' ? undefined : text;
}
