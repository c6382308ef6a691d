import fs from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from './base/digest.ts';
import { hasCode, writeFileDurably } from './base/disk.ts';
import { thrownMessage } from './base/text.ts';
import {
  DefinitionIndex,
  type DefinitionIndexOptions,
  type Definitions,
} from './definitions/files/definitionIndex.ts';
import { MAX_INDEX_BYTES } from './definitions/files/keptIndex.ts';
import type { WatchedPlaces } from './definitions/files/placesToWatch.ts';
import { readWorkflowFile, readWorkflows, type WorkflowEntry } from './definitions/project.ts';
import { problemsOfAgentFile } from './definitions/source/fileProblems.ts';
import type { Diagnostic, Location } from './domain/diagnostic.ts';
import type { StepId } from './domain/ids.ts';
import type { Ports } from './ports.ts';

/** Fewer files are parsed as fast as they are read back. */
const WORTH_KEEPING = 32;

type ShelfPorts = Pick<Ports, 'clock' | 'disk' | 'log' | 'home' | 'build' | 'cacheFolder'>;

export interface ShelfOptions extends Pick<DefinitionIndexOptions, 'folder' | 'read'> {
  /** Ends all reading. */
  readonly signal: AbortSignal;
  /** The definitions have been read again. */
  readonly changed: () => void;
}

/**
 * A folder's definitions. What its agents' files were parsed to stays in the user's cache for the next
 * program that opens the folder; whatever is wrong there, the files themselves decide.
 */
export class DefinitionShelf {
  readonly #options: ShelfOptions;
  readonly #ports: ShelfPorts;
  readonly #index: DefinitionIndex;
  readonly #file: string;
  #definitions: Definitions = { agents: [], workflows: [], diagnostics: [] };
  #reading: Promise<void> = Promise.resolve();
  #restoring: Promise<void> | undefined;
  #keeping: Promise<void> = Promise.resolve();
  /** Files read when it was last kept. */
  #keptAt = 0;

  constructor(options: ShelfOptions, ports: ShelfPorts) {
    this.#options = options;
    this.#ports = ports;
    const { folder, read } = options;
    const { home, clock } = ports;
    this.#index = new DefinitionIndex({ folder, home, clock, ...(read && { read }) });
    const name = `${digestOf(folder).slice(0, 16)}.index`;
    this.#file = path.join(ports.cacheFolder, 'definitions', name);
  }

  /** As it was read last. */
  get definitions(): Definitions {
    return this.#definitions;
  }

  /** A workflow by its name or its file, absolute or relative to the folder. */
  async findWorkflow(nameOrFile: string): Promise<WorkflowEntry | undefined> {
    const { folder, signal } = this.#options;
    const named = this.definitions.workflows.find(({ name }) => name === nameOrFile);
    if (named !== undefined) {
      return named;
    }
    const file = path.resolve(folder, nameOrFile);
    const status = await fs.stat(file).catch(() => undefined);
    return status?.isFile() === true
      ? readWorkflowFile(folder, file, this.definitions, signal)
      : undefined;
  }

  /** Everything wrong in one file of the folder: an agent's, or taken for a workflow. */
  async diagnosticsOf(file: string): Promise<readonly Diagnostic[]> {
    const { folder, signal } = this.#options;
    return (
      problemsOfAgentFile(folder, file, this.definitions) ??
      (await readWorkflows(folder, file, this.definitions, signal)).diagnostics
    );
  }

  /** Where a step of a workflow is written. */
  locationOfStep(workflow: string, step: StepId): Location | undefined {
    const entry = this.definitions.workflows.find(({ name }) => name === workflow);
    const range = entry?.source?.rangeOfStep(step);
    return entry === undefined || range === undefined ? undefined : { file: entry.file, range };
  }

  /** Reads again what has changed. Of several at once the one begun last counts, for all. */
  refresh(): Promise<void> {
    const reading: Promise<void> = this.#read(() => this.#reading === reading);
    this.#reading = reading;
    return reading.then(() => this.#reading);
  }

  /** What has to be watched for a change of what was read last. */
  get places(): WatchedPlaces {
    return this.#index.places;
  }

  /** Resolves once nothing is being kept any more. */
  async close(): Promise<void> {
    await this.#keeping;
  }

  async #read(isLatest: () => boolean): Promise<void> {
    const { signal, changed } = this.#options;
    try {
      const { build } = this.#ports;
      if (build !== undefined) {
        await (this.#restoring ??= this.#restore(build));
      }
      const definitions = await this.#index.refresh(signal);
      if (build !== undefined) {
        this.#keepIfWorth(build);
      }
      if (isLatest()) {
        this.#definitions = definitions;
        changed();
      }
    } catch (thrown) {
      if (!signal.aborted) {
        throw thrown;
      }
    }
  }

  async #restore(build: string): Promise<void> {
    // Not awaited piece by piece: nothing can be shown before.
    const disk = this.#ports.disk.sync;
    try {
      if (disk.stat(this.#file).size > MAX_INDEX_BYTES) {
        throw new Error('it is too large');
      }
      const restored = await this.#index.restore(
        disk.readFile(this.#file),
        build,
        this.#options.signal,
      );
      if (!restored.ok) {
        throw new Error(restored.error);
      }
    } catch (thrown) {
      if (!hasCode(thrown, 'ENOENT', 'ENOTDIR')) {
        this.#tell(`${this.#file} is not used: ${thrownMessage(thrown)}`);
      }
    }
  }

  #keepIfWorth(build: string): void {
    const { agentFilesRead } = this.#index;
    if (agentFilesRead - this.#keptAt >= WORTH_KEEPING) {
      this.#keptAt = agentFilesRead;
      this.#keeping = this.#keeping.then(() => this.#keep(build));
    }
  }

  async #keep(build: string): Promise<void> {
    try {
      // To its end, also while the folder is being closed: a command of the terminal is over at once.
      const bytes = await this.#index.keep(build, new AbortController().signal);
      await writeFileDurably(this.#ports.disk, this.#file, bytes, { mode: 0o600 });
    } catch (thrown) {
      this.#tell(`${this.#file} was not written: ${thrownMessage(thrown)}`);
    }
  }

  #tell(message: string): void {
    this.#ports.log.debug(`Definitions: ${message}`);
  }
}
