import { err, ok, type Result } from '../base/result.ts';

// Text with `${{ … }}` in it. It is parsed once, checked where it stands, and filled in when a task
// starts; nothing of it is ever run as code. `$${{` stands for the characters `${{`.

/** Text cut into what is kept and what is filled in. Joined in order. */
export interface Template {
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart =
  | { readonly kind: 'literal'; readonly text: string }
  | ({ readonly kind: 'expression'; readonly expression: Expression } & Span);

/** What may stand between the braces. Operators become further variants. */
export type Expression = Reference;

/** `steps.lint.output`, `steps['unit.tests'].output`: the names to follow from the scope's root. */
export interface Reference extends Span {
  readonly kind: 'reference';
  readonly names: readonly [ReferenceName, ...ReferenceName[]];
}

export interface ReferenceName extends Span {
  readonly name: string;
}

/** A stretch of the template's text: UTF-16 offsets from 0, `end` just behind the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TemplateError extends Span {
  /** What is wrong and what to do, as one sentence. */
  readonly message: string;
}

/** The values a template can name. Only own properties count, whatever the object inherits. */
export interface Scope {
  readonly [name: string]: ScopeValue | undefined;
}

export type ScopeValue = string | number | boolean | Scope;

const OPEN = '${{';
const CLOSE = '}}';

/** The first thing wrong, or the whole template. O(length). */
export function parseTemplate(text: string): Result<Template, TemplateError> {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    if (open > at && text[open - 1] === '$') {
      literal += text.slice(at, open - 1) + OPEN;
      at = open + OPEN.length;
      continue;
    }
    literal += text.slice(at, open);
    if (literal !== '') {
      parts.push({ kind: 'literal', text: literal });
      literal = '';
    }
    const parsed = new ExpressionParser(text, open).parse();
    if (!parsed.ok) {
      return parsed;
    }
    parts.push(parsed.value);
    at = parsed.value.end;
  }
  literal += text.slice(at);
  if (literal !== '') {
    parts.push({ kind: 'literal', text: literal });
  }
  return ok({ parts });
}

/** The template with every expression replaced by its value. Values are put in as they are, not parsed again. */
export function renderTemplate(template: Template, scope: Scope): Result<string, TemplateError> {
  let text = '';
  for (const part of template.parts) {
    if (part.kind === 'literal') {
      text += part.text;
      continue;
    }
    const value = evaluate(part.expression, scope);
    if (!value.ok) {
      return value;
    }
    text += value.value;
  }
  return ok(text);
}

/** Every reference in the template, in the order written. */
export function referencesIn(template: Template): Reference[] {
  return template.parts.flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}

/** The reference in its shortest spelling. */
export function formatReference(names: readonly { readonly name: string }[]): string {
  return names
    .map(({ name }, index) =>
      NAME.test(name) ? (index === 0 ? name : `.${name}`) : `['${name.replaceAll("'", "''")}']`,
    )
    .join('');
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

function evaluate({ names, start, end }: Reference, scope: Scope): Result<string, TemplateError> {
  let value: ScopeValue = scope;
  for (const [index, { name }] of names.entries()) {
    const found: ScopeValue | undefined =
      typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined) {
      const path = formatReference(names.slice(0, index + 1));
      return err({ start, end, message: `There is no value ${path}.` });
    }
    value = found;
  }
  return typeof value === 'object'
    ? err({
        start,
        end,
        message: `${formatReference(names)} is a group of values: name one value in it.`,
      })
    : ok(String(value));
}

/** Reads one `${{ … }}`. Fails by value; positions are offsets in the whole text. */
class ExpressionParser {
  readonly #text: string;
  readonly #start: number;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.#at = start + OPEN.length;
  }

  parse(): Result<Extract<TemplatePart, { kind: 'expression' }>, TemplateError> {
    this.#skipSpace();
    if (this.#text.startsWith(CLOSE, this.#at)) {
      return this.#fail(
        'There is nothing between "${{" and "}}": name a value, such as inputs.topic.',
        { start: this.#start, end: this.#at + CLOSE.length },
      );
    }
    const expression = this.#reference();
    if (!expression.ok) {
      return expression;
    }
    this.#skipSpace();
    if (!this.#text.startsWith(CLOSE, this.#at)) {
      return this.#unexpected(
        'an expression names one value, such as inputs.topic or steps.lint.output, and ends in "}}"',
      );
    }
    this.#at += CLOSE.length;
    return ok({
      kind: 'expression',
      expression: expression.value,
      start: this.#start,
      end: this.#at,
    });
  }

  #reference(): Result<Reference, TemplateError> {
    const start = this.#at;
    const root = this.#match(/[A-Za-z_][A-Za-z0-9_-]*/y);
    if (root === undefined) {
      return this.#unexpected('an expression starts with a name, such as inputs or steps');
    }
    const names: [ReferenceName, ...ReferenceName[]] = [{ name: root, start, end: this.#at }];
    for (;;) {
      const step = this.#text[this.#at] === '.' ? this.#dotName() : this.#bracketName();
      if (step === undefined) {
        return ok({ kind: 'reference', names, start, end: this.#at });
      }
      if (!step.ok) {
        return step;
      }
      names.push(step.value);
    }
  }

  #dotName(): Result<ReferenceName, TemplateError> {
    this.#at += 1;
    const start = this.#at;
    const name = this.#match(/[A-Za-z0-9_][A-Za-z0-9_-]*/y);
    return name === undefined
      ? this.#unexpected('a name must follow the "."')
      : ok({ name, start, end: this.#at });
  }

  /** `['any text']`, with `''` for a quote in it; `undefined` when no bracket stands here. */
  #bracketName(): Result<ReferenceName, TemplateError> | undefined {
    if (this.#text[this.#at] !== '[') {
      return undefined;
    }
    this.#at += 1;
    this.#skipSpace();
    const start = this.#at;
    const quoted = this.#match(/'(?:[^'\r\n]|'')*'/y);
    if (quoted === undefined) {
      return this.#unexpected(
        'a name in single quotes must follow the "[", such as [\'unit.tests\']',
      );
    }
    const end = this.#at;
    this.#skipSpace();
    if (this.#text[this.#at] !== ']') {
      return this.#unexpected('the "[" must be closed by a "]"');
    }
    this.#at += 1;
    return ok({ name: quoted.slice(1, -1).replaceAll("''", "'"), start, end });
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skipSpace(): void {
    this.#match(/\s*/y);
  }

  /** Says what stands here and what should. */
  #unexpected(rule: string): Result<never, TemplateError> {
    const at = this.#at;
    const code = this.#text.codePointAt(at);
    // Whatever stands here is worth a word only while the braces are closed further on.
    if (code === undefined || this.#text.indexOf(CLOSE, at) === -1) {
      return this.#fail(
        '"${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
        { start: this.#start, end: this.#start + OPEN.length },
      );
    }
    const character = String.fromCodePoint(code);
    const found = this.#text.startsWith(CLOSE, at) ? CLOSE : character;
    return this.#fail(`"${found}" cannot stand here: ${rule}.`, {
      start: at,
      end: at + found.length,
    });
  }

  #fail(message: string, span: Span): Result<never, TemplateError> {
    return err({ message, ...span });
  }
}
