import { z } from 'zod';
import { digestOf, type Digest } from '../../base/digest.ts';
import type { CommandSpec } from '../../domain/agent.ts';
import { FILE_START, hasErrors, type Diagnostic, type Location } from '../../domain/diagnostic.ts';
import type { Terms } from '../../domain/terms.ts';
import { readWords } from './agentParts.ts';
import * as agentProblems from './agentProblems.ts';
import { readDeclared, outputSchemaField, toolField, type Declared } from './declaredSchemas.ts';
import type { Settled } from './settleSchemas.ts';
import { commandShape, model, rankShape } from './agentSchema.ts';
import { checkCacheEffect } from '../cacheRule.ts';
import type { FileParser } from '../files/fileParser.ts';
import * as problems from '../problems.ts';
import { placesOfVariables, readCommandSpec } from './readCommandSpec.ts';
import { checkSandboxEffect } from '../sandboxRule.ts';
import { DocumentReader } from '../source/shape.ts';
import type { SourceText } from '../source/sourceText.ts';
import { readTerms, termsShape } from '../terms.ts';
import { parseYaml } from '../source/yamlSource.ts';

/** What `.sluice/agents.yaml` says, agent by agent. */
export interface AgentOverlays {
  readonly file: string;
  readonly overlays: readonly AgentOverlay[];
  /** All that is wrong in the file as it stands alone. */
  readonly diagnostics: readonly Diagnostic[];
  /** True where it cannot be told which agents what is wrong is about. */
  readonly broken: boolean;
}

export interface AgentOverlay {
  /** The agent's. */
  readonly name: string;
  readonly place: Location;
  readonly criticality: number | undefined;
  readonly version: string | undefined;
  readonly domains: readonly string[] | undefined;
  readonly models: readonly string[] | undefined;
  readonly terms: Terms;
  readonly declares: Declared | undefined;
  /** What it declares, once it is judged. */
  readonly settled: Settled | undefined;
  /** The command that runs the agent instead of a model, or Claude Code with the agent's instructions. */
  readonly runner: CommandSpec | 'claude-code' | undefined;
  readonly variables: Readonly<Record<string, Location>>;
  /** Of all it says. */
  readonly digest: Digest;
  /** The first of its errors; an agent is not used without what was meant for it. */
  readonly fault: Diagnostic | undefined;
}

const { command: commandField, ...commandRest } = commandShape;

export const agentOverlaySchema = z
  .strictObject({
    ...rankShape,
    model,
    'output-schema': outputSchemaField,
    tool: toolField,
    runner: z
      .enum(['model', 'claude-code'], { error: 'must be "model" or "claude-code"' })
      .optional()
      .describe('"claude-code": the command claude -p does the work. Left out: "model".'),
    ...termsShape,
    command: commandField.optional().describe('A program that is run in place of the model.'),
    ...commandRest,
  })
  .meta({ title: 'What Sluice adds to an agent' });

export const agentsOverlayFileSchema = z.record(z.string(), agentOverlaySchema).meta({
  title: 'Sluice agents.yaml',
  description: 'What Sluice adds to agents whose files other tools own, by the name of the agent.',
});

export const agentsOverlay: FileParser<AgentOverlays> = {
  id: 'agents-overlay',
  parse: readOverlays,
  refuse: (file, why) => ({ file, overlays: [], diagnostics: [why], broken: true }),
};

function readOverlays(source: SourceText): AgentOverlays {
  const { file } = source;
  const { document, diagnostics } = parseYaml(source);
  if (document === undefined) {
    return { file, overlays: [], diagnostics, broken: true };
  }
  const { root } = document;
  const whole = new DocumentReader(document, diagnostics);
  const isEmpty = root.kind === 'scalar' && root.value === null;
  if (root.kind !== 'map' && !isEmpty) {
    whole.reportAt(FILE_START, problems.notFields('This file'));
  }
  const read = document
    .keysAt([])
    .map((name) => readOverlay(new DocumentReader(document, []), name));
  return {
    file,
    overlays: read.map(({ overlay }) => overlay),
    diagnostics: [...whole.diagnostics, ...read.flatMap((one) => one.diagnostics)],
    broken: hasErrors(whole.diagnostics),
  };
}

function readOverlay(
  reader: DocumentReader,
  name: string,
): { readonly overlay: AgentOverlay; readonly diagnostics: readonly Diagnostic[] } {
  const path = [name];
  const node = reader.document.nodeAt(path);
  if (node?.kind !== 'map') {
    reader.report(path, problems.notFields(`What is said of "${name}"`));
  }
  const value = node?.kind === 'map' ? node.value : {};
  const fields = reader.fields(agentOverlaySchema, path, value);
  if (!('command' in value)) {
    const orphan = Object.keys(commandRest).find((key) => key in value);
    if (orphan !== undefined) {
      reader.report([...path, orphan], agentProblems.commandOnly(orphan), 'key');
    }
  } else {
    if ('model' in value) {
      reader.report([...path, 'model'], agentProblems.modelOfCommand(), 'key');
    }
    if ('runner' in value) {
      reader.report([...path, 'runner'], agentProblems.runnerOfCommand(), 'key');
    }
  }
  if ('tool' in value && ('command' in value || fields.runner === 'claude-code')) {
    const runs = 'command' in value ? 'a command' : 'Claude Code';
    reader.report([...path, 'tool'], agentProblems.toolOfModel(runs), 'key');
  }
  const command = fields.command === undefined ? undefined : readCommandSpec(reader, path, fields);
  const terms = readTerms(reader, path, fields);
  const kind = 'command' in value ? 'command' : (fields.runner ?? 'model');
  checkCacheEffect(reader, [...path, 'cache'], terms.cache, kind);
  checkSandboxEffect(reader, [...path, 'sandbox'], terms.sandbox, {
    runner: kind,
    tools: 'unknown',
  });
  const overlay: AgentOverlay = {
    name,
    place: { file: reader.file, range: reader.document.rangeOf(path, 'key') },
    criticality: fields.criticality,
    version: fields.version === undefined ? undefined : reader.textAt([...path, 'version']),
    domains: readWords(reader, [...path, 'domains'], fields.domains),
    models: readWords(reader, [...path, 'model'], fields.model),
    terms,
    declares: readDeclared(reader, path, fields),
    settled: undefined,
    runner: command ?? (fields.runner === 'claude-code' ? 'claude-code' : undefined),
    variables: command === undefined ? {} : placesOfVariables(reader, path, command),
    digest: digestOf(JSON.stringify(value)),
    fault: reader.diagnostics.find(({ severity }) => severity === 'error'),
  };
  return { overlay, diagnostics: reader.diagnostics };
}
