import type { Range } from '../../domain/diagnostic.ts';
import { formatReference, type Reference, type Span } from '../../domain/expression.ts';
import { reaches } from '../../graph/reach.ts';
import type { AgentIndex, ValidAgentEntry } from '../entries.ts';
import * as problems from './expressionProblems.ts';
import type { Problem, RelatedLocation } from '../source/problem.ts';
import { isList } from './readMatrix.ts';
import { isAsked, readCondition, readTemplate, type CheckedReferences } from '../references.ts';
import { MissingNeeds } from './missingNeeds.ts';
import type { DocumentReader } from '../source/shape.ts';
import {
  graphItem,
  unknownStep,
  type StepDraft,
  type WorkflowDraft,
  type Written,
} from './workflowDraft.ts';

/** Reports every expression that cannot be filled in when its step starts. */
export function checkExpressions(
  draft: WorkflowDraft,
  agents: AgentIndex,
  reader: DocumentReader,
): void {
  new ExpressionChecks(draft, agents, reader).run();
}

/** A text with references in it: where they are looked for, and what they may name. */
type Kind =
  | 'text'
  | 'condition'
  /** The values of a matrix. */
  | 'lanes'
  /** Globs of paths: known before the step's turn comes. */
  | 'paths'
  /** Those of every step. */
  | 'common paths';

function mayName(kind: Kind, { names: [root, , member] }: Reference): boolean {
  switch (kind) {
    case 'text':
    case 'condition':
      return true;
    case 'lanes':
      return root.name === 'inputs' || (root.name === 'steps' && member?.name === 'output');
    case 'paths':
      return root.name === 'inputs' || root.name === 'matrix';
    case 'common paths':
      return root.name === 'inputs';
  }
}

function notFor(kind: Kind, reference: string): Problem {
  switch (kind) {
    case 'lanes':
      return problems.notForLanes(reference);
    case 'common paths':
      return problems.notForAllSteps(reference);
    default:
      return problems.notForPaths(reference);
  }
}

/** Where a reference is shown when something is wrong with it, and what is told beside. */
interface Place {
  readonly range: (span: Span) => Range;
  readonly related: readonly RelatedLocation[];
  readonly problem: (problem: Problem) => Problem;
}

class ExpressionChecks {
  readonly #draft: WorkflowDraft;
  readonly #agents: AgentIndex;
  readonly #reader: DocumentReader;
  readonly #steps: ReadonlyMap<string, StepDraft>;
  readonly #inputNames: readonly string[];
  readonly #stepIds: readonly string[];
  readonly #suggest = (name: string, known: readonly string[]) =>
    this.#reader.suggestions.for(name, known);
  /** Steps that are asked for and not needed directly; whether indirectly is answered for all at once. */
  readonly #questions: {
    readonly id: string;
    readonly ancestor: string;
    readonly asked: 'output' | 'status';
    readonly span: Span;
    readonly place: Place;
  }[] = [];

  constructor(draft: WorkflowDraft, agents: AgentIndex, reader: DocumentReader) {
    this.#draft = draft;
    this.#agents = agents;
    this.#reader = reader;
    this.#steps = new Map(draft.steps.map((step) => [step.id, step]));
    this.#inputNames = [...draft.inputs.keys()];
    this.#stepIds = [...this.#steps.keys()];
  }

  run(): void {
    for (const step of this.#draft.steps) {
      const needs = new Set(step.needs.map(({ text }) => text));
      for (const written of textsOf(step)) {
        this.#checkText(step, needs, written, 'text');
      }
      if (step.condition !== undefined) {
        this.#checkText(step, needs, step.condition, 'condition');
      }
      for (const written of laneTextsOf(step)) {
        this.#checkText(step, needs, written, 'lanes');
      }
      for (const written of pathsOf(step)) {
        this.#checkText(step, needs, written, 'paths');
      }
      this.#checkAgentEnvironment(step, needs);
    }
    for (const written of this.#draft.cacheInputs) {
      this.#checkText(unknownStep('', []), new Set(), written, 'common paths');
    }
    const items = this.#draft.steps.map(graphItem);
    const reached = reaches(items, this.#questions);
    const missing = this.#questions.filter((_, index) => reached[index] === false);
    const needs = new MissingNeeds(this.#draft, missing);
    for (const question of missing) {
      const { ancestor, asked, span, place } = question;
      const fixes = needs.fixes(this.#reader, question);
      const problem = place.problem(problems.endWithoutNeed(ancestor, asked));
      this.#reader.reportAt(place.range(span), problem, place.related, fixes);
    }
  }

  #checkText(
    step: StepDraft,
    needs: ReadonlySet<string>,
    { text, path }: Written,
    kind: Kind,
  ): void {
    if (kind !== 'condition' && !text.includes('${{')) {
      return;
    }
    const places = this.#reader.document.placesIn(path);
    const place: Place = {
      range: ({ start, end }) => places.range(start, end),
      related: [],
      problem: (problem) => problem,
    };
    const read = kind === 'condition' ? readCondition : readTemplate;
    const found: CheckedReferences = read(text, this.#suggest);
    for (const { problem, ...span } of found.problems) {
      this.#report(problem, span, place);
    }
    for (const reference of found.references) {
      if (!mayName(kind, reference)) {
        this.#report(notFor(kind, formatReference(reference.names)), reference, place);
      } else {
        this.#checkReference(step, needs, reference, place);
      }
    }
  }

  /** The environment of a command agent is filled in with the values of the step that uses it. */
  #checkAgentEnvironment(step: StepDraft, needs: ReadonlySet<string>): void {
    const used = step.kind === 'agent' ? step.agent : undefined;
    const entry = used === undefined ? undefined : this.#agents.named(used.text);
    if (used === undefined || step.kind !== 'agent' || entry?.kind !== 'valid') {
      return;
    }
    for (const [name, text] of environmentOf(entry)) {
      if (step.env.has(name) || !text.includes('${{')) {
        continue;
      }
      const place: Place = {
        range: () => this.#reader.document.rangeOf(used.path),
        related: relatedVariable(entry, name),
        problem: (problem) => problems.inAgent(entry.name, problem),
      };
      // Its form is the agent file's own affair and reported there.
      for (const reference of readTemplate(text, () => undefined).references) {
        this.#checkReference(step, needs, reference, place);
      }
    }
  }

  #checkReference(
    step: StepDraft,
    needs: ReadonlySet<string>,
    { names, start, end }: Reference,
    place: Place,
  ): void {
    const [root, member, field] = names;
    if (member === undefined || root.name === 'run') {
      return;
    }
    if (root.name === 'inputs') {
      if (!this.#draft.inputs.has(member.name)) {
        const meant = this.#suggest(member.name, this.#inputNames);
        this.#report(problems.unknownInput(member.name, meant), member, place);
      }
      return;
    }
    if (root.name === 'matrix') {
      const known = step.matrix === 'unread' ? undefined : [...(step.matrix?.keys() ?? [])];
      if (known?.includes(member.name) === false) {
        const meant = this.#suggest(member.name, known);
        this.#report(problems.unknownLane(member.name, known, meant), member, place);
      }
      return;
    }
    const source = this.#steps.get(member.name);
    const asked = isAsked(field?.name) ? field.name : 'output';
    if (source === undefined) {
      const meant = this.#suggest(member.name, this.#stepIds);
      this.#report(problems.unknownStepOutput(member.name, meant), member, place);
    } else if (isPlainGate(source) && asked === 'output') {
      this.#report(problems.gateOutput(source.id), member, place);
    } else if (source.id === step.id) {
      this.#report(problems.ownEnd(asked), member, place);
    } else if (!needs.has(source.id)) {
      const span = { start, end };
      this.#questions.push({ id: step.id, ancestor: source.id, asked, span, place });
    }
  }

  #report(problem: Problem, span: Span, place: Place): void {
    this.#reader.reportAt(place.range(span), place.problem(problem), place.related);
  }
}

function isPlainGate(step: StepDraft): boolean {
  return step.kind === 'gate' && step.choices.length === 0 && !step.takesText;
}

function textsOf(step: StepDraft): readonly Written[] {
  switch (step.kind) {
    case 'agent':
      return [...(step.prompt === undefined ? [] : [step.prompt]), ...step.env.values()];
    case 'gate':
      return step.ask === undefined ? [] : [step.ask];
    case 'workflow':
      return step.with === 'unread' ? [] : [...step.with.values()];
    case 'unknown':
      return [];
  }
}

function pathsOf(step: StepDraft): readonly Written[] {
  return step.kind === 'agent' ? [...step.owns, ...step.never, ...step.cacheInputs] : [];
}

function laneTextsOf({ matrix }: StepDraft): readonly Written[] {
  return matrix === undefined || matrix === 'unread'
    ? []
    : [...matrix.values()].flatMap((values) =>
        !isList(values) && 'text' in values ? [values] : [],
      );
}

function environmentOf({ agent: { runner } }: ValidAgentEntry): readonly [string, string][] {
  return runner.kind === 'command' ? Object.entries(runner.env) : [];
}

function relatedVariable({ variables }: ValidAgentEntry, name: string): RelatedLocation[] {
  const place = Object.hasOwn(variables, name) ? variables[name] : undefined;
  return place === undefined ? [] : [{ ...place, message: `"${name}" is set here.` }];
}
