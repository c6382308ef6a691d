import path from 'node:path/posix';
import { z } from 'zod';
import { digestOf } from '../../base/digest.ts';
import { DEFAULT_CRITICALITY } from '../../domain/agent.ts';
import { hasErrors, type Diagnostic, type Location } from '../../domain/diagnostic.ts';
import { agentName, type AgentName } from '../../domain/ids.ts';
import { NO_TERMS } from '../../domain/terms.ts';
import { readWords, unreadAgent } from './agentParts.ts';
import * as agentProblems from './agentProblems.ts';
import { isName, NAME_RULE, text, textOrList } from '../commonSchema.ts';
import type { AgentDraft } from '../entries.ts';
import type { FileParser } from '../files/fileParser.ts';
import type { NamedText } from './namedText.ts';
import { diagnosticAt } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import { parseYaml } from '../source/yamlSource.ts';

/** The agents of `.claude/claude.json`, before the files it names are read. */
export interface ClaudeJson {
  readonly file: string;
  readonly agents: readonly ListedAgent[];
  /** Of the file as a whole. */
  readonly diagnostics: readonly Diagnostic[];
  /** True where its agents cannot be told at all. */
  readonly unread: boolean;
}

export interface ListedAgent {
  readonly name: AgentName;
  readonly place: Location;
  readonly markdown: NamedFile | undefined;
  readonly contract: NamedFile | undefined;
  readonly domains: readonly string[];
  readonly priority: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface NamedFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** Where it is named. */
  readonly place: Location;
}

const listedAgentSchema = z.looseObject({
  file: text.optional(),
  path: text.optional(),
  contract: text.optional(),
  domains: textOrList.optional(),
  priority: z.number({ error: 'must be a number' }).optional(),
});

export const claudeJson: FileParser<ClaudeJson> = {
  id: 'claude-json-agents',
  parse: readClaudeJson,
  refuse: (file, why) => ({ file, agents: [], diagnostics: [why], unread: true }),
};

function readClaudeJson(source: SourceText): ClaudeJson {
  const { file } = source;
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return { file, agents: [], diagnostics, unread: true };
  }
  const reader = new DocumentReader(document, diagnostics);
  const agents = document.nodeAt(['agents']);
  if (document.root.kind !== 'map') {
    reader.report([], problems.notFields('This file'));
  } else if (agents !== undefined && agents.kind !== 'map') {
    reader.report(['agents'], problems.notFields('"agents"'));
  }
  const names = document.keysAt(['agents']);
  return {
    file,
    agents: names.map((name) => readListed(new DocumentReader(document, []), name)),
    diagnostics: reader.diagnostics,
    unread: names.length === 0 && hasErrors(reader.diagnostics),
  };
}

function readListed(reader: DocumentReader, name: string): ListedAgent {
  const at: SourcePath = ['agents', name];
  const { document, file } = reader;
  const place = { file, range: document.rangeOf(at, 'key') };
  if (!isName(name)) {
    reader.reportAt(place.range, problems.wrongValue('The name of an agent', NAME_RULE));
  }
  const node = document.nodeAt(at);
  if (node?.kind !== 'map') {
    reader.report(at, problems.notFields('An agent'));
  }
  const fields = node?.kind === 'map' ? reader.fields(listedAgentSchema, at, node.value) : {};
  const key = fields.file === undefined && fields.path !== undefined ? 'path' : 'file';
  if (node?.kind === 'map' && !('file' in node.value) && !('path' in node.value)) {
    reader.reportAt(place.range, agentProblems.noAgentFile());
  }
  const named = (field: 'file' | 'path' | 'contract') =>
    fields[field] === undefined ? undefined : readNamedFile(reader, [...at, field]);
  return {
    name: agentName(name),
    place,
    markdown: named(key),
    contract: named('contract'),
    domains: readWords(reader, [...at, 'domains'], fields.domains) ?? [],
    priority: fields.priority,
    diagnostics: reader.diagnostics,
  };
}

/** Files are named from the folder that the list is in. */
function readNamedFile(reader: DocumentReader, at: SourcePath): NamedFile | undefined {
  const written = reader.textAt(at).trim();
  const file = path.join(path.dirname(reader.file), written.replaceAll('\\', '/'));
  const place = { file: reader.file, range: reader.document.rangeOf(at) };
  if (written === '') {
    reader.report(at, problems.wrongValue(`"${String(at.at(-1))}"`, 'must name a file'));
    return undefined;
  }
  if (/^(?:[\\/]|[A-Za-z]:)/.test(written) || /^\.\.(?:\/|$)/.test(file)) {
    reader.report(at, agentProblems.outsideFolder(written));
    return undefined;
  }
  return { file, place };
}

/** All that the agents of a list name, by file. */
export interface NamedTexts {
  readonly markdown: ReadonlyMap<string, NamedText>;
  readonly contracts: ReadonlyMap<string, NamedText>;
}

/** The agents of the list with the files it names. */
export function listedDrafts(list: ClaudeJson, texts: NamedTexts): readonly AgentDraft[] {
  return list.unread
    ? [unreadAgent(list.file, 'claude-json', list.diagnostics)]
    : list.agents.map((listed) => listedDraft(listed, texts));
}

function listedDraft(
  { name, place, markdown, contract, domains, priority, diagnostics: found }: ListedAgent,
  texts: NamedTexts,
): AgentDraft {
  const diagnostics = [...found];
  const textOf = (named: NamedFile | undefined, among: ReadonlyMap<string, NamedText>) => {
    const text = named && among.get(named.file);
    if (named !== undefined && text?.kind === 'unread') {
      const { why } = text;
      const problem = agentProblems.badNamedFile(named.file, why.message);
      diagnostics.push(
        diagnosticAt(named.place.file, named.place.range, problem, [
          { file: why.file, range: why.range, message: why.message },
        ]),
      );
    }
    return text?.kind === 'read' ? text : undefined;
  };
  const own = textOf(markdown, texts.markdown);
  const agreed = textOf(contract, texts.contracts);
  if (own?.text === '' && markdown !== undefined) {
    const problem = agentProblems.emptyNamedFile(markdown.file);
    diagnostics.push(diagnosticAt(markdown.place.file, markdown.place.range, problem));
  }
  const draft = {
    // Of an agent whose own file is not there, the list is what has to be repaired.
    file: own === undefined || markdown === undefined ? place.file : markdown.file,
    name,
    format: 'claude-json',
    place,
    variables: {},
    ...(priority === undefined ? {} : { priority }),
    diagnostics,
  } as const;
  if (own === undefined || hasErrors(diagnostics)) {
    return { ...draft, kind: 'invalid', nameFrom: 'content' };
  }
  return {
    ...draft,
    kind: 'valid',
    agent: {
      name,
      description: own.description,
      criticality: DEFAULT_CRITICALITY,
      version: undefined,
      domains,
      tools: own.tools,
      runner: {
        kind: 'model',
        instructions: agreed === undefined ? own.text : `${own.text}\n\n${agreed.text}`,
        models: own.models,
        mcpServers: [],
      },
      outputSchema: undefined,
      asTool: undefined,
      terms: NO_TERMS,
      format: draft.format,
      file: draft.file,
      digest: agreed === undefined ? own.digest : digestOf(`${own.digest} ${agreed.digest}`),
    },
  };
}
