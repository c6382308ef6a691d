import { termsOf, type Workflow } from '../../domain/workflow.ts';
import { parseTemplate } from '../../domain/expression.ts';
import type { AgentIndex, WorkflowIndex } from '../entries.ts';
import { entryMentioned } from './nestedChecks.ts';
import { ownedPath, type KnownPart, type OwnedPath } from './ownedPaths.ts';
import type { NestedStepDraft } from './workflowDraft.ts';

type Know = (root: string, name: string) => KnownPart;

const UNKNOWN: KnownPart = { values: undefined, lanes: [] };

/** What the steps of nested workflows own, at any depth. Made once for a file: it counts what it has looked at. */
export class NestedPaths {
  /** Steps of nested workflows that are looked at, those of workflows that stand at several places each time. */
  #left = 20_000;
  readonly #agents: AgentIndex;
  readonly #workflows: WorkflowIndex;
  readonly #owning = new Map<Workflow, boolean>();

  constructor(agents: AgentIndex, workflows: WorkflowIndex) {
    this.#agents = agents;
    this.#workflows = workflows;
  }

  /** @param know what the step's own expressions can be */
  of(step: NestedStepDraft, know: Know): readonly OwnedPath[] {
    const entry = entryMentioned(step.workflow, this.#workflows);
    if (entry?.kind !== 'valid' || step.with === 'unread') {
      return [];
    }
    const given = new Map([...step.with].map(([name, value]) => [name, value.text]));
    const paths = new Map<string, OwnedPath>();
    for (const path of this.#pathsIn(entry.workflow, inputsBy(entry.workflow, given, know))) {
      paths.set(JSON.stringify([path.globs, [...path.lanes]]), path);
    }
    return [...paths.values()];
  }

  #pathsIn(workflow: Workflow, know: Know): readonly OwnedPath[] {
    if (!this.#owns(workflow)) {
      return [];
    }
    return workflow.steps.flatMap((step) => {
      this.#left -= 1;
      if (this.#left < 0 || step.kind === 'gate') {
        return [];
      }
      if (step.kind === 'agent') {
        const entry = this.#agents.named(step.agent);
        const terms = termsOf(step, entry?.kind === 'valid' ? entry.agent : undefined);
        return (terms.owns ?? []).flatMap((glob) => ownedPath(glob, know) ?? []);
      }
      const inner = this.#workflow(step.workflow);
      return inner === undefined
        ? []
        : this.#pathsIn(inner, inputsBy(inner, new Map(Object.entries(step.with)), know));
    });
  }

  #workflow(name: string): Workflow | undefined {
    const entry = this.#workflows.named(name);
    return entry?.kind === 'valid' ? entry.workflow : undefined;
  }

  /** Whether anything in it owns something: most workflows own nothing, and are not looked at again. */
  #owns(workflow: Workflow): boolean {
    const known = this.#owning.get(workflow);
    if (known !== undefined) {
      return known;
    }
    // Valid workflows do not contain themselves.
    const owns = workflow.steps.some((step) => {
      if (step.kind === 'agent') {
        const entry = this.#agents.named(step.agent);
        return termsOf(step, entry?.kind === 'valid' ? entry.agent : undefined).owns !== undefined;
      }
      const inner = step.kind === 'workflow' ? this.#workflow(step.workflow) : undefined;
      return inner !== undefined && this.#owns(inner);
    });
    this.#owning.set(workflow, owns);
    return owns;
  }
}

/** What expressions in a workflow can be, by what its inputs are given. */
function inputsBy(workflow: Workflow, given: ReadonlyMap<string, string>, know: Know): Know {
  return (root, name) => {
    if (root !== 'inputs') {
      return UNKNOWN;
    }
    const value = given.get(name);
    const usual = Object.hasOwn(workflow.inputs, name) ? workflow.inputs[name]?.default : undefined;
    if (value === undefined) {
      return { values: usual === undefined ? undefined : [usual], lanes: [] };
    }
    if (!value.includes('${{')) {
      return { values: [value], lanes: [] };
    }
    const template = parseTemplate(value);
    const parts = template.ok ? template.value.parts : [];
    const known = parts.flatMap((part) =>
      part.kind === 'literal'
        ? []
        : [know(part.expression.names[0].name, part.expression.names[1]?.name ?? '')],
    );
    const isWhole = parts.length === 1 && known.length === 1;
    return {
      values: isWhole ? known[0]?.values : undefined,
      lanes: known.flatMap(({ lanes }) => lanes),
    };
  };
}
