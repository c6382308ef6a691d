import type { AgentFormat } from '../../domain/agent.ts';
import { FILE_START, hasErrors } from '../../domain/diagnostic.ts';
import { agentDraft, describeAgent, unreadAgent } from './agentParts.ts';
import { commandAgentSchema, modelAgentSchema } from './agentSchema.ts';
import type { AgentDraft } from '../entries.ts';
import * as problems from '../problems.ts';
import { isAcpAgent, readAcpAgent } from './readAcpAgent.ts';
import { placesOfVariables, readCommandSpec } from './readCommandSpec.ts';
import { readDeclared } from './declaredSchemas.ts';
import { isInstructed, readInstructed } from './readInstructed.ts';
import { readMarkdownAgent } from './readMarkdownAgent.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourceText } from '../source/sourceText.ts';
import { parseYaml } from '../source/yamlSource.ts';

/**
 * What an agent's file says: Markdown by its ending, else YAML or JSON. Only a registry holds several.
 * How they stand among those of other files is decided later.
 */
export function readAgents(source: SourceText, format: AgentFormat): readonly AgentDraft[] {
  return /\.md$/i.test(source.file)
    ? [readMarkdownAgent(source, format)]
    : readYamlAgents(source, format);
}

function readYamlAgents(source: SourceText, format: AgentFormat): readonly AgentDraft[] {
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return [unreadAgent(source.file, format, diagnostics)];
  }
  const reader = new DocumentReader(document, diagnostics);
  const { root } = document;
  if (root.kind !== 'map') {
    if (root.kind === 'scalar' && root.value === null) {
      const what = 'an agent: "command", or "instructions" for a model';
      reader.reportAt(FILE_START, problems.emptyFile(what));
    } else {
      reader.report([], problems.notFields('An agent'));
    }
    return [unreadAgent(source.file, format, reader.diagnostics)];
  }
  if (isRegistry(root.value)) {
    return readRegistry(reader);
  }
  if (isAcpAgent(root.value)) {
    return [readAcpAgent(reader, [], root.value)];
  }
  return isCommand(root.value)
    ? [readCommandAgent(reader, root.value, format)]
    : [readModelAgent(reader, root.value, format)];
}

/** A whole ACP registry, as it is published. */
function isRegistry(value: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(value['agents']) && !('command' in value) && !('instructions' in value);
}

function readRegistry(whole: DocumentReader): readonly AgentDraft[] {
  const { document, diagnostics, file } = whole;
  const list = document.nodeAt(['agents']);
  const items = list?.kind === 'list' ? list.items : [];
  if (hasErrors(diagnostics) || items.length === 0) {
    if (items.length === 0) {
      whole.report(['agents'], problems.wrongValue('"agents"', 'must hold at least one agent'));
    }
    return [unreadAgent(file, 'acp', whole.diagnostics)];
  }
  return items.map((item, index) => {
    const path = ['agents', index];
    const reader = new DocumentReader(document, []);
    if (item.kind === 'map') {
      return readAcpAgent(reader, path, item.value);
    }
    reader.report(path, problems.notFields('An agent'));
    return unreadAgent(file, 'acp', reader.diagnostics);
  });
}

/** By what the file says, else by what its other fields mean. */
function isCommand(value: Readonly<Record<string, unknown>>): boolean {
  const { runner } = value;
  return (
    runner === 'command' ||
    (!isInstructed(runner) && !('instructions' in value && !('command' in value)))
  );
}

function readCommandAgent(
  reader: DocumentReader,
  value: Readonly<Record<string, unknown>>,
  format: AgentFormat,
): AgentDraft {
  const fields = reader.fields(commandAgentSchema, [], value, (key) =>
    Object.hasOwn(modelAgentSchema.shape, key)
      ? problems.fieldOfOther(key, 'a model agent')
      : undefined,
  );
  const runner = readCommandSpec(reader, [], fields);
  const agent = { ...describeAgent(reader, fields), format, runner };
  const declares = readDeclared(reader, [], { 'output-schema': fields['output-schema'] });
  return agentDraft(agent, reader, declares, ['name'], placesOfVariables(reader, [], runner));
}

function readModelAgent(
  reader: DocumentReader,
  value: Readonly<Record<string, unknown>>,
  format: AgentFormat,
): AgentDraft {
  const fields = reader.fields(modelAgentSchema, [], value, (key) =>
    Object.hasOwn(commandAgentSchema.shape, key)
      ? problems.fieldOfOther(key, 'a command agent')
      : undefined,
  );
  const runner = readInstructed(reader, fields, (fields.instructions ?? '').trim());
  const agent = { ...describeAgent(reader, fields), format, runner };
  return agentDraft(agent, reader, readDeclared(reader, [], fields));
}
