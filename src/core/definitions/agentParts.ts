import path from 'node:path/posix';
import type { Agent, AgentFormat } from '../domain/agent.ts';
import { DEFAULT_CRITICALITY } from '../domain/agent.ts';
import { hasErrors, type Diagnostic } from '../domain/diagnostic.ts';
import { NO_TERMS } from '../domain/terms.ts';
import { agentName } from '../domain/ids.ts';
import { isName, NAME_RULE } from './commonSchema.ts';
import type { AgentEntry, InvalidAgentEntry } from './entries.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './shape.ts';
import type { SourceDocument, SourcePath } from './sourceDocument.ts';
import type { SourceText } from './sourceText.ts';

// What YAML and Markdown agents have in common.

/** The fields every format may have, as their schema found them. */
export interface DescribedBy {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly criticality?: number | undefined;
  readonly version?: unknown;
  readonly domains?: unknown;
  readonly tools?: unknown;
}

/** `lint.agent.md` and `lint.yaml` are called `lint`. */
export function nameByFile(file: string): string {
  const name = path.basename(file.replaceAll('\\', '/'));
  return name.replace(/(?:\.(?:agent|chatmode))?\.[^.]*$/i, '') || name;
}

/** The agent as far as its description goes; without what executes it. */
export function describeAgent(
  reader: DocumentReader,
  fields: DescribedBy,
): Omit<Agent, 'runner' | 'format'> {
  const { source } = reader.document;
  const textOf = (field: keyof DescribedBy) =>
    fields[field] === undefined ? undefined : reader.textAt([field]);
  let name = textOf('name') ?? nameByFile(source.file);
  if (!isName(name)) {
    reader.report(['name'], problems.wrongValue('"name"', NAME_RULE));
    name = nameByFile(source.file);
  }
  return {
    name: agentName(name),
    description: textOf('description') ?? '',
    criticality: fields.criticality ?? DEFAULT_CRITICALITY,
    version: textOf('version'),
    domains: readWords(reader, ['domains'], fields.domains) ?? [],
    tools: readWords(reader, ['tools'], fields.tools),
    terms: NO_TERMS,
    file: source.file,
    digest: source.digest,
  };
}

/** A list of texts, or one text with commas between its parts. `undefined`: it is not written. */
export function readWords(
  reader: DocumentReader,
  path: SourcePath,
  value: unknown,
): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  const words = Array.isArray(value)
    ? value.map((_, index) => reader.textAt([...path, index]))
    : splitAtCommas(reader.textAt(path));
  return words.map((word) => word.trim()).filter((word) => word !== '');
}

/** `Read, Bash(git add:*, git commit:*)` has two parts: commas in brackets separate nothing. */
function splitAtCommas(text: string): string[] {
  return text.match(/(?:\([^)]*\)?|[^,(])+/g) ?? [];
}

/** The entry of an agent whose file could be read; its errors decide whether it is valid. */
export function agentEntry(
  agent: Agent,
  source: SourceDocument | undefined,
  diagnostics: readonly Diagnostic[],
): AgentEntry {
  const { name, file, format } = agent;
  const base = { file, name, format, source, shadowedBy: undefined, diagnostics };
  return hasErrors(diagnostics)
    ? { ...base, kind: 'invalid', nameFrom: 'content' }
    : { ...base, kind: 'valid', agent };
}

/** The entry of a file of which nothing is known but its name. */
export function unreadAgent(
  file: string,
  format: AgentFormat,
  diagnostics: readonly Diagnostic[],
): InvalidAgentEntry {
  return {
    kind: 'invalid',
    file,
    name: agentName(nameByFile(file)),
    nameFrom: 'guess',
    format,
    source: undefined,
    shadowedBy: undefined,
    diagnostics,
  };
}

export function isBlank({ text }: SourceText): boolean {
  return text.trim() === '';
}
