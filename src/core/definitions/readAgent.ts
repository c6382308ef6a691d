import {
  DEFAULT_GRACE_MS,
  DEFAULT_TIMEOUT_MS,
  type AgentFormat,
  type RunnerSpec,
} from '../domain/agent.ts';
import { FILE_START } from '../domain/diagnostic.ts';
import { agentEntry, describeAgent, readWords, unreadAgent } from './agentParts.ts';
import { commandAgentSchema, modelAgentSchema } from './agentSchema.ts';
import { parseDuration } from './duration.ts';
import type { AgentEntry } from './entries.ts';
import * as problems from './problems.ts';
import { readCheck } from './readCommand.ts';
import { readMarkdownAgent } from './readMarkdownAgent.ts';
import { readTemplate } from './references.ts';
import { DocumentReader } from './shape.ts';
import type { SourceText } from './sourceText.ts';
import { parseYaml } from './yamlSource.ts';

/** An agent's file: Markdown by its ending, else YAML or JSON. Who shadows whom is decided later. */
export function readAgent(source: SourceText, format: AgentFormat): AgentEntry {
  return /\.md$/i.test(source.file)
    ? readMarkdownAgent(source, format)
    : readYamlAgent(source, format);
}

/** How long a probe may run that does not say, in milliseconds. */
const PROBE_TIMEOUT_MS = 60_000;

function readYamlAgent(source: SourceText, format: AgentFormat): AgentEntry {
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return unreadAgent(source.file, format, diagnostics);
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
    return unreadAgent(source.file, format, reader.diagnostics);
  }
  return isCommand(root.value)
    ? readCommandAgent(reader, root.value, format)
    : readModelAgent(reader, root.value, format);
}

/** By what the file says, else by what its other fields mean. */
function isCommand(value: Readonly<Record<string, unknown>>): boolean {
  const { runner } = value;
  return (
    runner === 'command' ||
    (runner !== 'model' && !('instructions' in value && !('command' in value)))
  );
}

function readCommandAgent(
  reader: DocumentReader,
  value: Readonly<Record<string, unknown>>,
  format: AgentFormat,
): AgentEntry {
  const fields = reader.fields(commandAgentSchema, [], value, (key) =>
    Object.hasOwn(modelAgentSchema.shape, key)
      ? problems.fieldOfOther(key, 'a model agent')
      : undefined,
  );
  const command = fields.command?.map((_, index) => reader.textAt(['command', index])) ?? [];
  if (command.some((word) => word.includes('\u0000'))) {
    reader.report(['command'], problems.wrongValue('"command"', 'cannot hold NUL characters'));
  }
  const [program = '', ...rest] = command;
  if (fields.command !== undefined && program.trim() === '') {
    reader.report(['command', 0], problems.wrongValue('"command"', 'must name a program'));
  }
  if (fields.probe !== undefined && (value['effects'] ?? 'copy') === 'copy') {
    reader.report(['probe'], problems.idleProbe(), 'key');
  }
  const duration = (field: 'timeout' | 'idle-timeout' | 'grace') =>
    parseDuration(fields[field] ?? '');
  const runner: RunnerSpec = {
    kind: 'command',
    command: [program, ...rest],
    successCodes: fields['success-codes'] ?? [0],
    env: readEnvironment(reader, fields.env),
    install: fields.install === undefined ? undefined : reader.textAt(['install']),
    limits: {
      timeoutMs: duration('timeout') ?? DEFAULT_TIMEOUT_MS,
      idleTimeoutMs: duration('idle-timeout'),
      graceMs: duration('grace') ?? DEFAULT_GRACE_MS,
    },
    effects: fields.effects ?? 'copy',
    probe: fields.probe === undefined ? undefined : readCheck(reader, ['probe'], PROBE_TIMEOUT_MS),
    stdin: fields.stdin ?? 'prompt',
  };
  const agent = { ...describeAgent(reader, fields), format, runner };
  return agentEntry(agent, reader.document, reader.diagnostics);
}

function readModelAgent(
  reader: DocumentReader,
  value: Readonly<Record<string, unknown>>,
  format: AgentFormat,
): AgentEntry {
  const fields = reader.fields(modelAgentSchema, [], value, (key) =>
    Object.hasOwn(commandAgentSchema.shape, key)
      ? problems.fieldOfOther(key, 'a command agent')
      : undefined,
  );
  const runner: RunnerSpec = {
    kind: 'model',
    instructions: (fields.instructions ?? '').trim(),
    models: readWords(reader, ['model'], fields.model) ?? [],
  };
  const agent = { ...describeAgent(reader, fields), format, runner };
  return agentEntry(agent, reader.document, reader.diagnostics);
}

/** Checks the form of expressions in it; what they name is known where a workflow uses the agent. */
function readEnvironment(
  reader: DocumentReader,
  value: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  const env = Object.create(null) as Record<string, string>;
  for (const name of value === undefined ? [] : reader.document.keysAt(['env'])) {
    const path = ['env', name];
    const text = reader.textAt(path);
    env[name] = text;
    if (text.includes('${{')) {
      const places = reader.document.placesIn(path);
      const { problems: found } = readTemplate(text, (unknown, known) =>
        reader.suggestions.for(unknown, known),
      );
      for (const { start, end, problem } of found) {
        reader.reportAt(places.range(start, end), problem);
      }
    }
  }
  return env;
}
