import path from 'node:path/posix';
import type { Agent, AgentFormat } from '../../domain/agent.ts';
import { DEFAULT_CRITICALITY } from '../../domain/agent.ts';
import { FILE_START, hasErrors, type Diagnostic, type Location } from '../../domain/diagnostic.ts';
import { agentName } from '../../domain/ids.ts';
import { checkCacheEffect } from '../cacheRule.ts';
import { isName, NAME_RULE } from '../commonSchema.ts';
import type { AgentDraft, InvalidAgentDraft } from '../entries.ts';
import type { Declared } from './declaredSchemas.ts';
import * as problems from '../problems.ts';
import { checkSandboxEffect } from '../sandboxRule.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import { readTerms, type TermsFields } from '../terms.ts';

// What agents of all formats have in common.

/** The fields every format may have, as their schema found them. */
export interface DescribedBy extends TermsFields {
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

/**
 * The agent as far as its description goes; without what executes it.
 * @param path of the map that describes it
 * @param nameField which of its fields is the name
 */
export function describeAgent(
  reader: DocumentReader,
  fields: DescribedBy,
  path: SourcePath = [],
  nameField: 'name' | 'id' = 'name',
): Omit<Agent, 'runner' | 'format'> {
  const { source } = reader.document;
  const textOf = (field: 'description' | 'version') =>
    fields[field] === undefined ? undefined : reader.textAt([...path, field]);
  const isNamed = fields.name !== undefined;
  let name = isNamed ? reader.textAt([...path, nameField]) : nameByFile(source.file);
  if (!isName(name)) {
    reader.report([...path, nameField], problems.wrongValue(`"${nameField}"`, NAME_RULE));
    name = nameByFile(source.file);
  }
  return {
    name: agentName(name),
    description: textOf('description') ?? '',
    criticality: fields.criticality ?? DEFAULT_CRITICALITY,
    version: textOf('version'),
    domains: readWords(reader, [...path, 'domains'], fields.domains) ?? [],
    tools: readWords(reader, [...path, 'tools'], fields.tools),
    outputSchema: undefined,
    asTool: undefined,
    terms: readTerms(reader, path, fields),
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

/** What a file that could be read says of an agent; its errors decide whether it is valid. */
export function agentDraft(
  agent: Agent,
  reader: DocumentReader,
  declares: Declared | undefined,
  name: SourcePath = ['name'],
  variables: AgentDraft['variables'] = {},
): AgentDraft {
  const { terms, runner } = agent;
  const at = name.slice(0, -1);
  checkCacheEffect(reader, [...at, 'cache'], terms.cache, runner.kind);
  const kind = { runner: runner.kind, tools: agent.tools };
  checkSandboxEffect(reader, [...at, 'sandbox'], terms.sandbox, kind);
  const { diagnostics, document } = reader;
  const isNamed = document.nodeAt(name) !== undefined;
  const draft = {
    file: agent.file,
    name: agent.name,
    format: agent.format,
    place: { file: agent.file, range: isNamed ? document.rangeOf(name) : FILE_START },
    variables,
    diagnostics,
  };
  return hasErrors(diagnostics)
    ? { ...draft, kind: 'invalid', nameFrom: 'content' }
    : { ...draft, kind: 'valid', agent, ...(declares === undefined ? {} : { declares }) };
}

/** Of a file of which nothing is known but its name. */
export function unreadAgent(
  file: string,
  format: AgentFormat,
  diagnostics: readonly Diagnostic[],
): InvalidAgentDraft {
  return {
    kind: 'invalid',
    file,
    name: agentName(nameByFile(file)),
    nameFrom: 'guess',
    format,
    place: startOf(file),
    variables: {},
    diagnostics,
  };
}

export function startOf(file: string): Location {
  return { file, range: FILE_START };
}

export function isBlank({ text }: SourceText): boolean {
  return text.trim() === '';
}
