import type { Clock } from '../../base/clock.ts';
import { ok, type Result } from '../../base/result.ts';
import { Slices } from '../../base/slices.ts';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { findAgents } from '../agents/agents.ts';
import { indexAgents, type AgentEntry, type WorkflowEntry } from '../entries.ts';
import { FileIndex } from './fileIndex.ts';
import { JudgedBefore } from '../workflows/judgedBefore.ts';
import { judgeWorkflows } from '../workflows/judgeWorkflows.ts';
import { decodeIndex, encodeIndex, type IndexStamp } from './keptIndex.ts';
import { placesToWatch, type WatchedPlaces } from './placesToWatch.ts';
import { inReadingOrder, withoutRepeats } from '../source/problem.ts';
import { loadSchemas } from '../workflows/productSchemas.ts';
import type { SourceRead } from './readSource.ts';
import { workflowFile } from '../workflows/workflowEntry.ts';
import { discoverWorkflows } from './workflowFiles.ts';
import { withUniqueNames } from '../workflows/workflowNames.ts';

/** All agents and workflows of a folder, valid or not. */
export interface Definitions {
  /** By precedence of their folders, then by path. */
  readonly agents: readonly AgentEntry[];
  /** Sluice's own, then todo lists, then other tools'; each by path. */
  readonly workflows: readonly WorkflowEntry[];
  /** Of all entries, and of folders that could not be read; by file and place. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface DefinitionIndexOptions {
  /** Absolute. */
  readonly folder: string;
  /** Absolute; `undefined`: the agents a user has in every folder are not looked for. */
  readonly home: string | undefined;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** In its place tests count. */
  readonly read?: (folder: string, file: string) => SourceRead;
}

/**
 * What a folder defines, remembered between readings: only what has changed is parsed again, and only
 * workflows are judged again that are judged by it. Each reading tells what a first one would.
 */
export class DefinitionIndex {
  readonly #options: DefinitionIndexOptions;
  /** Apart from the others, since what they are parsed to can be kept. */
  readonly #agentFiles: FileIndex;
  readonly #otherFiles: FileIndex;
  readonly #judged = new JudgedBefore();

  constructor(options: DefinitionIndexOptions) {
    this.#options = options;
    this.#agentFiles = new FileIndex(options);
    this.#otherFiles = new FileIndex(options);
  }

  /**
   * Reads what the folder defines now. A file that is wrong becomes an invalid entry, never a rejection.
   * @throws the signal's reason once it aborts
   */
  async refresh(signal: AbortSignal): Promise<Definitions> {
    const { folder, home } = this.#options;
    const agentFiles = this.#agentFiles.begin(signal);
    const otherFiles = this.#otherFiles.begin(signal);
    const found = await findAgents(folder, home, agentFiles.read, signal);
    const { agents } = found;
    const foundWorkflows = await discoverWorkflows(folder, signal);
    const files = await otherFiles.read(foundWorkflows.files, workflowFile);
    const parsed = files.flatMap(({ workflows }) => workflows);
    const drafts = parsed.flatMap((one) => (one.kind === 'parsed' ? [one.draft] : []));
    const schemas = await loadSchemas(folder, drafts, signal, otherFiles.read);
    agentFiles.end();
    otherFiles.end();
    const judge: JudgedBefore['judge'] = (read, surroundings) =>
      this.#judged.judge(read, surroundings);
    const judged = judgeWorkflows(parsed, indexAgents(agents), schemas, judge);
    const workflows = withUniqueNames(judged);
    const diagnostics = [found, foundWorkflows, ...files, ...agents, ...workflows].flatMap(
      (one) => one.diagnostics,
    );
    return { agents, workflows, diagnostics: inReadingOrder(withoutRepeats(diagnostics)) };
  }

  /** What has to be watched for a change of what was read last. */
  get places(): WatchedPlaces {
    const { folder, home } = this.#options;
    return placesToWatch(folder, home, [...this.#agentFiles.files, ...this.#otherFiles.files]);
  }

  /** How many files of agents it took to read since the index was made. */
  get agentFilesRead(): number {
    return this.#agentFiles.filesRead;
  }

  /** What was parsed of agents' files, for `restore` in another program. */
  keep(build: string, signal: AbortSignal): Promise<Uint8Array> {
    const slices = new Slices(this.#options.clock, signal);
    return encodeIndex(this.#agentFiles.known, this.#stamp(build), slices);
  }

  /** Takes what another program has kept; the error says why it cannot, and then nothing is taken. */
  async restore(
    bytes: Buffer,
    build: string,
    signal: AbortSignal,
  ): Promise<Result<undefined, string>> {
    const slices = new Slices(this.#options.clock, signal);
    const known = await decodeIndex(bytes, this.#stamp(build), slices);
    if (!known.ok) {
      return known;
    }
    this.#agentFiles.restore(known.value);
    return ok(undefined);
  }

  #stamp(build: string): IndexStamp {
    return { build, folder: this.#options.folder };
  }
}
