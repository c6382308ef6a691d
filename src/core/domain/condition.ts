import { unreachable } from '../base/exhaustive.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  ExpressionCursor,
  formatReference,
  lookUp,
  type Misplaced,
  type Reference,
  type Scope,
  type Span,
  type TemplateError,
} from './expression.ts';

// The language of `if:`. Every value is a text; one is true unless it is empty, "false" or the number 0.
// Texts compare exactly, and as numbers when both sides look like numbers. From loosest to tightest:
// `||`, `&&`, one comparison, `!`. As on GitHub, `a && b` and `a || b` give one of their sides.
// Nothing of a condition is ever run as code.

export type Condition =
  | { readonly kind: 'literal'; readonly text: string }
  | Reference
  | { readonly kind: 'not'; readonly operand: Condition }
  /** `&&`: the first operand that is not true, or the last. */
  | { readonly kind: 'every'; readonly operands: readonly Condition[] }
  /** `||`: the first operand that is true, or the last. */
  | { readonly kind: 'some'; readonly operands: readonly Condition[] }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Condition;
      readonly right: Condition;
    }
  | { readonly kind: 'end'; readonly asks: EndFunction }
  | {
      readonly kind: 'search';
      readonly asks: SearchFunction;
      readonly text: Condition;
      readonly part: Condition;
    };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** How what the task needs ended. */
export type EndFunction = 'always' | 'success' | 'failure';
export type SearchFunction = 'contains' | 'startsWith' | 'endsWith';

/** How everything ended that a task needs. */
export interface Ends {
  /** `failure()` */
  readonly failed: boolean;
  /** `success()` */
  readonly allDone: boolean;
}

const MAX_LENGTH = 4096;
const MAX_DEPTH = 64;
const OPEN = '${{';
const CLOSE = '}}';
const FUNCTIONS = 'always(), success(), failure(), contains(), startsWith() and endsWith()';

/** The condition, or the first thing wrong. The text may stand in `${{ }}` as a whole. O(length). */
export function parseCondition(text: string): Result<Condition, TemplateError> {
  if (text.length > MAX_LENGTH) {
    const message = `A condition has at most ${MAX_LENGTH} characters; this one has ${text.length}.`;
    return err({ message, start: 0, end: text.length });
  }
  try {
    return ok(new ConditionParser(text).parse());
  } catch (thrown) {
    if (thrown instanceof SyntaxFault) {
      return err(thrown.error);
    }
    throw thrown;
  }
}

/** Every reference in the condition, in the order written. */
export function referencesInCondition(condition: Condition): Reference[] {
  return condition.kind === 'reference'
    ? [condition]
    : operandsOf(condition).flatMap(referencesInCondition);
}

/** True when it asks how tasks ended, so that it can be judged where one has failed. */
export function looksAtEnds(condition: Condition): boolean {
  if (condition.kind === 'reference') {
    const [root, , field] = condition.names;
    return root.name === 'steps' && field?.name === 'status';
  }
  return condition.kind === 'end' || operandsOf(condition).some(looksAtEnds);
}

/** True when it says `success()` or `failure()`: it means something else for a task of other needs. */
export function looksAtNeeds(condition: Condition): boolean {
  return condition.kind === 'end'
    ? condition.asks !== 'always'
    : operandsOf(condition).some(looksAtNeeds);
}

/** Whether the condition holds. A value that is missing is an error only where it is asked for. */
export function evaluateCondition(
  condition: Condition,
  scope: Scope,
  ends: Ends,
): Result<boolean, TemplateError> {
  const value = valueOf(condition, scope, ends);
  return value.ok ? ok(isTrue(value.value)) : value;
}

function operandsOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case 'literal':
    case 'reference':
    case 'end':
      return [];
    case 'not':
      return [condition.operand];
    case 'every':
    case 'some':
      return condition.operands;
    case 'comparison':
      return [condition.left, condition.right];
    case 'search':
      return [condition.text, condition.part];
    default:
      return unreachable(condition);
  }
}

function valueOf(condition: Condition, scope: Scope, ends: Ends): Result<string, TemplateError> {
  switch (condition.kind) {
    case 'literal':
      return ok(condition.text);
    case 'reference':
      return lookUp(condition, scope);
    case 'not': {
      const value = valueOf(condition.operand, scope, ends);
      return value.ok ? ok(String(!isTrue(value.value))) : value;
    }
    case 'every':
    case 'some': {
      let value: Result<string, TemplateError> = ok('');
      for (const operand of condition.operands) {
        value = valueOf(operand, scope, ends);
        if (!value.ok || isTrue(value.value) === (condition.kind === 'some')) {
          break;
        }
      }
      return value;
    }
    case 'comparison':
      return both(condition.left, condition.right, scope, ends, (left, right) =>
        holds(condition.operator, left, right),
      );
    case 'end':
      return ok(
        String({ always: true, success: ends.allDone, failure: ends.failed }[condition.asks]),
      );
    case 'search':
      return both(condition.text, condition.part, scope, ends, (text, part) =>
        condition.asks === 'contains'
          ? text.includes(part)
          : condition.asks === 'startsWith'
            ? text.startsWith(part)
            : text.endsWith(part),
      );
    default:
      return unreachable(condition);
  }
}

function both(
  left: Condition,
  right: Condition,
  scope: Scope,
  ends: Ends,
  judge: (left: string, right: string) => boolean,
): Result<string, TemplateError> {
  const first = valueOf(left, scope, ends);
  if (!first.ok) {
    return first;
  }
  const second = valueOf(right, scope, ends);
  return second.ok ? ok(String(judge(first.value, second.value))) : second;
}

function isTrue(text: string): boolean {
  return text !== '' && text !== 'false' && numberIn(text) !== 0;
}

function holds(operator: Comparison, leftText: string, rightText: string): boolean {
  const [a, b] = [numberIn(leftText), numberIn(rightText)];
  const [left, right] = a === undefined || b === undefined ? [leftText, rightText] : [a, b];
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return unreachable(operator);
  }
}

/**
 * The number a text looks like. Without exponents and with at most 15 digits, so that two commit ids
 * or account numbers that differ are never taken for the same number.
 */
function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?(?=[\d.]{1,16}$)\d{1,15}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Leaves the descent; never leaves this file. */
class SyntaxFault extends Error {
  readonly error: TemplateError;

  constructor(error: TemplateError) {
    super(error.message);
    this.error = error;
  }
}

class ConditionParser {
  readonly #cursor: ExpressionCursor;
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new ExpressionCursor(text, 0);
  }

  parse(): Condition {
    const cursor = this.#cursor;
    cursor.skipSpace();
    const start = cursor.at;
    const braced = cursor.take(OPEN);
    cursor.skipSpace();
    if (cursor.at === cursor.text.length || (braced && cursor.text.startsWith(CLOSE, cursor.at))) {
      this.#fail("There is no condition here: write one, such as inputs.mode == 'full'.", {
        start,
        end: cursor.text.length,
      });
    }
    const condition = this.#some();
    if (braced && !cursor.take(CLOSE)) {
      if (cursor.at === cursor.text.length) {
        this.#fail('"${{" is never closed: write "}}" behind the condition, or leave both out.', {
          start,
          end: start + OPEN.length,
        });
      }
      this.#misplaced('"&&", "||", a comparison or "}}" must follow');
    }
    cursor.skipSpace();
    if (cursor.at < cursor.text.length) {
      this.#misplaced(
        braced
          ? 'the braces must hold the whole condition'
          : '"&&", "||", a comparison or the end of the condition must follow',
      );
    }
    return condition;
  }

  #some(): Condition {
    return this.#chain('some', '||', () => this.#chain('every', '&&', () => this.#comparison()));
  }

  #chain(kind: 'every' | 'some', operator: string, operand: () => Condition): Condition {
    const first = operand();
    const operands = [first];
    while (this.#cursor.take(operator)) {
      operands.push(operand());
    }
    return operands.length === 1 ? first : { kind, operands };
  }

  #comparison(): Condition {
    const left = this.#unary();
    const operator = this.#operator();
    if (operator === undefined) {
      return left;
    }
    const right = this.#unary();
    const { at } = this.#cursor;
    if (this.#operator() !== undefined) {
      this.#cursor.at = at;
      this.#misplaced('two comparisons in a row need parentheses or "&&"');
    }
    return { kind: 'comparison', operator, left, right };
  }

  #operator(): Comparison | undefined {
    return this.#cursor.match(/[=!]=|[<>]=?/y) as Comparison | undefined;
  }

  /** Ends behind the space that follows, as all below. */
  #unary(): Condition {
    this.#depth += 1;
    this.#cursor.skipSpace();
    if (this.#depth > MAX_DEPTH) {
      this.#fail(`A condition can nest at most ${MAX_DEPTH} deep: take it apart.`, this.#here());
    }
    const condition: Condition = this.#cursor.take('!')
      ? { kind: 'not', operand: this.#unary() }
      : this.#primary();
    this.#cursor.skipSpace();
    this.#depth -= 1;
    return condition;
  }

  #primary(): Condition {
    const cursor = this.#cursor;
    if (cursor.take('(')) {
      const inner = this.#some();
      if (!cursor.take(')')) {
        this.#misplaced('the "(" must be closed by a ")"');
      }
      return inner;
    }
    const literal = cursor.quoted() ?? cursor.match(/-?\d+(?:\.\d+)?/y);
    if (literal !== undefined) {
      return { kind: 'literal', text: literal };
    }
    const { at } = cursor;
    const reference = cursor.reference();
    if (!reference.ok) {
      return reference.error.at === at
        ? this.#misplaced(
            "a value must stand here, such as inputs.mode, 'text' in single quotes, 7 or always()",
          )
        : this.#misplaced(reference.error.rule, reference.error.at);
    }
    const [{ name }, member] = reference.value.names;
    if (member === undefined && (name === 'true' || name === 'false')) {
      return { kind: 'literal', text: name };
    }
    cursor.skipSpace();
    if (cursor.take('(')) {
      return this.#call(reference.value);
    }
    if (member === undefined && (isEndFunction(name) || isSearchFunction(name))) {
      const example = isEndFunction(name) ? `${name}()` : `${name}(inputs.topic, 'text')`;
      this.#fail(`${name} is a function: write ${example}.`, reference.value);
    }
    return reference.value;
  }

  /** What stands behind the "(". */
  #call(called: Reference): Condition {
    const name = formatReference(called.names);
    if (isEndFunction(name)) {
      this.#cursor.skipSpace();
      if (!this.#cursor.take(')')) {
        this.#misplaced(`${name}() takes no values, so a ")" must follow`);
      }
      return { kind: 'end', asks: name };
    }
    if (!isSearchFunction(name)) {
      this.#fail(`There is no function ${name}(): there are ${FUNCTIONS}.`, called);
    }
    const text = this.#some();
    if (!this.#cursor.take(',')) {
      this.#misplaced(`${name}() takes two values with a "," between them`);
    }
    const part = this.#some();
    if (!this.#cursor.take(')')) {
      this.#misplaced(`${name}() takes two values, so a ")" must follow`);
    }
    return { kind: 'search', asks: name, text, part };
  }

  #here(): Span {
    const { at, text } = this.#cursor;
    return { start: at, end: Math.min(at + 1, text.length) };
  }

  /** Says what stands here and what should. */
  #misplaced(rule: Misplaced['rule'], at = this.#cursor.at): never {
    const { text } = this.#cursor;
    const code = text.codePointAt(at);
    if (code === undefined) {
      this.#fail(`The condition ends too early: ${rule}.`, { start: at, end: at });
    }
    const found = /(?:&&|\|\||[=!<>]=|\}\})/y;
    found.lastIndex = at;
    const stands = found.exec(text)?.[0] ?? String.fromCodePoint(code);
    const hint =
      stands === '"'
        ? ' (texts stand in single quotes)'
        : stands === '='
          ? ' (equality is "==")'
          : '';
    this.#fail(`${stands === '"' ? "'\"'" : `"${stands}"`} cannot stand here${hint}: ${rule}.`, {
      start: at,
      end: at + stands.length,
    });
  }

  #fail(message: string, { start, end }: Span): never {
    throw new SyntaxFault({ message, start, end });
  }
}

function isEndFunction(name: string): name is EndFunction {
  return ['always', 'success', 'failure'].includes(name);
}

function isSearchFunction(name: string): name is SearchFunction {
  return ['contains', 'startsWith', 'endsWith'].includes(name);
}
