import {
  evaluateCondition,
  referencesInCondition,
  type Condition,
  type Ends,
} from '../../domain/condition.ts';
import { formatReference, type Reference, type Scope } from '../../domain/expression.ts';

/** Combinations of values that are tried; what would make more is taken as unknown. */
const MAX_COMBINATIONS = 64;
/** Stands for every text that a condition does not name. */
const ANY_OTHER = '\u0000';

interface Variable {
  readonly key: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/**
 * False where a condition is not true whatever the values are that nobody knows yet; what cannot be
 * told may hold.
 * @param valuesOf all a reference can be; `undefined`: any text @param ends how its needs may have ended
 */
export function canHold(
  condition: Condition,
  valuesOf: (reference: Reference) => readonly string[] | undefined,
  ends: readonly Ends[],
): boolean {
  const variables: Variable[] = [];
  let combinations = 1;
  const compared = comparedTexts(condition);
  for (const reference of referencesInCondition(condition)) {
    const key = formatReference(reference.names);
    const texts = compared.get(key);
    const values = valuesOf(reference) ?? (texts && [...texts, ANY_OTHER]);
    const isKnown = variables.some((variable) => variable.key === key);
    const count = values?.length ?? 0;
    if (isKnown || values === undefined || count === 0 || combinations * count > MAX_COMBINATIONS) {
      continue;
    }
    combinations *= count;
    variables.push({ key, names: reference.names.map(({ name }) => name), values });
  }
  const known = new Set(variables.map(({ key }) => key));
  for (let combination = 0; combination < combinations; combination += 1) {
    const scope = scopeOf(variables, combination);
    if (ends.some((end) => truthOf(condition, known, scope, end) !== false)) {
      return true;
    }
  }
  return false;
}

/** By reference: the texts it is compared with, of those that nothing else is done with. */
function comparedTexts(condition: Condition): ReadonlyMap<string, ReadonlySet<string>> {
  const texts = new Map<string, Set<string>>();
  const others = new Set<string>();
  const visit = (part: Condition): void => {
    switch (part.kind) {
      case 'literal':
      case 'end':
        break;
      case 'reference':
        others.add(formatReference(part.names));
        break;
      case 'not':
        visit(part.operand);
        break;
      case 'every':
      case 'some':
        part.operands.forEach(visit);
        break;
      case 'search':
        visit(part.text);
        visit(part.part);
        break;
      case 'comparison': {
        const { operator, left, right } = part;
        const [reference, literal] = left.kind === 'reference' ? [left, right] : [right, left];
        if (
          (operator === '==' || operator === '!=') &&
          reference.kind === 'reference' &&
          literal.kind === 'literal'
        ) {
          const key = formatReference(reference.names);
          texts.set(key, (texts.get(key) ?? new Set()).add(literal.text));
        } else {
          visit(left);
          visit(right);
        }
      }
    }
  };
  visit(condition);
  others.forEach((key) => texts.delete(key));
  return texts;
}

/** The values of one combination: its number is read as one digit for each variable. */
function scopeOf(variables: readonly Variable[], combination: number): Scope {
  const scope = Object.create(null) as Record<string, unknown>;
  let rest = combination;
  for (const { names, values } of variables) {
    let group = scope;
    for (const name of names.slice(0, -1)) {
      group[name] ??= Object.create(null);
      group = group[name] as Record<string, unknown>;
    }
    group[names.at(-1) ?? ''] = values[rest % values.length];
    rest = Math.floor(rest / values.length);
  }
  return scope as Scope;
}

/** `undefined`: it takes a value that is not known. */
function truthOf(
  condition: Condition,
  known: ReadonlySet<string>,
  scope: Scope,
  ends: Ends,
): boolean | undefined {
  switch (condition.kind) {
    case 'not': {
      const truth = truthOf(condition.operand, known, scope, ends);
      return truth === undefined ? undefined : !truth;
    }
    case 'every':
    case 'some': {
      const decides = condition.kind === 'some';
      const truths = condition.operands.map((operand) => truthOf(operand, known, scope, ends));
      return truths.includes(decides) ? decides : truths.includes(undefined) ? undefined : !decides;
    }
    case 'literal':
    case 'end':
    case 'reference':
    case 'comparison':
    case 'search': {
      const isKnown = referencesInCondition(condition).every(({ names }) =>
        known.has(formatReference(names)),
      );
      const value = isKnown ? evaluateCondition(condition, scope, ends) : undefined;
      return value?.ok === true ? value.value : undefined;
    }
  }
}
