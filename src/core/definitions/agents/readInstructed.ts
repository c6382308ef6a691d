import type { ClaudeCodeSpec, ModelSpec } from '../../domain/agent.ts';
import type { DocumentReader } from '../source/shape.ts';
import { readWords } from './agentParts.ts';
import * as agentProblems from './agentProblems.ts';
import { readMcpServers } from './readMcpServers.ts';

/** Who executes an agent that is instructions for a model. */
export function isInstructed(runner: unknown): runner is 'model' | 'claude-code' {
  return runner === 'model' || runner === 'claude-code';
}

interface InstructedFields {
  readonly runner?: unknown;
  readonly model?: unknown;
  readonly 'mcp-servers'?: unknown;
}

/** An agent of Sluice's own format that is instructions. @param fields as its schema has found them */
export function readInstructed(
  reader: DocumentReader,
  fields: InstructedFields,
  instructions: string,
): ModelSpec | ClaudeCodeSpec {
  const models = readWords(reader, ['model'], fields.model) ?? [];
  if (fields.runner !== 'claude-code') {
    return { kind: 'model', instructions, models, mcpServers: serversIn(reader, fields) };
  }
  if (reader.document.nodeAt(['mcp-servers']) !== undefined) {
    reader.report(['mcp-servers'], agentProblems.notOfClaudeCode('mcp-servers'), 'key');
  }
  if (reader.document.nodeAt(['tool']) !== undefined) {
    reader.report(['tool'], agentProblems.toolOfModel('Claude Code'), 'key');
  }
  return { kind: 'claude-code', instructions, models };
}

/** A file of Claude Code that was copied here says it in its own word. */
function serversIn(reader: DocumentReader, fields: InstructedFields): ModelSpec['mcpServers'] {
  const isWritten = reader.document.nodeAt(['mcp-servers']) !== undefined;
  if (!isWritten) {
    return readMcpServers(reader, ['mcpServers'], true);
  }
  return fields['mcp-servers'] === undefined ? [] : readMcpServers(reader, ['mcp-servers'], false);
}
