import path from 'node:path/posix';
import { FILE_START, hasErrors, type Diagnostic, type Range } from '../../domain/diagnostic.ts';
import type { Workflow } from '../../domain/workflow.ts';
import { analyze, type Surroundings } from './analysis.ts';
import { readClaudeSettings } from '../imports/claudeSettings.ts';
import type {
  AgentIndex,
  InvalidWorkflowEntry,
  WorkflowEntry,
  WorkflowFormat,
} from '../entries.ts';
import type { FileParser } from '../files/fileParser.ts';
import { inReadingOrder } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { looksLikeClaudeJson, readClaudeWorkflow } from '../imports/readClaudeWorkflows.ts';
import { looksLikeTodos, readTodoList } from '../imports/readTodoList.ts';
import { settledTodos } from '../imports/settledTodos.ts';
import { readWorkflow } from './readWorkflow.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourceDocument } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import { toWorkflow } from './toWorkflow.ts';
import type { WorkflowDraft } from './workflowDraft.ts';
import { isClaudeJson, isTodoFile } from '../files/workflowFiles.ts';
import { WorkflowSource } from './workflowSource.ts';
import { parseYaml } from '../source/yamlSource.ts';

/** A workflow as far as its file can be read by itself, before it is known what stands around it. */
export interface ParsedWorkflow {
  readonly kind: 'parsed';
  readonly file: string;
  readonly name: string;
  readonly format: WorkflowFormat;
  readonly source: WorkflowSource;
  readonly draft: WorkflowDraft;
  /** Of its shape. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The workflows of one file: one, but for `.claude/claude.json`, which holds any number. */
export interface ParsedFile {
  readonly workflows: readonly (ParsedWorkflow | InvalidWorkflowEntry)[];
  /** What is wrong with none of them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Every workflow of a file, of whatever format it is. */
export function parseWorkflowFile(source: SourceText): ParsedFile {
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return { workflows: [unreadWorkflow(source.file, diagnostics)], diagnostics: [] };
  }
  return formatOf(document) === 'claude-json'
    ? parseClaudeJson(document, diagnostics)
    : { workflows: [parseSingle(document, diagnostics)], diagnostics: [] };
}

export const workflowFile: FileParser<ParsedFile> = {
  id: 'workflow',
  parse: parseWorkflowFile,
  refuse: (file, why) => ({ workflows: [unreadWorkflow(file, [why])], diagnostics: [] }),
};

/** The workflow of a file that holds one, the first of one that holds several; an entry at once where the file is no YAML. */
export function parseWorkflow(source: SourceText): ParsedWorkflow | InvalidWorkflowEntry {
  const [first] = parseWorkflowFile(source).workflows;
  return first ?? unreadWorkflow(source.file, []);
}

/** What is in the file, told by its place and by its shape. */
function formatOf({ source: { file }, root }: SourceDocument): WorkflowFormat {
  if (isClaudeJson(file) || looksLikeClaudeJson(root)) {
    return 'claude-json';
  }
  return isTodoFile(file) || looksLikeTodos(root) ? 'todo' : 'sluice';
}

function parseSingle(document: SourceDocument, diagnostics: readonly Diagnostic[]): ParsedWorkflow {
  const { file } = document.source;
  const format = formatOf(document);
  const reader = new DocumentReader(document, diagnostics);
  const fileName = workflowNameByFile(file);
  const read = format === 'todo' ? readTodoList : readWorkflow;
  const draft = read(reader, fileName);
  return {
    kind: 'parsed',
    file,
    format,
    name: draft.name,
    source: new WorkflowSource(document, draft),
    draft,
    diagnostics: reader.diagnostics,
  };
}

function parseClaudeJson(document: SourceDocument, diagnostics: readonly Diagnostic[]): ParsedFile {
  const { file } = document.source;
  const { root } = document;
  const workflows = document.nodeAt(['workflows']);
  if (root.kind !== 'map' || (workflows !== undefined && workflows.kind !== 'map')) {
    const reader = new DocumentReader(document, diagnostics);
    if (root.kind === 'map') {
      reader.report(['workflows'], problems.notFields('"workflows"'));
    } else if (root.kind === 'scalar' && root.value === null) {
      reader.reportAt(FILE_START, problems.emptyFile('"agents" and "workflows"'));
    } else {
      reader.report([], problems.notFields('This file'));
    }
    return { workflows: [unreadWorkflow(file, reader.diagnostics)], diagnostics: [] };
  }
  const settings = readClaudeSettings(document);
  const names = document.keysAt(['workflows']);
  const own = new Set<Diagnostic>();
  const parsed = names.map((name): ParsedWorkflow => {
    const within = document.rangeOf(['workflows', name]);
    const ofIt = diagnostics.filter(({ range }) => encloses(within, range));
    ofIt.forEach((diagnostic) => own.add(diagnostic));
    const reader = new DocumentReader(document, ofIt);
    const draft = readClaudeWorkflow(reader, name, settings);
    return {
      kind: 'parsed',
      file,
      format: 'claude-json',
      name,
      source: new WorkflowSource(document, draft, ['workflows', name]),
      draft,
      diagnostics: reader.diagnostics,
    };
  });
  const others = diagnostics.filter((diagnostic) => !own.has(diagnostic));
  return { workflows: parsed, diagnostics: [...others, ...settings.diagnostics] };
}

function encloses(outer: Range, inner: Range): boolean {
  const isBefore = (a: Range['start'], b: Range['start']) =>
    a.line < b.line || (a.line === b.line && a.column <= b.column);
  return isBefore(outer.start, inner.start) && isBefore(inner.end, outer.end);
}

/** Everything that can be told of a workflow's file: pure, so that it can be asked again and again. */
export function judgeWorkflow(parsed: ParsedWorkflow, surroundings: Surroundings): WorkflowEntry {
  const { file, name, format, source, diagnostics } = parsed;
  const reader = new DocumentReader(source.document, diagnostics);
  const draft = withAgents(parsed, surroundings.agents);
  analyze(draft, surroundings, reader);
  const entry = { file, name, format, source, diagnostics: inReadingOrder(reader.diagnostics) };
  return hasErrors(entry.diagnostics)
    ? { ...entry, kind: 'invalid' }
    : {
        ...entry,
        kind: 'valid',
        workflow: workflowOf(draft, source, surroundings),
      };
}

/** What `convertible` forgives: the workflow is a right one, of agents that are not there yet. */
const OF_AGENTS: readonly string[] = ['unknown-agent', 'broken-agent'];

/**
 * The workflow that can be written as a file although its agents may not be there; `undefined`: more
 * than that is wrong with it.
 */
export function convertible(
  parsed: ParsedWorkflow,
  surroundings: Surroundings,
): Workflow | undefined {
  const { diagnostics } = judgeWorkflow(parsed, surroundings);
  const isWrong = hasErrors(diagnostics.filter(({ code }) => !OF_AGENTS.includes(code)));
  return isWrong
    ? undefined
    : workflowOf(withAgents(parsed, surroundings.agents), parsed.source, surroundings);
}

function workflowOf(
  draft: WorkflowDraft,
  { document }: WorkflowSource,
  { schemas, workflows }: Surroundings,
): Workflow {
  return toWorkflow(draft, document, schemas, workflows);
}

function withAgents({ format, draft }: ParsedWorkflow, agents: AgentIndex): WorkflowDraft {
  return format === 'todo' ? settledTodos(draft, agents) : draft;
}

/** The entry of a file of which nothing is known but its name. */
export function unreadWorkflow(
  file: string,
  diagnostics: readonly Diagnostic[],
): InvalidWorkflowEntry {
  return {
    kind: 'invalid',
    file,
    name: workflowNameByFile(file),
    format: isClaudeJson(file) ? 'claude-json' : isTodoFile(file) ? 'todo' : 'sluice',
    source: undefined,
    diagnostics: inReadingOrder(diagnostics),
  };
}

function workflowNameByFile(file: string): string {
  const name = path.basename(file.replaceAll('\\', '/'));
  return name.replace(/\.[^.]*$/, '') || name;
}
