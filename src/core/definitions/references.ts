import { parseCondition, referencesInCondition } from '../domain/condition.ts';
import {
  formatReference,
  parseTemplate,
  referencesIn,
  type Reference,
  type Span,
  type TemplateError,
} from '../domain/expression.ts';
import * as problems from './workflows/expressionProblems.ts';
import type { Problem } from './source/problem.ts';

// What expressions may name: `inputs.<name>`, `steps.<id>.output`, `steps.<id>.status`,
// `matrix.<name>`, `run.id`.

const ROOTS = ['inputs', 'steps', 'matrix', 'run'];

/** Something wrong with a stretch of a text. */
export interface SpanProblem extends Span {
  readonly problem: Problem;
}

/** The known name that is most likely meant. */
export type Suggest = (name: string, known: readonly string[]) => string | undefined;

/** What can be judged of a reference without knowing a workflow; an agent's file is checked by it. */
function checkReferenceForm(
  { names, start, end }: Reference,
  suggest: Suggest,
  place: 'text' | 'condition',
): SpanProblem | undefined {
  const [root, member, field, more] = names;
  const written = formatReference(names);
  if (!ROOTS.includes(root.name)) {
    const problem = problems.unknownRoot(root.name, suggest(root.name, ROOTS), place);
    return { ...spanOf(root), problem };
  }
  if (member === undefined) {
    const example =
      {
        inputs: 'inputs.<name>',
        steps: 'steps.<id>.output or steps.<id>.status',
        matrix: 'matrix.<name>',
      }[root.name] ?? 'run.id';
    return { start, end, problem: problems.incompleteReference(written, example) };
  }
  const whole = formatReference([root, member]);
  switch (root.name) {
    case 'steps':
      if (field === undefined) {
        const example = `${whole}.output or ${whole}.status`;
        return { start, end, problem: problems.incompleteReference(written, example) };
      }
      return isAsked(field.name) && more === undefined
        ? undefined
        : {
            ...spanOf(more ?? field),
            problem: problems.unknownMember(written, `${whole}.output and ${whole}.status`),
          };
    case 'inputs':
    case 'matrix':
      return field === undefined
        ? undefined
        : { ...spanOf(field), problem: problems.unknownMember(written, whole) };
    default:
      return member.name === 'id' && field === undefined
        ? undefined
        : { ...spanOf(field ?? member), problem: problems.unknownMember(written, 'run.id') };
  }
}

/** What can be asked of a step. */
export function isAsked(name: string | undefined): name is 'output' | 'status' {
  return name === 'output' || name === 'status';
}

export interface CheckedReferences {
  /** Those whose form is right. */
  readonly references: readonly Reference[];
  readonly problems: readonly SpanProblem[];
}

/** Parses a text and checks the form of its references. */
export function readTemplate(text: string, suggest: Suggest): CheckedReferences {
  const template = parseTemplate(text);
  return template.ok
    ? checkForms(referencesIn(template.value), suggest, 'text')
    : unparsed(template.error);
}

/** Parses what stands behind `if` and checks the form of its references. */
export function readCondition(text: string, suggest: Suggest): CheckedReferences {
  const condition = parseCondition(text);
  return condition.ok
    ? checkForms(referencesInCondition(condition.value), suggest, 'condition')
    : unparsed(condition.error);
}

/** What the braces hold where they stand around the whole condition. */
export function withoutBraces(condition: string): string {
  return condition
    .trim()
    .replace(/^\$\{\{(.*)\}\}$/s, '$1')
    .trim();
}

function unparsed({ message, start, end }: TemplateError): CheckedReferences {
  return { references: [], problems: [{ start, end, problem: problems.badExpression(message) }] };
}

function checkForms(
  all: readonly Reference[],
  suggest: Suggest,
  place: 'text' | 'condition',
): CheckedReferences {
  const references: Reference[] = [];
  const found: SpanProblem[] = [];
  for (const reference of all) {
    const fault = checkReferenceForm(reference, suggest, place);
    if (fault === undefined) {
      references.push(reference);
    } else {
      found.push(fault);
    }
  }
  return { references, problems: found };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
