import fs from 'node:fs/promises';
import path from 'node:path';
import { err, ok, type Result } from './base/result.ts';
import type { Diagnostic } from './domain/diagnostic.ts';
import { slug } from './domain/ids.ts';
import type { Definitions } from './definitions/project.ts';
import { readConvertible, type Convertible } from './definitions/imports/readConvertible.ts';
import { writeClaudeAgents } from './definitions/imports/writeClaudeAgents.ts';
import { writeWorkflow } from './definitions/imports/writeWorkflow.ts';

/** A workflow in Sluice's own format. */
export interface ConvertedWorkflow {
  readonly name: string;
  /** For `.sluice/workflows`. */
  readonly fileName: string;
  /** YAML. */
  readonly text: string;
  /** What is still to be done: agents that are not there yet. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Conversion {
  readonly workflows: readonly ConvertedWorkflow[];
  /** Of a whole `.claude/claude.json`: what `.sluice/agents.yaml` is to say of its agents. */
  readonly agents: string | undefined;
}

/** Why nothing was converted, for people. */
export interface ConversionProblem {
  /** One sentence. */
  readonly message: string;
  /** What is wrong in the file. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ConversionRequest {
  /** A workflow's name, or a file: absolute, or relative to the folder. */
  readonly nameOrFile: string;
  /** The one that is wanted of a file that holds several; `undefined`: all. */
  readonly workflow: string | undefined;
}

/**
 * Writes workflows of any format as Sluice's own; nothing on the disk is changed.
 * @param folder absolute
 * @throws the signal's reason once it aborts
 */
export async function convertWorkflows(
  folder: string,
  { nameOrFile, workflow }: ConversionRequest,
  known: Pick<Definitions, 'agents' | 'workflows'>,
  signal: AbortSignal,
): Promise<Result<Conversion, ConversionProblem>> {
  const refuse = (message: string, diagnostics: readonly Diagnostic[] = []) =>
    err({ message, diagnostics });
  const named = known.workflows.find(({ name }) => name === nameOrFile);
  const file = path.resolve(folder, named?.file ?? nameOrFile);
  const wanted = workflow ?? named?.name;
  const status = await fs.stat(file).catch(() => undefined);
  if (status?.isFile() !== true) {
    return refuse(`There is no workflow or file "${nameOrFile}" here.`);
  }
  const held = await readConvertible(folder, file, known, signal);
  const chosen = held.filter(({ entry }) => wanted === undefined || entry.name === wanted);
  if (chosen.length === 0) {
    const names = held.map(({ entry }) => entry.name).join(', ');
    return refuse(
      wanted === undefined || names === ''
        ? `${nameOrFile} holds no workflow.`
        : `${nameOrFile} holds no workflow "${wanted}", only ${names}.`,
    );
  }
  const broken = chosen.filter((one) => one.workflow === undefined);
  if (broken.length > 0) {
    return refuse(
      `${broken.map(({ entry }) => entry.name).join(', ')} cannot be converted before ${broken.length === 1 ? 'its' : 'their'} problems are solved.`,
      broken.flatMap(({ entry }) => entry.diagnostics),
    );
  }
  const names = new FileNames();
  return ok({
    workflows: chosen.flatMap((one) => convert(one, names)),
    agents: wanted === undefined ? agentsOf(chosen) : undefined,
  });
}

function convert({ entry, workflow }: Convertible, names: FileNames): ConvertedWorkflow[] {
  return workflow === undefined
    ? []
    : [
        {
          name: workflow.name,
          fileName: names.nameFor(workflow.name),
          text: writeWorkflow(workflow, `Converted from ${entry.file}.`),
          diagnostics: entry.diagnostics,
        },
      ];
}

function agentsOf([first]: readonly Convertible[]): string | undefined {
  const { format, source } = first?.entry ?? {};
  return format === 'claude-json' && source !== undefined
    ? writeClaudeAgents(source.document)
    : undefined;
}

/** File names of workflows, all different also where their names differ in signs alone. */
class FileNames {
  readonly #taken = new Set<string>();

  nameFor(workflow: string): string {
    const base = slug(workflow);
    let name = base;
    for (let number = 2; this.#taken.has(name); number += 1) {
      name = `${base}-${number}`;
    }
    this.#taken.add(name);
    return `${name}.yaml`;
  }
}
