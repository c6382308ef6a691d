import {
  looksAtEnds,
  looksAtNeeds,
  referencesInCondition,
  type Condition,
} from '../domain/condition.ts';
import { textsOfAgent, type Agent } from '../domain/agent.ts';
import { taskIdOf, type AgentName, type StepId, type TaskId } from '../domain/ids.ts';
import type { CacheRule } from '../domain/terms.ts';
import {
  bareStep,
  MAX_TASKS,
  termsOf,
  type AgentStep,
  type InputScope,
  type Names,
  type NestedStep,
  type PlannedTask,
  type Step,
  type Workflow,
} from '../domain/workflow.ts';
import { buildGraph } from '../graph/graph.ts';
import { CacheRules, cacheWithin } from './cacheRules.ts';
import { CheckAgents, checksOfAll, checksOfPhase, type CheckGroup } from './checkGroups.ts';
import { KnownTexts, stepsNamedBy, stepsNamedIn } from './knownTexts.ts';
import { LaidStep, namedSteps, type LaidLane } from './laidStep.ts';
import { foldedLane, laneSlug, lanesOf, type Lane } from './lanes.ts';
import { ownedGlobs } from './ownedGlobs.ts';
import { workAndGates } from './lastGates.ts';
import { PlanFault } from './planFault.ts';
import { inputsOf, parsed, textsOf, textsOfMatrix } from './stepTexts.ts';
import { IdSource } from './taskIds.ts';
import type { AskedBy } from './usedBy.ts';

/** Workflows one inside the other. */
const MAX_DEPTH = 8;
/** Needs and names of all tasks together: lanes that need all lanes of another step multiply. */
const MAX_LINKS = 2_000_000;

const TOO_MANY_TASKS = `the run would have more than ${MAX_TASKS} tasks; give it fewer lanes or steps`;

export interface PlanInput {
  readonly workflow: Workflow;
  /** Every input of the workflow. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Another workflow, by its name. */
  readonly findWorkflow: (name: string) => Workflow | undefined;
  /** Milliseconds a step is expected to take. @param textBytes of its prompt, as far as it is known */
  readonly estimate: (step: AgentStep, textBytes: number) => number;
  readonly agentNamed: (name: AgentName) => Agent | undefined;
  /** The agents that an agent asks as tools. */
  readonly askedBy: AskedBy;
  /** Agents that may be asked to mend what fails. Left out: none but those that steps name. */
  readonly menders?: readonly AgentName[];
  /** Files of the folder that globs mean, relative with `/`, in the order of their paths. */
  readonly filesLike: (globs: readonly string[]) => readonly string[];
  /** What tasks of the run have printed that matrices take their values from; empty before it starts. */
  readonly outputs: ReadonlyMap<TaskId, string>;
}

interface LaidCondition {
  readonly asked: PlannedTask['conditions'][number];
  readonly looksAtEnds: boolean;
  /** It says the same wherever in the workflow it is judged. */
  readonly isLasting: boolean;
}

/** When something is decided, and by what. */
interface Place {
  readonly needs: readonly TaskId[];
  readonly conditions: readonly LaidCondition[];
  readonly after: PlannedTask['after'];
}

/** Where a workflow stands in the run; its place is that of the step it is inside. */
interface Setting extends Place {
  /** True for the lane that stands for lanes nobody knows yet. */
  readonly isFolded: boolean;
  readonly unfoldsAfter: PlannedTask['unfoldsAfter'];
  readonly lanes: PlannedTask['lanes'];
  readonly workflow: Workflow;
  /** What it and those around it say of all steps. */
  readonly cache: CacheRule | undefined;
  /** In front of the ids of its tasks. */
  readonly prefix: string;
  readonly scope: number;
  readonly groups: readonly string[];
  /** 0 for the run's own workflow. */
  readonly depth: number;
}

/** A part of a workflow that is laid open in one go: a phase, or all of it. */
interface Stretch {
  readonly laid: Map<string, LaidStep>;
  /** What everything in it comes after. */
  readonly barrier: readonly TaskId[];
  readonly groups: readonly string[];
}

/** One laying open of a run's workflow. Steps are visited behind what they need, and told in the order written. */
export class LayingOpen {
  readonly scopes: InputScope[] = [];
  readonly checkAgents: CheckAgents;
  /** The step of the run's own workflow that is being laid open. */
  step: StepId | undefined;
  readonly #input: PlanInput;
  readonly #known: KnownTexts;
  readonly #cacheRules: CacheRules;
  readonly #ids = new IdSource();
  /** Tasks that validate workflows: whoever needs a workflow waits for them, and nobody hears them. */
  readonly #validations = new Set<TaskId>();
  #tasks = 0;
  #links = 0;

  /** @param used names of agents that steps use */
  constructor(input: PlanInput, used: readonly AgentName[]) {
    this.#input = input;
    this.#known = new KnownTexts(this.scopes, input.outputs);
    this.#cacheRules = new CacheRules(this.#known, input.agentNamed);
    this.checkAgents = new CheckAgents(used);
  }

  /** @throws PlanFault */
  layOpen(): PlannedTask[] {
    const { workflow, inputs } = this.#input;
    this.scopes.push({ inputs, within: undefined });
    for (const { id } of workflow.steps) {
      this.#ids.reserve(id);
    }
    return this.#layOpen({
      workflow,
      cache: workflow.cache,
      prefix: '',
      scope: 0,
      needs: [],
      conditions: [],
      after: 'done',
      groups: [],
      depth: 0,
      isFolded: false,
      unfoldsAfter: [],
      lanes: [],
    });
  }

  #layOpen(setting: Setting): PlannedTask[] {
    const { workflow, groups } = setting;
    const steps = new Map(workflow.steps.map((step) => [step.id, step]));
    const { forwards } = buildGraph(workflow.steps);
    const checkIds = new IdSource();
    workflow.steps.forEach(({ id }) => {
      checkIds.reserve(id);
    });
    const laid = new Map<string, LaidStep>();
    const tasks: PlannedTask[] = [];
    let barrier: readonly TaskId[] = [];
    const stretches = workflow.phases.length === 0 ? [undefined] : workflow.phases;
    for (const phase of stretches) {
      const members = new Set(phase?.steps ?? forwards);
      const stretch = {
        laid,
        barrier,
        groups: phase === undefined ? groups : [...groups, phase.name],
      };
      for (const id of forwards) {
        const step = members.has(id) ? steps.get(id) : undefined;
        if (step !== undefined) {
          laid.set(id, this.#layStep(setting, stretch, step));
        }
      }
      const own = workflow.steps.flatMap(({ id }) =>
        members.has(id) ? (laid.get(id)?.lanes.flatMap((lane) => lane.tasks) ?? []) : [],
      );
      tasks.push(...own);
      if (phase !== undefined) {
        const checks = this.#layChecks(setting, checksOfPhase(phase), checkIds, own, tasks);
        tasks.push(...checks);
        barrier = (checks.length > 0 ? checks : own).map(({ id }) => id);
      }
    }
    return workflow.validate.length === 0 ? tasks : this.#validated(setting, checkIds, tasks);
  }

  /** With what validates the whole: behind all work, and before the gates that come behind all work. */
  #validated(setting: Setting, checkIds: IdSource, tasks: readonly PlannedTask[]): PlannedTask[] {
    const { work, last } = workAndGates(tasks);
    const checks = this.#layChecks(setting, checksOfAll(setting.workflow), checkIds, work, work);
    const ids = checks.map(({ id }) => id);
    ids.forEach((id) => this.#validations.add(id));
    this.#count(
      0,
      [...last].map(() => ids),
    );
    // A barrier: whether the gate is wanted is said by what it needs itself.
    const gates = ({ needs, barrier }: PlannedTask) => ({
      needs: [...needs, ...ids],
      barrier: [...barrier, ...ids],
    });
    return [
      ...tasks.map((task) => (last.has(task.id) ? { ...task, ...gates(task) } : task)),
      ...checks,
    ];
  }

  #layStep(setting: Setting, stretch: Stretch, step: Step): LaidStep {
    if (setting.depth === 0) {
      this.step = step.id;
    }
    try {
      const condition = step.condition === undefined ? undefined : parsed(step.condition);
      const mentioned = [
        ...stepsNamedIn([...textsOf(step), ...textsOfMatrix(step), ...this.#textsOfAgent(step)]),
        ...stepsNamedBy(condition === undefined ? [] : referencesInCondition(condition)),
      ];
      const named = namedSteps(step.needs, mentioned, stretch.laid);
      const { scope } = setting;
      const namesFrom = (values: Lane): Names => {
        const steps = Object.fromEntries(named.map((other) => [other.id, other.heardFrom(values)]));
        return { scope, matrix: values, steps };
      };
      const bare = namesFrom({});
      const found = lanesOf(
        step.matrix,
        (text) => this.#known.render(text, bare),
        this.#input.filesLike,
      );
      const after = 'after' in found ? found.after : [];
      const values = 'after' in found ? [foldedLane(step.matrix ?? {})] : found;
      const lanes = values.map((lane, index) => {
        // What stands for lanes has none of their values.
        const names = after.length > 0 ? { ...namesFrom(lane), matrix: {} } : namesFrom(lane);
        this.#count(0, Object.values(names.steps));
        const place = inLane(setting, step, index, after);
        return this.#layLane(place, stretch, step, condition, lane, names);
      });
      return new LaidStep(step.id, step.needs, lanes);
    } catch (thrown) {
      throw thrown instanceof PlanFault ? thrown.in(step.id, setting.workflow.name) : thrown;
    }
  }

  #textsOfAgent(step: Step): readonly string[] {
    return step.kind === 'agent' ? textsOfAgent(this.#input.agentNamed(step.agent)) : [];
  }

  #layLane(
    setting: Setting,
    { laid, barrier, groups }: Stretch,
    step: Step,
    condition: Condition | undefined,
    values: Lane,
    names: Names,
  ): LaidLane {
    const direct = new Set(step.needs.flatMap((id) => laid.get(id)?.seenFrom(values) ?? []));
    const needs = new Set([...barrier, ...direct, ...setting.unfoldsAfter]);
    const own =
      condition === undefined || step.condition === undefined
        ? []
        : [
            {
              asked: { text: step.condition, names },
              looksAtEnds: looksAtEnds(condition),
              isLasting: !looksAtNeeds(condition),
            },
          ];
    const place = placeIn(setting, [...needs], own);
    if (step.kind === 'workflow') {
      return { values, ...this.#layNested(setting, groups, step, place, names) };
    }
    const owns = step.kind === 'agent' ? this.#owns(step, names) : undefined;
    const task: PlannedTask = {
      id: this.#taskId(setting, step, values),
      step: step.kind === 'agent' ? this.#cacheRules.settle(step, setting.cache, names) : step,
      needs: place.needs,
      barrier: needs.size > 0 ? barrier.filter((id) => !direct.has(id)) : [],
      names,
      conditions: place.conditions.map(({ asked }) => asked),
      after: place.after,
      ...(owns === undefined ? {} : { owns }),
      builtOn: [],
      groups,
      estimateMs:
        step.kind === 'gate'
          ? 0
          : this.#input.estimate(step, this.#known.bytes(step.prompt, names)),
      unfoldsAfter: setting.unfoldsAfter,
      lanes: setting.lanes,
    };
    this.#count(1, [task.needs]);
    return { values, tasks: [task], ends: [task.id], heard: [task.id] };
  }

  #owns(step: AgentStep, names: Names): PlannedTask['owns'] {
    const { owns } = termsOf(step, this.#input.agentNamed(step.agent));
    return owns && ownedGlobs(owns, names, this.#known);
  }

  #layNested(
    { prefix, depth, isFolded, unfoldsAfter, lanes, cache }: Setting,
    groups: readonly string[],
    step: NestedStep,
    place: Place,
    names: Names,
  ): Omit<LaidLane, 'values'> {
    const workflow = this.#input.findWorkflow(step.workflow);
    if (workflow === undefined) {
      throw new PlanFault(`there is no workflow ${step.workflow} that could be run`);
    }
    if (depth === MAX_DEPTH) {
      throw new PlanFault(`workflows stand more than ${MAX_DEPTH} deep inside each other`);
    }
    const inputs = inputsOf(workflow, step.with);
    this.scopes.push({ inputs, within: names });
    if (this.scopes.length > MAX_TASKS) {
      throw new PlanFault(TOO_MANY_TASKS);
    }
    const id =
      step.matrix === undefined || isFolded
        ? `${prefix}${step.id}`
        : this.#ids.next(`${prefix}${step.id}.${laneSlug(names.matrix)}`);
    const tasks = this.#layOpen({
      ...place,
      workflow,
      cache: cacheWithin(workflow.cache, cache),
      prefix: `${id}.`,
      scope: this.scopes.length - 1,
      groups: [...groups, step.id],
      depth: depth + 1,
      isFolded: false,
      unfoldsAfter,
      lanes,
    });
    if (tasks.length === 0) {
      throw new PlanFault(`the workflow ${workflow.name} has no steps`);
    }
    const isValidation = (task: TaskId) => this.#validations.has(task);
    const needed = new Set(tasks.flatMap((task) => (isValidation(task.id) ? [] : task.needs)));
    const ends = tasks.map((task) => task.id).filter((task) => !needed.has(task));
    return { tasks, ends, heard: ends.filter((task) => !isValidation(task)) };
  }

  /** @param own tasks that come before @param tasks those whose files are looked at */
  #layChecks(
    { workflow, cache, prefix, scope, groups, needs, conditions, ...setting }: Setting,
    group: CheckGroup,
    checkIds: IdSource,
    own: readonly PlannedTask[],
    tasks: readonly PlannedTask[],
  ): PlannedTask[] {
    const builtOn = tasks.filter(makesFiles).map(({ id }) => id);
    return group.checks.map((check, index) => {
      const agent = this.checkAgents.for(workflow, group, index, check);
      const names = { scope, matrix: {}, steps: {} };
      const bare = bareStep(checkIds.next(group.idOf(index)), agent.name);
      const step = this.#cacheRules.settle(bare, cache, names);
      const task: PlannedTask = {
        id: this.#ids.nextTask(`${prefix}${step.id}`),
        step,
        needs: own.length > 0 ? own.map(({ id }) => id) : needs,
        barrier: own.map(({ id }) => id),
        names,
        conditions: own.length > 0 ? [] : conditions.map(({ asked }) => asked),
        after: own.length > 0 ? 'done' : setting.after,
        builtOn,
        groups: [...groups, ...group.groups],
        estimateMs: this.#input.estimate(step, 0),
        unfoldsAfter: setting.unfoldsAfter,
        lanes: setting.lanes,
      };
      this.#count(1, [task.needs, task.builtOn]);
      return task;
    });
  }

  #taskId({ prefix, depth, isFolded }: Setting, step: Step, values: Lane): TaskId {
    if (step.matrix !== undefined && !isFolded) {
      return this.#ids.nextTask(`${prefix}${step.id}.${laneSlug(values)}`);
    }
    return depth === 0 ? taskIdOf(step.id) : this.#ids.nextTask(`${prefix}${step.id}`);
  }

  #count(tasks: number, links: readonly (readonly TaskId[])[]): void {
    this.#tasks += tasks;
    this.#links += links.reduce((sum, { length }) => sum + length, 0);
    if (this.#tasks > MAX_TASKS) {
      throw new PlanFault(TOO_MANY_TASKS);
    }
    if (this.#links > MAX_LINKS) {
      throw new PlanFault(
        `the tasks of the run would need each other in more than ${MAX_LINKS} ways; put a step between steps of many lanes, or give both the same matrix`,
      );
    }
  }
}

/** What a task declares, or, where it owns paths, what it changes there. */
function makesFiles({ step, owns }: PlannedTask): boolean {
  return step.kind === 'agent' && (step.produces.length > 0 || owns !== undefined);
}

/** The setting of a lane. @param after tasks that must have succeeded before anybody knows the lanes */
function inLane(setting: Setting, step: Step, lane: number, after: readonly TaskId[]): Setting {
  const { maxParallel } = step;
  return {
    ...setting,
    isFolded: after.length > 0,
    unfoldsAfter: [...new Set([...setting.unfoldsAfter, ...after])],
    lanes:
      maxParallel === undefined
        ? setting.lanes
        : [...setting.lanes, { group: `${setting.prefix}${step.id}`, lane, atOnce: maxParallel }],
  };
}

/**
 * What needs nothing in its own workflow begins when the step around the workflow may, and is wanted when
 * that is. Anything else comes behind such tasks; but what may run after they were skipped asks again.
 */
function placeIn(setting: Setting, needs: readonly TaskId[], own: readonly LaidCondition[]): Place {
  const looks = own.some((condition) => condition.looksAtEnds);
  const after = looks ? 'ended' : 'done';
  if (needs.length > 0) {
    const around = looks ? setting.conditions.filter(({ isLasting }) => isLasting) : [];
    return { needs, conditions: [...around, ...own], after };
  }
  return {
    needs: setting.needs,
    conditions: [...setting.conditions, ...own],
    after: setting.needs.length > 0 ? setting.after : after,
  };
}
