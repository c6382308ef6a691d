import type { StepDraft, WorkflowDraft } from '../definitions/workflows/workflowDraft.ts';
import { formatReference } from '../domain/expression.ts';
import { oneLine } from '../base/text.ts';
import type { Offer } from './completion.ts';
import { ancestorsOf } from './stepFacts.ts';

/** An expression that is being written: `steps.lint.ou`. */
export interface OpenExpression {
  /** The names before the one that is being written. */
  readonly names: readonly string[];
  /** What is written of it. */
  readonly partial: string;
  /** True behind `['`. */
  readonly bracket: boolean;
  /** What the quoted text that is being written is compared with: `inputs.mode == '`. */
  readonly comparedWith: readonly string[] | undefined;
}

const NAME = String.raw`[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*|\['[^'\]]*'\])*`;
const REFERENCE = new RegExp(
  `(?:^|[^A-Za-z0-9_.\\]'-])(${NAME})(\\.|\\[')([^'\\]\\s.]*|[^'\\]]*)$`,
);
const WORD = /(?:^|[^A-Za-z0-9_.\]'-])([A-Za-z_][A-Za-z0-9_-]*)?$/;
const COMPARED = new RegExp(`(${NAME})\\s{0,8}[!=]=\\s{0,8}'([^']*)$`);
/** Longer than any name; what stands further before the caret is of no matter. */
const LOOK_BACK = 1000;

/**
 * The expression a caret stands in.
 * @param before the line up to the caret
 * @param from where a condition begins, which is one without braces
 */
export function openExpression(
  before: string,
  from: number | undefined,
): OpenExpression | undefined {
  const open = before.lastIndexOf('${{');
  const inBraces = open > before.lastIndexOf('}}') && before[open - 1] !== '$';
  const start = inBraces ? open + 3 : from;
  if (start === undefined || (!inBraces && before.includes('}}', start))) {
    return undefined;
  }
  const text = before.slice(Math.max(start, before.length - LOOK_BACK));
  const compared = COMPARED.exec(text);
  if (compared !== null) {
    const [, written = '', partial = ''] = compared;
    return { names: [], partial, bracket: false, comparedWith: namesOf(written) };
  }
  const reference = REFERENCE.exec(text);
  if (reference !== null) {
    const [, written = '', link, partial = ''] = reference;
    return { names: namesOf(written), partial, bracket: link !== '.', comparedWith: undefined };
  }
  const word = WORD.exec(text);
  if (word === null || isInQuotes(text)) {
    return undefined;
  }
  return { names: [], partial: word[1] ?? '', bracket: false, comparedWith: undefined };
}

function namesOf(reference: string): string[] {
  return [...reference.matchAll(/\['([^']*)'\]|[A-Za-z0-9_][A-Za-z0-9_-]*/g)].map(
    ([whole, quoted]) => quoted ?? whole,
  );
}

function isInQuotes(text: string): boolean {
  return (text.split("'").length - 1) % 2 === 1;
}

/** What an expression may go on with. */
export function expressionOffers(
  { names, bracket, comparedWith }: OpenExpression,
  draft: WorkflowDraft | undefined,
  step: StepDraft | undefined,
  place: 'text' | 'condition' | 'matrix',
): Offer[] {
  if (comparedWith !== undefined) {
    return comparedOffers(comparedWith, draft, step);
  }
  const [root, member, more] = names;
  if (root === undefined) {
    return rootOffers(draft, step, place);
  }
  if (more !== undefined) {
    return [];
  }
  switch (root) {
    case 'inputs':
      return member === undefined ? inputOffers(draft, bracket) : [];
    case 'matrix':
      return member === undefined && place !== 'matrix' ? matrixOffers(step, bracket) : [];
    case 'run':
      return member === undefined ? [{ label: 'id', kind: 'name', detail: "the run's id" }] : [];
    case 'steps':
      return member === undefined
        ? stepOffers(draft, step, bracket)
        : askOffers(draft?.steps.find(({ id }) => id === member));
    default:
      return [];
  }
}

function rootOffers(
  draft: WorkflowDraft | undefined,
  step: StepDraft | undefined,
  place: 'text' | 'condition' | 'matrix',
): Offer[] {
  const root = (label: string, detail: string, insertText = `${label}.`): Offer => ({
    label,
    kind: 'name',
    detail,
    insertText,
    goesOn: true,
  });
  const hasMatrix = place !== 'matrix' && (draft === undefined || step?.matrix !== undefined);
  const functions = place === 'condition' ? CONDITION_FUNCTIONS : [];
  return [
    ...(draft === undefined || draft.inputs.size > 0
      ? [root('inputs', 'values given when the run starts')]
      : []),
    ...(draft === undefined || step === undefined || step.needs.length > 0
      ? [root('steps', 'what needed steps printed, and how they ended')]
      : []),
    ...(hasMatrix ? [root('matrix', 'the values of this task')] : []),
    ...functions,
    root('run', 'the run itself', 'run.id'),
  ];
}

const CONDITION_FUNCTIONS: readonly Offer[] = (
  [
    ['success()', 'holds where everything the step needs is done'],
    ['failure()', 'holds where something the step needs has failed'],
    ['always()', 'holds always'],
    ['contains()', 'contains(text, part): holds where the text has the part', 'contains('],
    ['startsWith()', 'startsWith(text, part): holds where the text begins with it', 'startsWith('],
    ['endsWith()', 'endsWith(text, part): holds where the text ends with it', 'endsWith('],
  ] as const
).map(([label, detail, insertText = label]) => ({ label, kind: 'function', detail, insertText }));

function inputOffers(draft: WorkflowDraft | undefined, bracket: boolean): Offer[] {
  return [...(draft?.inputs ?? [])].map(([name, input]) => ({
    ...named(name, bracket),
    kind: 'input',
    detail:
      input.default === undefined ? 'must be given' : `default: ${oneLine(input.default, 60)}`,
    documentation: input.description ?? '',
  }));
}

function matrixOffers(step: StepDraft | undefined, bracket: boolean): Offer[] {
  const matrix = step?.matrix;
  return matrix === undefined || matrix === 'unread'
    ? []
    : [...matrix.keys()].map((name) => ({ ...named(name, bracket), kind: 'name' }));
}

/** Those whose end is known when the step starts. */
function stepOffers(
  draft: WorkflowDraft | undefined,
  step: StepDraft | undefined,
  bracket: boolean,
): Offer[] {
  if (draft === undefined || step === undefined) {
    return [];
  }
  const needed = ancestorsOf(step.id, draft.steps);
  const direct = new Set(step.needs.map(({ text }) => text));
  const offers = draft.steps
    .filter(({ id }) => needed.has(id))
    .sort((a, b) => Number(direct.has(b.id)) - Number(direct.has(a.id)));
  return offers.map((one) => ({
    ...named(one.id, bracket),
    kind: 'step',
    detail: one.kind === 'agent' ? (one.agent?.text ?? '') : one.kind,
    goesOn: true,
  }));
}

function askOffers(step: StepDraft | undefined): Offer[] {
  const output: Offer = {
    label: 'output',
    kind: 'name',
    detail: 'what it printed, without its last line end',
  };
  const status: Offer = {
    label: 'status',
    kind: 'name',
    detail: 'succeeded, failed, skipped or cancelled',
  };
  return step?.kind === 'gate' ? [status] : [output, status];
}

function comparedOffers(
  [root, member, field]: readonly string[],
  draft: WorkflowDraft | undefined,
  step: StepDraft | undefined,
): Offer[] {
  const matrix = step?.matrix;
  const lanes =
    root === 'matrix' && matrix !== undefined && matrix !== 'unread'
      ? matrix.get(member ?? '')
      : undefined;
  const values =
    root === 'steps' && field === 'status'
      ? ['succeeded', 'failed', 'skipped', 'cancelled']
      : root === 'inputs'
        ? (draft?.inputs.get(member ?? '')?.options ?? [])
        : Array.isArray(lanes)
          ? lanes.map(({ text }: { readonly text: string }) => text)
          : [];
  return values.map((label) => ({ label, kind: 'value' }));
}

/** A name behind a dot, or in brackets where a dot cannot stand before it. */
function named(name: string, bracket: boolean): { label: string; insertText: string } {
  const form = formatReference([{ name: '_' }, { name }]).slice(1);
  const quoted = name.replaceAll("'", "''");
  return {
    label: name,
    insertText: bracket ? `${quoted}']` : form.startsWith('.') ? name : form,
  };
}
