import { parseTemplate, type Reference, type TemplatePart } from './expression.ts';
import type { InputScope, Names } from './workflow.ts';

/** UTF-16 units of a text that is filled in before a run: inputs may double on their way through nested workflows. */
const LONGEST_TEXT = 1024 * 1024;

export type UnknownPart = Extract<TemplatePart, { readonly kind: 'expression' }>;

/** What is known of texts before a run starts: the values of inputs and of matrices. */
export class KnownValues {
  readonly #scopes: readonly InputScope[];
  /** Values of inputs by scope and name; `undefined`: not known before the run. */
  readonly #inputs = new Map<string, string | undefined>();

  /** @param scopes may grow, and never change otherwise */
  constructor(scopes: readonly InputScope[]) {
    this.#scopes = scopes;
  }

  /** `undefined` when the text is no template, gets too long, or when `unknown` says so. */
  fill(
    text: string,
    names: Names,
    unknown: (part: UnknownPart) => string | undefined,
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
        this.fill(text, scope.within, () => undefined),
      );
    }
    return this.#inputs.get(key);
  }
}
