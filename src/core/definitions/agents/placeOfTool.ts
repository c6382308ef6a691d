import type { Location } from '../../domain/diagnostic.ts';
import { readSourceFile } from '../files/readSource.ts';
import { readFrontMatter } from '../source/frontMatter.ts';
import type { SourceDocument, SourcePath } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import { parseYaml } from '../source/yamlSource.ts';

/** Fields that name tools or servers of them, whoever owns the file. */
const FIELDS = ['tools', 'mcp-servers', 'mcpServers'] as const;

/**
 * Where an agent's file writes the name of a tool, or of a server of tools; `undefined`: the file has changed, or is
 * not one that writes them.
 * @param folder absolute @param file relative to it, or absolute
 */
export function placeOfTool(folder: string, file: string, name: string): Location | undefined {
  const { source } = readSourceFile(folder, file);
  const document = source.ok ? documentIn(source.value) : undefined;
  if (document === undefined) {
    return undefined;
  }
  const paths = FIELDS.flatMap((field): SourcePath[] => {
    const node = document.nodeAt([field]);
    return node?.kind === 'list' ? node.items.map((_, index) => [field, index]) : [[field]];
  });
  const exact = paths.find((path) => document.textAt(path)?.trim() === name);
  const path = exact ?? paths.find((one) => document.textAt(one)?.includes(name) === true);
  return path && { file, range: document.rangeOf(path) };
}

function documentIn(source: SourceText): SourceDocument | undefined {
  if (!/\.md$/i.test(source.file)) {
    return parseYaml(source).document;
  }
  const front = readFrontMatter(source);
  return front.kind === 'present' ? front.document : undefined;
}
