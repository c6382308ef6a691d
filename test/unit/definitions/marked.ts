import { digestOf } from '../../../src/core/base/digest.ts';
import type { Agent, AgentFormat } from '../../../src/core/domain/agent.ts';
import { FILE_START, type Diagnostic, type Range } from '../../../src/core/domain/diagnostic.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import { ok } from '../../../src/core/base/result.ts';
import {
  indexAgents,
  type AgentDraft,
  type AgentEntry,
  type AgentIndex,
  type WorkflowEntry,
} from '../../../src/core/definitions/entries.ts';
import { judgeWorkflows } from '../../../src/core/definitions/workflows/judgeWorkflows.ts';
import { readAgents } from '../../../src/core/definitions/agents/readAgent.ts';
import {
  ProductSchemas,
  schemaFilesOf,
} from '../../../src/core/definitions/workflows/productSchemas.ts';
import { parseWorkflow } from '../../../src/core/definitions/workflows/workflowEntry.ts';
import { decodeSource, type SourceText } from '../../../src/core/definitions/source/sourceText.ts';

/** A file's text with `«…»` around where problems are expected, and `‹…›` around what is told beside. */
export interface Marked {
  readonly text: string;
  readonly ranges: readonly Range[];
  readonly related: readonly Range[];
}

/** Takes the marks out. Ranges come in the order of their first characters. */
export function unmark(marked: string): Marked {
  let text = '';
  const ranges: { start: number; end: number }[] = [];
  const related: { start: number; end: number }[] = [];
  const open: { start: number; end: number }[] = [];
  for (const character of marked) {
    if (character === '«' || character === '‹') {
      const range = { start: text.length, end: text.length };
      (character === '«' ? ranges : related).push(range);
      open.push(range);
    } else if (character === '»' || character === '›') {
      const range = open.pop();
      if (range !== undefined) {
        range.end = text.length;
      }
    } else {
      text += character;
    }
  }
  const position = (offset: number) => {
    const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  };
  const toRange = ({ start, end }: { start: number; end: number }) => ({
    start: position(start),
    end: position(end),
  });
  return { text, ranges: ranges.map(toRange), related: related.map(toRange) };
}

/** Lines without the indentation that the first of them has. */
export function lines(strings: TemplateStringsArray, ...values: readonly string[]): string {
  const text = String.raw(strings, ...values).replace(/^\n/, '');
  const indent = /^ */.exec(text)?.[0] ?? '';
  return text.replace(new RegExp(`^${indent}`, 'gm'), '').replace(/ +$/, '');
}

export function sourceOf(file: string, text: string | Uint8Array): SourceText {
  const source = decodeSource(file, typeof text === 'string' ? Buffer.from(text) : text);
  if (!source.ok) {
    throw new Error(source.error.message);
  }
  return source.value;
}

/**
 * A workflow among others, which stand behind it, without any file: each schema in one is taken for
 * a good one.
 */
export function readWorkflowText(
  source: SourceText,
  agents: AgentIndex,
  ...others: readonly SourceText[]
): WorkflowEntry {
  const read = [source, ...others].map(parseWorkflow);
  const drafts = read.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
  const files = [...schemaFilesOf(drafts)];
  const schemas = new ProductSchemas(new Map(files.map((file) => [file, ok({})])), () => undefined);
  const [entry] = judgeWorkflows(read, agents, schemas);
  if (entry === undefined) {
    throw new Error('no workflow was judged');
  }
  return entry;
}

/** `code: message` of each. */
export function said(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

/** What a file says that is one agent. */
export function readAgent(source: SourceText, format: AgentFormat): AgentDraft {
  const [draft, ...others] = readAgents(source, format);
  if (draft === undefined || others.length > 0) {
    throw new Error(`${source.file} is ${others.length + 1} agents`);
  }
  return draft;
}

/** That draft as the only one there is. */
export function listed(draft: AgentDraft): AgentEntry {
  return {
    ...draft,
    origin: { label: '.sluice/agents', scope: 'folder' },
    shadowedBy: undefined,
    overlay: undefined,
  };
}

/** Agents that work, by name. */
export function agentsNamed(...names: string[]) {
  return indexAgents(names.map((name) => validAgent(name)));
}

export function validAgent(name: string, env: Readonly<Record<string, string>> = {}): AgentEntry {
  const file = `.sluice/agents/${name}.yaml`;
  const agent: Agent = {
    name: agentName(name),
    description: '',
    criticality: 5,
    version: undefined,
    domains: [],
    tools: undefined,
    runner: {
      kind: 'command',
      command: ['true'],
      successCodes: [0],
      env,
      install: undefined,
      limits: { timeoutMs: 1000, idleTimeoutMs: undefined, graceMs: 1000 },
      effects: 'copy',
      probe: undefined,
      stdin: 'prompt',
    },
    outputSchema: undefined,
    asTool: undefined,
    terms: NO_TERMS,
    format: 'sluice',
    file,
    digest: digestOf(name),
  };
  return {
    kind: 'valid',
    file,
    name: agent.name,
    format: 'sluice',
    place: { file, range: FILE_START },
    variables: {},
    agent,
    origin: { label: '.sluice/agents', scope: 'folder' },
    shadowedBy: undefined,
    overlay: undefined,
    diagnostics: [],
  };
}
