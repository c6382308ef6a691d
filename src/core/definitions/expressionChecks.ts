import type { Range } from '../domain/diagnostic.ts';
import {
  formatReference,
  parseTemplate,
  referencesIn,
  type Reference,
  type Span,
} from '../domain/expression.ts';
import { reaches } from '../graph/reach.ts';
import type { AgentIndex, ValidAgentEntry } from './entries.ts';
import type { Problem, RelatedLocation } from './problem.ts';
import * as problems from './problems.ts';
import type { DocumentReader } from './shape.ts';
import { graphItem, type StepDraft, type WorkflowDraft, type Written } from './workflowDraft.ts';

// What expressions of a workflow may name: `inputs.<name>`, `steps.<id>.output`, `run.id`.

const ROOTS = ['inputs', 'steps', 'run'];

/** Something wrong with a stretch of a text. */
export interface SpanProblem extends Span {
  readonly problem: Problem;
}

/** The part of a reference that can be judged without knowing a workflow; an agent's file is checked by it. */
export function checkReferenceForm(
  { names, start, end }: Reference,
  suggest: (name: string, known: readonly string[]) => string,
): SpanProblem | undefined {
  const [root, member, field, more] = names;
  const written = formatReference(names);
  if (!ROOTS.includes(root.name)) {
    return { ...spanOf(root), problem: problems.unknownRoot(root.name, suggest(root.name, ROOTS)) };
  }
  if (member === undefined) {
    const example = { inputs: 'inputs.<name>', steps: 'steps.<id>.output' }[root.name] ?? 'run.id';
    return { start, end, problem: problems.incompleteReference(written, example) };
  }
  switch (root.name) {
    case 'steps': {
      const output = `${formatReference([root, member])}.output`;
      if (field === undefined) {
        return { start, end, problem: problems.incompleteReference(written, output) };
      }
      return field.name === 'output' && more === undefined
        ? undefined
        : { ...spanOf(more ?? field), problem: problems.unknownMember(written, output) };
    }
    case 'inputs':
      return field === undefined
        ? undefined
        : {
            ...spanOf(field),
            problem: problems.unknownMember(written, formatReference([root, member])),
          };
    default:
      return member.name === 'id' && field === undefined
        ? undefined
        : { ...spanOf(field ?? member), problem: problems.unknownMember(written, 'run.id') };
  }
}

/** Parses a text and checks the form of its references. */
export function readTemplate(
  text: string,
  suggest: (name: string, known: readonly string[]) => string,
): { readonly references: readonly Reference[]; readonly problems: readonly SpanProblem[] } {
  const template = parseTemplate(text);
  if (!template.ok) {
    const { message, start, end } = template.error;
    return { references: [], problems: [{ start, end, problem: problems.badExpression(message) }] };
  }
  const references: Reference[] = [];
  const found: SpanProblem[] = [];
  for (const reference of referencesIn(template.value)) {
    const fault = checkReferenceForm(reference, suggest);
    if (fault === undefined) {
      references.push(reference);
    } else {
      found.push(fault);
    }
  }
  return { references, problems: found };
}

/** Reports every expression that cannot be filled in when its step starts. */
export function checkExpressions(
  draft: WorkflowDraft,
  agents: AgentIndex,
  reader: DocumentReader,
): void {
  new ExpressionChecks(draft, agents, reader).run();
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
  /** Outputs of steps that are not needed directly; whether indirectly is asked for all at once. */
  readonly #questions: { id: string; ancestor: string; span: Span; place: Place }[] = [];

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
        this.#checkText(step, needs, written);
      }
      this.#checkAgentEnvironment(step, needs);
    }
    reaches(this.#draft.steps.map(graphItem), this.#questions).forEach((reached, index) => {
      const question = this.#questions[index];
      if (!reached && question !== undefined) {
        this.#report(problems.outputWithoutNeed(question.ancestor), question.span, question.place);
      }
    });
  }

  #checkText(step: StepDraft, needs: ReadonlySet<string>, { text, path }: Written): void {
    if (!text.includes('${{')) {
      return;
    }
    const places = this.#reader.document.placesIn(path);
    const place: Place = {
      range: ({ start, end }) => places.range(start, end),
      related: [],
      problem: (problem) => problem,
    };
    const template = readTemplate(text, this.#suggest);
    for (const { problem, ...span } of template.problems) {
      this.#report(problem, span, place);
    }
    for (const reference of template.references) {
      this.#checkReference(step, needs, reference, place);
    }
  }

  /** The environment of a command agent is filled in with the values of the step that uses it. */
  #checkAgentEnvironment(step: StepDraft, needs: ReadonlySet<string>): void {
    const used = step.kind === 'agent' ? step.agent : undefined;
    const entry = used === undefined ? undefined : this.#agents.named(used.text);
    if (used === undefined || step.kind !== 'agent' || entry?.kind !== 'valid') {
      return;
    }
    const range = this.#reader.document.rangeOf(used.path);
    for (const [name, text] of environmentOf(entry)) {
      if (step.env.has(name) || !text.includes('${{')) {
        continue;
      }
      const place: Place = {
        range: () => range,
        related: relatedVariable(entry, name),
        problem: (problem) => problems.inAgent(entry.name, problem),
      };
      // Its form is the agent file's own affair and reported there.
      for (const reference of readTemplate(text, () => '').references) {
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
    const [root, member] = names;
    if (member === undefined || root.name === 'run') {
      return;
    }
    if (root.name === 'inputs') {
      if (!this.#draft.inputs.has(member.name)) {
        const suggestion = this.#suggest(member.name, this.#inputNames);
        this.#report(problems.unknownInput(member.name, suggestion), member, place);
      }
      return;
    }
    const source = this.#steps.get(member.name);
    if (source === undefined) {
      const suggestion = this.#suggest(member.name, this.#stepIds);
      this.#report(problems.unknownStepOutput(member.name, suggestion), member, place);
    } else if (source.kind === 'gate') {
      this.#report(problems.gateOutput(source.id), member, place);
    } else if (source.id === step.id) {
      this.#report(problems.ownOutput(), member, place);
    } else if (!needs.has(source.id)) {
      this.#questions.push({ id: step.id, ancestor: source.id, span: { start, end }, place });
    }
  }

  #report(problem: Problem, span: Span, place: Place): void {
    this.#reader.reportAt(place.range(span), place.problem(problem), place.related);
  }
}

function textsOf(step: StepDraft): readonly Written[] {
  switch (step.kind) {
    case 'agent':
      return [...(step.prompt === undefined ? [] : [step.prompt]), ...step.env.values()];
    case 'gate':
      return step.ask === undefined ? [] : [step.ask];
    case 'unknown':
      return [];
  }
}

function environmentOf({ agent: { runner } }: ValidAgentEntry): readonly [string, string][] {
  return runner.kind === 'command' ? Object.entries(runner.env) : [];
}

function relatedVariable({ file, source }: ValidAgentEntry, name: string): RelatedLocation[] {
  return source === undefined
    ? []
    : [{ file, range: source.rangeOf(['env', name]), message: `"${name}" is set here.` }];
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
