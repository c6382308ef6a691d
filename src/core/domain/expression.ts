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

/** What may stand between the braces. */
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
    const parsed = readExpression(text, open);
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
    const value = lookUp(part.expression, scope);
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

/** What a reference names, as text. Groups of values are none. */
export function lookUp(
  { names, start, end }: Reference,
  scope: Scope,
): Result<string, TemplateError> {
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

/** Something stands at `at` that the rule does not allow there. */
export interface Misplaced {
  readonly at: number;
  readonly rule: string;
}

/** Reads a text from its start to its end, by patterns and by references. */
export class ExpressionCursor {
  readonly text: string;
  at: number;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  /** What the sticky pattern finds here, or `undefined`. */
  match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** True when these characters stand here; they are passed over. */
  take(characters: string): boolean {
    const stands = this.text.startsWith(characters, this.at);
    this.at += stands ? characters.length : 0;
    return stands;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  /** Text in single quotes, with `''` for a quote in it; `undefined` when none stands here. */
  quoted(): string | undefined {
    return this.match(/'(?:[^'\r\n]|'')*'/y)
      ?.slice(1, -1)
      .replaceAll("''", "'");
  }

  reference(): Result<Reference, Misplaced> {
    const start = this.at;
    const root = this.match(/[A-Za-z_][A-Za-z0-9_-]*/y);
    if (root === undefined) {
      return this.#misplaced('an expression starts with a name, such as inputs or steps');
    }
    const names: [ReferenceName, ...ReferenceName[]] = [{ name: root, start, end: this.at }];
    for (;;) {
      const name = this.take('.')
        ? this.#dotName()
        : this.take('[')
          ? this.#bracketName()
          : undefined;
      if (name === undefined) {
        return ok({ kind: 'reference', names, start, end: this.at });
      }
      if (!name.ok) {
        return name;
      }
      names.push(name.value);
    }
  }

  #dotName(): Result<ReferenceName, Misplaced> {
    const start = this.at;
    const name = this.match(/[A-Za-z0-9_][A-Za-z0-9_-]*/y);
    return name === undefined
      ? this.#misplaced('a name must follow the "."')
      : ok({ name, start, end: this.at });
  }

  /** The rest of `['any text']`. */
  #bracketName(): Result<ReferenceName, Misplaced> {
    this.skipSpace();
    const start = this.at;
    const name = this.quoted();
    if (name === undefined) {
      return this.#misplaced(
        'a name in single quotes must follow the "[", such as [\'unit.tests\']',
      );
    }
    const end = this.at;
    this.skipSpace();
    return this.take(']')
      ? ok({ name, start, end })
      : this.#misplaced('the "[" must be closed by a "]"');
  }

  #misplaced(rule: string): Result<never, Misplaced> {
    return err({ at: this.at, rule });
  }
}

/** Reads one `${{ … }}`. Positions are offsets in the whole text. @param start of the braces */
function readExpression(
  text: string,
  start: number,
): Result<Extract<TemplatePart, { kind: 'expression' }>, TemplateError> {
  const cursor = new ExpressionCursor(text, start + OPEN.length);
  cursor.skipSpace();
  if (cursor.take(CLOSE)) {
    return err({
      message: 'There is nothing between "${{" and "}}": name a value, such as inputs.topic.',
      start,
      end: cursor.at,
    });
  }
  const expression = cursor.reference();
  if (!expression.ok) {
    return err(misplacedIn(text, start, expression.error));
  }
  cursor.skipSpace();
  const end = cursor.at;
  return cursor.take(CLOSE)
    ? ok({ kind: 'expression', expression: expression.value, start, end: cursor.at })
    : err(
        misplacedIn(text, start, {
          at: end,
          rule: 'an expression names one value, such as inputs.topic or steps.lint.output, and ends in "}}"',
        }),
      );
}

/** Says what stands there and what should. */
function misplacedIn(text: string, start: number, { at, rule }: Misplaced): TemplateError {
  const code = text.codePointAt(at);
  // Whatever stands there is worth a word only while the braces are closed further on.
  if (code === undefined || text.indexOf(CLOSE, at) === -1) {
    return {
      message:
        '"${{" is never closed: write "}}" behind the expression, or "$${{" for the plain characters.',
      start,
      end: start + OPEN.length,
    };
  }
  const found = text.startsWith(CLOSE, at) ? CLOSE : String.fromCodePoint(code);
  return {
    message: `"${found}" cannot stand here: ${rule}.`,
    start: at,
    end: at + found.length,
  };
}

/** A text in which `${{` means nothing, as the workflow language writes the same. */
export function literal(text: string): string {
  return text.split('${{').join('$${{');
}
