import {
  formatReference,
  parseTemplate,
  referencesIn,
  type Reference,
  type TemplatePart,
} from '../domain/expression.ts';
import type { InputScope, Names } from '../domain/workflow.ts';
import type { StepId, TaskId } from '../domain/ids.ts';
import type { UnknownLanes } from './lanes.ts';
import { PlanFault } from './planFault.ts';

/** UTF-16 units of a text that planning fills in: inputs may double on their way through nested workflows. */
const LONGEST_TEXT = 1024 * 1024;

type Unknown = Extract<TemplatePart, { readonly kind: 'expression' }>;

/** Fills in texts as far as their values are known before the run starts: inputs and matrix values. */
export class KnownTexts {
  readonly #scopes: readonly InputScope[];
  /** Values of inputs by scope and name; `undefined`: not known before the run. */
  readonly #inputs = new Map<string, string | undefined>();

  readonly #outputs: ReadonlyMap<TaskId, string>;

  /** @param scopes may grow, and never change otherwise @param outputs of tasks that have succeeded */
  constructor(scopes: readonly InputScope[], outputs: ReadonlyMap<TaskId, string>) {
    this.#scopes = scopes;
    this.#outputs = outputs;
  }

  /** The values of a matrix, or the tasks whose outputs are still missing. @throws PlanFault where there can be none */
  render(text: string, names: Names): string | UnknownLanes {
    const template = parseTemplate(text);
    if (!template.ok) {
      throw new PlanFault(`its matrix cannot be filled in: ${template.error.message}`);
    }
    const missing: TaskId[] = [];
    const rendered = this.#fill(text, names, ({ expression }) => {
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

  /** UTF-8 bytes of the text, with what is not known counted as it is written. */
  bytes(text: string, names: Names): number {
    const filled = this.#fill(text, names, ({ start, end }) => text.slice(start, end));
    return Buffer.byteLength(filled ?? text);
  }

  /** `undefined` when the text is no template, gets too long, or when `unknown` says so. */
  #fill(
    text: string,
    names: Names,
    unknown: (part: Unknown) => string | undefined,
  ): string | undefined {
    if (!text.includes('${{')) {
      return text;
    }
    const template = parseTemplate(text);
    if (!template.ok) {
      return undefined;
    }
    let filled = '';
    for (const part of template.value.parts) {
      const value =
        part.kind === 'literal'
          ? part.text
          : (this.#value(part.expression, names) ?? unknown(part));
      if (value === undefined || filled.length + value.length > LONGEST_TEXT) {
        return undefined;
      }
      filled += value;
    }
    return filled;
  }

  #value({ names: [root, member, field] }: Reference, names: Names): string | undefined {
    if (member === undefined || field !== undefined) {
      return undefined;
    }
    switch (root.name) {
      case 'inputs':
        return this.#input(member.name, names.scope);
      case 'matrix':
        return Object.hasOwn(names.matrix, member.name) ? names.matrix[member.name] : undefined;
      default:
        return undefined;
    }
  }

  #input(name: string, number: number): string | undefined {
    const scope = this.#scopes[number];
    const text =
      scope !== undefined && Object.hasOwn(scope.inputs, name) ? scope.inputs[name] : undefined;
    if (scope?.within === undefined || text === undefined) {
      return text;
    }
    const key = `${number} ${name}`;
    if (!this.#inputs.has(key)) {
      this.#inputs.set(
        key,
        this.#fill(text, scope.within, () => undefined),
      );
    }
    return this.#inputs.get(key);
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
