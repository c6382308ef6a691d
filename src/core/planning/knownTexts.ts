import {
  formatReference,
  parseTemplate,
  referencesIn,
  type Reference,
  type TemplatePart,
} from '../domain/expression.ts';
import type { InputScope, Names } from '../domain/workflow.ts';
import { PlanFault } from './planFault.ts';

/** UTF-16 units of a text that planning fills in: inputs may double on their way through nested workflows. */
const LONGEST_TEXT = 1024 * 1024;

type Unknown = Extract<TemplatePart, { readonly kind: 'expression' }>;

/** Fills in texts as far as their values are known before the run starts: inputs and matrix values. */
export class KnownTexts {
  readonly #scopes: readonly InputScope[];
  /** Values of inputs by scope and name; `undefined`: not known before the run. */
  readonly #inputs = new Map<string, string | undefined>();

  /** @param scopes may grow, and never change otherwise */
  constructor(scopes: readonly InputScope[]) {
    this.#scopes = scopes;
  }

  /** @throws PlanFault where a value is not known yet or is missing */
  render(text: string, names: Names): string {
    const template = parseTemplate(text);
    if (!template.ok) {
      throw new PlanFault(`its matrix cannot be filled in: ${template.error.message}`);
    }
    const rendered = this.#fill(text, names, ({ expression }) => {
      throw new PlanFault(
        `its matrix depends on ${formatReference(expression.names)}, which is not known before the run starts`,
      );
    });
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
