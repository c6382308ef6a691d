import {
  formatReference,
  parseTemplate,
  referencesIn,
  type Reference,
} from '../domain/expression.ts';
import type { InputScope, Names } from '../domain/workflow.ts';
import { KnownValues } from '../domain/knownValues.ts';
import type { StepId, TaskId } from '../domain/ids.ts';
import type { UnknownLanes } from './lanes.ts';
import { PlanFault } from './planFault.ts';

/** Fills in texts as far as their values are known before the run starts: inputs and matrix values. */
export class KnownTexts {
  readonly #known: KnownValues;
  readonly #outputs: ReadonlyMap<TaskId, string>;

  /** @param scopes may grow, and never change otherwise @param outputs of tasks that have succeeded */
  constructor(scopes: readonly InputScope[], outputs: ReadonlyMap<TaskId, string>) {
    this.#known = new KnownValues(scopes);
    this.#outputs = outputs;
  }

  /** The values of a matrix, or the tasks whose outputs are still missing. @throws PlanFault where there can be none */
  render(text: string, names: Names): string | UnknownLanes {
    const template = parseTemplate(text);
    if (!template.ok) {
      throw new PlanFault(`its matrix cannot be filled in: ${template.error.message}`);
    }
    const missing: TaskId[] = [];
    const rendered = this.#known.fill(text, names, ({ expression }) => {
      const tasks = outputsNamed(expression, names);
      if (tasks === undefined || tasks.length === 0) {
        throw new PlanFault(
          `its matrix depends on ${formatReference(expression.names)}, which is not known before the run starts`,
        );
      }
      missing.push(...tasks.filter((task) => !this.#outputs.has(task)));
      return tasks.map((task) => this.#outputs.get(task) ?? '').join('\n\n');
    });
    if (missing.length > 0) {
      return { after: missing };
    }
    if (rendered === undefined) {
      throw new PlanFault('its matrix is made of a text that is too long');
    }
    return rendered;
  }

  /** The text, where all of it is known. */
  whole(text: string, names: Names): string | undefined {
    return this.#known.fill(text, names, () => undefined);
  }

  /** The text with `unknown` in place of every value that is not known; `undefined` where it cannot be filled in. */
  filled(text: string, names: Names, unknown: string): string | undefined {
    return this.#known.fill(text, names, () => unknown);
  }

  /** UTF-8 bytes of the text, with what is not known counted as it is written. */
  bytes(text: string, names: Names): number {
    const filled = this.#known.fill(text, names, ({ start, end }) => text.slice(start, end));
    return Buffer.byteLength(filled ?? text);
  }
}

/** The tasks whose outputs a reference means; `undefined`: it means something else. */
function outputsNamed(
  { names: [root, step, member] }: Reference,
  { steps }: Names,
): readonly TaskId[] | undefined {
  return root.name === 'steps' && step !== undefined && member?.name === 'output'
    ? steps[step.name as StepId]
    : undefined;
}

/** Ids of the steps that the texts name, each once. */
export function stepsNamedIn(texts: readonly string[]): string[] {
  const references = texts.flatMap((text) => {
    const template = text.includes('${{') ? parseTemplate(text) : undefined;
    return template?.ok === true ? referencesIn(template.value) : [];
  });
  return stepsNamedBy(references);
}

export function stepsNamedBy(references: readonly Reference[]): string[] {
  const ids = references.flatMap(({ names: [root, step] }) =>
    root.name === 'steps' && step !== undefined ? [step.name] : [],
  );
  return [...new Set(ids)];
}
