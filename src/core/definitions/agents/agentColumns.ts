import { isDeepStrictEqual } from 'node:util';
import type { Agent, RunnerSpec } from '../../domain/agent.ts';
import type { Location } from '../../domain/diagnostic.ts';
import { NO_TERMS } from '../../domain/terms.ts';
import type { Declared } from './declaredSchemas.ts';
import { bareAsMaps, mapsAsBare } from '../source/bareRecords.ts';
import {
  cell,
  pack,
  type Columns,
  type PackedColumns,
  type TextWriter,
} from '../source/columns.ts';
import type { AgentDraft, InvalidAgentDraft, ValidAgentDraft } from '../entries.ts';

// Agents as a table. Told one by one, most of the time in which many are read back would be spent on the
// names of their fields.

/** A row; `undefined` where a value is what it mostly is. */
interface DraftRow {
  /** Of the file's own name where it is another. */
  readonly file: string | undefined;
  readonly name: AgentDraft['name'];
  readonly format: AgentDraft['format'];
  readonly placeFile: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly variables: AgentDraft['variables'] | undefined;
  readonly priority: number | undefined;
  readonly diagnostics: AgentDraft['diagnostics'] | undefined;
  /** `undefined`: it is valid. */
  readonly nameFrom: InvalidAgentDraft['nameFrom'] | undefined;
  readonly description: string;
  readonly criticality: number;
  readonly version: string | undefined;
  readonly domains: readonly string[] | undefined;
  readonly tools: readonly string[] | undefined;
  /** Of the file's own where it is another. */
  readonly digest: Agent['digest'] | undefined;
  readonly terms: Agent['terms'] | undefined;
  /** With maps for records; `undefined`: a model's without servers, of the columns that follow. */
  readonly runner: unknown;
  readonly instructions: string;
  readonly models: readonly string[];
  /** With maps for records. */
  readonly declares: unknown;
}

export type DraftColumns = Columns<DraftRow>;
export type PackedDrafts = PackedColumns<DraftRow>;

/** What drafts were read from. */
export interface DraftSource {
  readonly file: string;
  readonly digest: Agent['digest'] | undefined;
}

/** What parsers of agents give, as far as it takes to write it as columns. */
export function isDraftList(value: unknown): value is readonly AgentDraft[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' &&
        one !== null &&
        'place' in one &&
        ('agent' in one || 'nameFrom' in one),
    )
  );
}

/** `draftAt` gives the same again where the agent's file, name and format are its draft's. */
export function packDrafts(
  drafts: readonly { readonly draft: AgentDraft; readonly source: DraftSource }[],
  texts: TextWriter,
): PackedDrafts {
  return pack(
    drafts.map(({ draft, source }) => draftRow(draft, source)),
    texts,
  );
}

/** @param at the draft's number among all */
export function draftAt(columns: DraftColumns, at: number, source: DraftSource): AgentDraft {
  const nameFrom = cell(columns.nameFrom, at);
  const priority = cell(columns.priority, at);
  const draft =
    nameFrom === undefined
      ? validAt(columns, at, source)
      : invalidAt(columns, at, source, nameFrom);
  return priority === undefined ? draft : { ...draft, priority };
}

// Written out twice: to spread what both have would take as long as all the rest.

function validAt(columns: DraftColumns, at: number, source: DraftSource): ValidAgentDraft {
  const file = cell(columns.file, at) ?? source.file;
  const name = cell(columns.name, at);
  const format = cell(columns.format, at);
  const digest = cell(columns.digest, at) ?? source.digest;
  if (digest === undefined) {
    throw new Error('an agent was read from no text');
  }
  const runner = cell(columns.runner, at);
  const declares = cell(columns.declares, at);
  return {
    kind: 'valid',
    file,
    name,
    format,
    place: placeAt(columns, at, source),
    variables: cell(columns.variables, at) ?? {},
    diagnostics: cell(columns.diagnostics, at) ?? [],
    ...(declares === undefined ? {} : { declares: mapsAsBare(declares) as Declared }),
    agent: {
      name,
      description: cell(columns.description, at),
      criticality: cell(columns.criticality, at),
      version: cell(columns.version, at),
      domains: cell(columns.domains, at) ?? [],
      tools: cell(columns.tools, at),
      outputSchema: undefined,
      asTool: undefined,
      terms: cell(columns.terms, at) ?? NO_TERMS,
      file,
      digest,
      format,
      runner:
        runner === undefined
          ? {
              kind: 'model',
              instructions: cell(columns.instructions, at),
              models: cell(columns.models, at),
              mcpServers: [],
            }
          : (mapsAsBare(runner) as RunnerSpec),
    },
  };
}

function invalidAt(
  columns: DraftColumns,
  at: number,
  source: DraftSource,
  nameFrom: InvalidAgentDraft['nameFrom'],
): InvalidAgentDraft {
  return {
    kind: 'invalid',
    file: cell(columns.file, at) ?? source.file,
    name: cell(columns.name, at),
    nameFrom,
    format: cell(columns.format, at),
    place: placeAt(columns, at, source),
    variables: cell(columns.variables, at) ?? {},
    diagnostics: cell(columns.diagnostics, at) ?? [],
  };
}

function placeAt(columns: DraftColumns, at: number, source: DraftSource): Location {
  return {
    file: cell(columns.placeFile, at) ?? source.file,
    range: {
      start: { line: cell(columns.line, at), column: cell(columns.column, at) },
      end: { line: cell(columns.endLine, at), column: cell(columns.endColumn, at) },
    },
  };
}

function draftRow(draft: AgentDraft, source: DraftSource): DraftRow {
  const { name, format, place, variables, priority, diagnostics } = draft;
  const { start, end } = place.range;
  const agent = draft.kind === 'valid' ? draft.agent : undefined;
  const runner = agent?.runner;
  const isPlain = runner?.kind === 'model' && runner.mcpServers.length === 0;
  const [instructions, models] = isPlain ? [runner.instructions, runner.models] : ['', []];
  return {
    file: draft.file === source.file ? undefined : draft.file,
    name,
    format,
    placeFile: place.file === source.file ? undefined : place.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    variables: isEmpty(variables) ? undefined : variables,
    priority,
    diagnostics: isEmpty(diagnostics) ? undefined : diagnostics,
    nameFrom: draft.kind === 'valid' ? undefined : draft.nameFrom,
    description: agent?.description ?? '',
    criticality: agent?.criticality ?? 0,
    version: agent?.version,
    domains: agent === undefined || isEmpty(agent.domains) ? undefined : agent.domains,
    tools: agent?.tools,
    digest: agent?.digest === source.digest ? undefined : agent?.digest,
    terms: isDeepStrictEqual(agent?.terms, NO_TERMS) ? undefined : agent?.terms,
    runner: isPlain ? undefined : bareAsMaps(runner),
    instructions,
    models,
    declares: draft.kind === 'valid' ? bareAsMaps(draft.declares) : undefined,
  };
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
