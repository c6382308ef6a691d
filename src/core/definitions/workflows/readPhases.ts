import type { Range } from '../../domain/diagnostic.ts';
import { isName, NAME_RULE } from '../commonSchema.ts';
import type { RelatedLocation } from '../source/problem.ts';
import * as problems from '../problems.ts';
import { readChecks } from '../readCommand.ts';
import { readList } from '../source/readParts.ts';
import { MAX_STEPS, readStepMap, readSteps } from './readSteps.ts';
import type { DocumentReader } from '../source/shape.ts';
import type { SourcePath } from '../source/sourceDocument.ts';
import type { MapNode, SourceNode } from '../source/sourceNode.ts';
import type { PhaseDraft, StepDraft, WorkflowDraft, Written } from './workflowDraft.ts';
import * as workflowProblems from './workflowProblems.ts';
import { phaseHeadSchema } from './workflowSchema.ts';

const PATH = ['phases'];

/** Steps and phases: either the phases name steps of the workflow, or they hold them. */
export function readPhases(reader: DocumentReader): Pick<WorkflowDraft, 'steps' | 'phases'> {
  const { document } = reader;
  const node = document.nodeAt(PATH);
  if (node === undefined) {
    return { steps: readSteps(reader), phases: undefined };
  }
  const items = node.kind === 'list' ? node.items : [];
  const hold = items.some((item) => stepsIn(item)?.kind === 'map');
  const phases = new PhaseReader(reader, hold);
  const own = hold && document.nodeAt(['steps']) === undefined ? undefined : readSteps(reader);
  if (node.kind !== 'list' || items.length === 0) {
    reader.report(
      PATH,
      node.kind === 'list' || (node.kind === 'scalar' && node.value === null)
        ? workflowProblems.noPhases()
        : problems.wrongKind('"phases"', ['a list'], node.kind === 'map' ? 'fields' : 'a text'),
    );
    return { steps: own ?? [], phases: undefined };
  }
  if (hold && own !== undefined) {
    const first = items.findIndex((item) => stepsIn(item)?.kind === 'map');
    reader.report([...PATH, first, 'steps'], workflowProblems.stepsTwice(), 'key');
    return { steps: own, phases: undefined };
  }
  items.forEach((item, index) => phases.read([...PATH, index], item));
  const steps = own ?? [...phases.steps.values()];
  if (steps.length > MAX_STEPS) {
    reader.report(PATH, workflowProblems.tooManySteps(MAX_STEPS), 'key');
    return { steps: [], phases: undefined };
  }
  // Where there are no steps, which has been told, none is missing from a phase.
  const unclear = phases.broken || steps.length === 0;
  return { steps, phases: unclear ? undefined : phases.phases };
}

function stepsIn(item: SourceNode): SourceNode | undefined {
  return item.kind === 'map' ? item.fields.get('steps')?.node : undefined;
}

class PhaseReader {
  readonly phases: PhaseDraft[] = [];
  /** Those written inside phases, by id. */
  readonly steps = new Map<string, StepDraft>();
  /** True once the steps of a phase cannot be told. */
  broken = false;
  readonly #reader: DocumentReader;
  readonly #hold: boolean;
  readonly #names = new Map<string, SourcePath>();

  /** @param hold the steps are written inside the phases */
  constructor(reader: DocumentReader, hold: boolean) {
    this.#reader = reader;
    this.#hold = hold;
  }

  read(path: SourcePath, node: SourceNode): void {
    if (node.kind !== 'map') {
      this.broken = true;
      this.#reader.report(path, workflowProblems.notAPhase());
      return;
    }
    const fields = this.#reader.fields(phaseHeadSchema, path, node.value);
    this.phases.push({
      name: this.#readName([...path, 'name'], fields.name),
      path,
      steps: this.#readSteps([...path, 'steps'], node),
      checks: readChecks(this.#reader, [...path, 'checks'], fields.checks),
    });
  }

  #readName(path: SourcePath, value: unknown): Written {
    const { document } = this.#reader;
    const name = { text: this.#reader.textAt(path), path };
    if (value === undefined) {
      return name;
    }
    const first = this.#names.get(name.text);
    if (!isName(name.text)) {
      this.#reader.report(path, problems.wrongValue('"name"', NAME_RULE));
    } else if (first === undefined) {
      this.#names.set(name.text, path);
    } else {
      this.#reader.reportAt(document.rangeOf(path), workflowProblems.duplicatePhase(name.text), [
        this.#beside(document.rangeOf(first), `The first phase "${name.text}" is here.`),
      ]);
    }
    return name;
  }

  #readSteps(path: SourcePath, phase: MapNode): readonly Written[] {
    const node = phase.fields.get('steps')?.node;
    if (node?.kind === 'map') {
      return this.#readHeld(path);
    }
    if (node === undefined) {
      this.#reader.report(path, problems.missingField('"steps"'));
    } else if (node.kind === 'scalar') {
      const found = node.value === null ? problems.noValue('"steps"') : undefined;
      this.#reader.report(
        path,
        found ?? problems.wrongKind('"steps"', ['a list', 'fields'], 'a text'),
      );
    } else if (this.#hold) {
      this.#reader.report(path, workflowProblems.namesWithoutSteps());
    } else if (node.items.length === 0) {
      this.#reader.report(path, workflowProblems.emptyPhase());
    } else {
      const odd = node.items.findIndex((item) => item.kind !== 'scalar' || item.value === null);
      if (odd === -1) {
        return readList(this.#reader, path, node.value);
      }
      const at = [...path, odd];
      this.#reader.report(at, problems.wrongValue('An item of "steps"', 'must name a step'));
    }
    this.broken = true;
    return [];
  }

  #readHeld(path: SourcePath): readonly Written[] {
    const { document } = this.#reader;
    const steps = readStepMap(this.#reader, path, workflowProblems.emptyPhase());
    for (const step of steps) {
      const earlier = this.steps.get(step.id);
      if (earlier === undefined) {
        this.steps.set(step.id, step);
      } else {
        this.#reader.reportAt(
          document.rangeOf(step.path, 'key'),
          workflowProblems.duplicateId(step.id),
          [
            this.#beside(
              document.rangeOf(earlier.path, 'key'),
              `The first step "${step.id}" is here.`,
            ),
          ],
        );
      }
    }
    return steps
      .filter((step) => this.steps.get(step.id) === step)
      .map(({ id, path: at }) => ({ text: id, path: at }));
  }

  #beside(range: Range, message: string): RelatedLocation {
    return { file: this.#reader.file, range, message };
  }
}
