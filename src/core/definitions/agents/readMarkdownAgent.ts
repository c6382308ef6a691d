import type { AgentFormat, ModelSpec } from '../../domain/agent.ts';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import type { CallPolicy } from '../../domain/call.ts';
import { PERMISSION_MODES, type PermissionMode } from '../../domain/terms.ts';
import {
  agentDraft,
  describeAgent,
  type DescribedBy,
  isBlank,
  nameByFile,
  readWords,
  unreadAgent,
} from './agentParts.ts';
import * as agentProblems from './agentProblems.ts';
import { foreignAgentSchema, FOREIGN_FIELDS, markdownAgentSchema } from './agentSchema.ts';
import { readDeclared, type DeclaringFields } from './declaredSchemas.ts';
import { readInstructed } from './readInstructed.ts';
import { readMcpServers } from './readMcpServers.ts';
import type { AgentDraft } from '../entries.ts';
import { frontMatterRange, readFrontMatter } from '../source/frontMatter.ts';
import { diagnosticAt, type Problem } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { DocumentReader } from '../source/shape.ts';
import { SourceDocument } from '../source/sourceDocument.ts';
import type { SourceText } from '../source/sourceText.ts';
import { emptyMap } from '../source/sourceNode.ts';

/** An agent as Markdown: fields in the front matter, the text below it the model's instructions. */
export function readMarkdownAgent(source: SourceText, format: AgentFormat): AgentDraft {
  const refuse = (problem: Problem, diagnostics: readonly Diagnostic[] = []) =>
    unreadAgent(source.file, format, [
      ...diagnostics,
      diagnosticAt(source.file, frontMatterRange(source), problem),
    ]);
  if (isBlank(source)) {
    return refuse(problems.emptyFile('an agent: fields between "---" lines, and its instructions'));
  }
  const front = readFrontMatter(source);
  if (front.kind === 'broken') {
    return unreadAgent(source.file, format, front.diagnostics);
  }
  if (front.kind === 'absent' && format === 'claude') {
    return refuse(
      agentProblems.skippedByClaude(
        'has no front matter',
        'Start it with a line "---", lines for "name:" and "description:", and another "---".',
      ),
    );
  }
  const document =
    front.kind === 'present' ? front.document : new SourceDocument(source, emptyMap());
  const reader = new DocumentReader(document, front.kind === 'present' ? front.diagnostics : []);
  const fields = readFields(reader, format);
  if (format === 'claude') {
    checkClaudeRules(reader);
  }
  if (front.body === '') {
    reader.reportAt(frontMatterRange(source), agentProblems.noInstructions());
  }
  const agent = describeAgent(reader, fields);
  const forbidden = new Set(readWords(reader, ['disallowedTools'], fields.disallowedTools));
  return agentDraft(
    {
      ...agent,
      tools: agent.tools?.filter((tool) => !forbidden.has(tool)),
      terms: {
        ...agent.terms,
        permissions: agent.terms.permissions ?? readPermissionMode(reader),
        calls: agent.terms.calls ?? readMaxTurns(reader),
      },
      format,
      runner:
        format === 'sluice'
          ? readInstructed(reader, fields, front.body)
          : foreignModel(reader, format, fields.model, front.body),
    },
    reader,
    format === 'sluice' ? readDeclared(reader, [], fields) : undefined,
  );
}

/** The fields that count, whoever owns the file. */
interface MarkdownFields extends DescribedBy, DeclaringFields {
  readonly runner?: unknown;
  readonly model?: unknown;
  readonly disallowedTools?: unknown;
  readonly 'mcp-servers'?: unknown;
}

function readFields(reader: DocumentReader, format: AgentFormat): MarkdownFields {
  const { root } = reader.document;
  const written = root.kind === 'map' ? Object.entries(root.value) : [];
  // Other tools take a field without a value for one that is not there.
  const given = Object.fromEntries(written.filter(([, value]) => value !== null));
  if (format !== 'sluice') {
    return reader.fields(foreignAgentSchema, [], given);
  }
  const own = reader.fields(
    markdownAgentSchema,
    [],
    Object.fromEntries(
      written.filter(([key]) => key === 'mcp-servers' || !FOREIGN_FIELDS.has(key)),
    ),
    (key) => (key === 'instructions' ? agentProblems.instructionsBelow() : undefined),
  );
  const { disallowedTools } = reader.fields(
    foreignAgentSchema.pick({ disallowedTools: true }),
    [],
    given,
  );
  return { ...own, disallowedTools };
}

function foreignModel(
  reader: DocumentReader,
  format: AgentFormat,
  written: unknown,
  instructions: string,
): ModelSpec {
  const models = readWords(reader, ['model'], written) ?? [];
  const servers = format === 'claude' ? 'mcpServers' : 'mcp-servers';
  return {
    kind: 'model',
    instructions,
    // `inherit` is Claude Code's word for whatever the user has chosen.
    models: models.filter((model) => format !== 'claude' || model !== 'inherit'),
    mcpServers: readMcpServers(reader, [servers], true),
  };
}

/** Modes of Claude Code that Sluice does not have, and what comes nearest without allowing more unasked. */
const NEAREST_MODES: Readonly<Record<string, PermissionMode>> = {
  manual: 'default',
  auto: 'acceptEdits',
  dontAsk: 'default',
  delegate: 'default',
};

/** Claude Code's field. */
function readPermissionMode(reader: DocumentReader): PermissionMode | undefined {
  const at = ['permissionMode'];
  const written = reader.document.textAt(at) ?? '';
  const nearest = Object.hasOwn(NEAREST_MODES, written) ? NEAREST_MODES[written] : undefined;
  if (nearest === undefined) {
    return PERMISSION_MODES.find((mode) => mode === written);
  }
  // `manual` is Claude Code's own other word for `default`.
  if (written !== 'manual') {
    reader.report(at, agentProblems.permissionsTaken(written, nearest));
  }
  return nearest;
}

/** Claude Code's field. */
function readMaxTurns(reader: DocumentReader): CallPolicy | undefined {
  const turns = Number(reader.document.textAt(['maxTurns']) ?? '');
  return Number.isInteger(turns) && turns > 0
    ? { attempts: undefined, maxWaitMs: undefined, onOtherModel: undefined, maxTurns: turns }
    : undefined;
}

/** Claude Code passes over a file without a word for each of these. */
function checkClaudeRules(reader: DocumentReader): void {
  const { document } = reader;
  const start = frontMatterRange(document.source);
  const isGiven = (field: string) => {
    const node = document.nodeAt([field]);
    return node !== undefined && (node.kind !== 'scalar' || node.text.trim() !== '');
  };
  if (!isGiven('name')) {
    const example = nameByFile(reader.file);
    reader.reportAt(
      start,
      agentProblems.skippedByClaude('has no "name"', `Add "name: ${example}" to its front matter.`),
    );
  }
  const name = reader.textAt(['name']);
  if (name.startsWith('-') || name.includes(':')) {
    reader.report(
      ['name'],
      agentProblems.skippedByClaude(
        'has a name that starts with "-" or holds ":"',
        'Choose another name.',
      ),
    );
  }
  if (!isGiven('description')) {
    reader.reportAt(
      start,
      agentProblems.skippedByClaude(
        'has no "description"',
        'Say in its front matter when the agent is to be used.',
      ),
    );
  }
}
