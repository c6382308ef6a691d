import type { Fix } from '../domain/debugging.ts';
import { literal } from '../domain/expression.ts';
import type { AgentName, StepId, TaskId } from '../domain/ids.ts';
import { NO_TERMS, type Terms } from '../domain/terms.ts';
import {
  bareStep,
  type AgentStep,
  type GateStep,
  type PlannedTask,
  type RunPlan,
} from '../domain/workflow.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';

// A plan with the fixes that were opened in its run. It follows from the plan and the fixes alone, so the journal
// needs to hold nothing but these.

/** The plan with one fix more. @throws when the plan has no task for it, or one of its name */
export function withFix(plan: RunPlan, fix: Fix): RunPlan {
  const mended = plan.tasks.find(({ id }) => id === fix.of);
  if (mended?.step.kind !== 'agent' || plan.tasks.some(({ id }) => id === fix.id)) {
    throw new Error(`${fix.of} is no task that can be mended by ${fix.id}`);
  }
  const graph = buildGraph(plan.tasks);
  const task = fixTask(fix, mended, mended.step, plan, graph);
  const behind = descendants(fix.of, graph);
  const tasks = plan.tasks.flatMap((planned): readonly PlannedTask[] => {
    if (planned.id === fix.of) {
      return [mendedBy(planned, fix), task];
    }
    return [behind.has(planned.id) ? builtOnToo(planned, fix.of, graph) : planned];
  });
  return { ...plan, tasks, fixes: [...(plan.fixes ?? []), fix] };
}

/** The plan as it would be without these fixes. */
export function withoutFixes(plan: RunPlan, gone: ReadonlySet<TaskId>): RunPlan {
  const isLeft = (id: TaskId) => !gone.has(id);
  const fixes = plan.fixes?.filter(({ id }) => isLeft(id)) ?? [];
  const tasks = plan.tasks
    .filter(({ id }) => isLeft(id))
    .map((task): PlannedTask => {
      if (task.mendedBy?.some((id) => gone.has(id)) !== true) {
        return task;
      }
      const { mendedBy: before, ...rest } = task;
      const left = before.filter(isLeft);
      const needs = task.needs.filter(isLeft);
      return left.length === 0 ? { ...rest, needs } : { ...rest, needs, mendedBy: left };
    });
  const { fixes: _before, ...others } = plan;
  return fixes.length === 0 ? { ...others, tasks } : { ...others, tasks, fixes };
}

/** The fixes of one plan in another that came of the same workflow; those whose task it does not have are left out. */
export function withFixesOf(plan: RunPlan, fixes: readonly Fix[]): RunPlan {
  const ids = new Set(plan.tasks.map(({ id }) => id));
  return fixes
    .filter(({ of, id }) => ids.has(of) && !ids.has(id))
    .reduce((grown, fix) => withFix(grown, fix), plan);
}

/** The fixes whose work a fix goes on from, the first of them first. */
export function chainOf({ parent, of }: Fix, fixes: readonly Fix[]): readonly TaskId[] {
  const before = parent === of ? undefined : fixes.find(({ id }) => id === parent);
  return before === undefined ? [] : [...chainOf(before, fixes), before.id];
}

function fixTask(
  fix: Fix,
  mended: PlannedTask,
  step: AgentStep,
  plan: RunPlan,
  graph: Graph<TaskId>,
): PlannedTask {
  const chain = chainOf(fix, plan.fixes ?? []);
  const own = ownNeeds(mended);
  // A person is asked about the last fix, which all before it led to; once it has ended, well or not.
  const isGate = fix.agent === undefined;
  const terms =
    fix.agent === undefined ? undefined : termsFor(fix.agent, mended, step, plan, graph);
  const { mendedBy: _fixes, owns: _owns, ...like } = mended;
  return {
    ...like,
    id: fix.id,
    step:
      fix.agent === undefined || terms === undefined
        ? gateStep(fix)
        : {
            ...bareStep(fix.id as string as StepId, fix.agent),
            prompt: literal(fix.text),
            limits: step.limits,
            terms,
          },
    needs: isGate ? (mended.mendedBy?.slice(-1) ?? own) : [...own, ...chain],
    conditions: [],
    after: isGate ? 'ended' : mended.after,
    builtOn: [...mended.builtOn, fix.of, ...chain],
    ...(terms?.owns !== undefined && { owns: terms.owns }),
    ...(isGate && { estimateMs: 0 }),
    fix,
  };
}

function gateStep({ id, text }: Fix): GateStep {
  const { needs, condition, matrix, maxParallel, metadata } = bareStep(
    id as string as StepId,
    '' as AgentName,
  );
  return {
    kind: 'gate',
    id: id as string as StepId,
    ...{ needs, condition, matrix, maxParallel, metadata },
    ask: literal(text),
    show: [],
  };
}

/**
 * What a fix may change. Who has a step of its own before the task, such as the one that wrote the tests, may change
 * what that step owns; anybody else what the task owns and what it was built from.
 */
function termsFor(
  agent: AgentName,
  mended: PlannedTask,
  step: AgentStep,
  plan: RunPlan,
  graph: Graph<TaskId>,
): Terms {
  const before = graph.ancestors(mended.id);
  const makers = plan.tasks.filter(
    ({ id, fix }) => fix === undefined && (id === mended.id || before.has(id)),
  );
  const own = makers.filter((task) => task.step.kind === 'agent' && task.step.agent === agent);
  const used = own.length > 0 ? own : makers;
  const owns = [...new Set(used.flatMap((task) => task.owns ?? []))];
  const never = own.flatMap((task) => (task.step.kind === 'agent' ? task.step.terms.never : []));
  const { permissions, sandbox, budget } = step.terms;
  return {
    ...NO_TERMS,
    owns: owns.length === 0 ? ['**'] : owns,
    never: [...new Set(never)],
    ...{ permissions, sandbox, budget },
  };
}

function mendedBy(task: PlannedTask, { id }: Fix): PlannedTask {
  return { ...task, needs: [...task.needs, id], mendedBy: [...(task.mendedBy ?? []), id] };
}

/** What a fix changed is the task's result: who comes after finds it in its copy, also where the task itself owns nothing. */
function builtOnToo(task: PlannedTask, mended: TaskId, graph: Graph<TaskId>): PlannedTask {
  if (task.step.kind !== 'agent' || task.builtOn.includes(mended)) {
    return task;
  }
  const before = graph.ancestors(mended);
  const at = task.builtOn.findLastIndex((id) => before.has(id)) + 1;
  return { ...task, builtOn: [...task.builtOn.slice(0, at), mended, ...task.builtOn.slice(at)] };
}

/** Needs of a task but for its fixes. */
export function ownNeeds({ needs, mendedBy = [] }: PlannedTask): readonly TaskId[] {
  return mendedBy.length === 0 ? needs : needs.filter((need) => !mendedBy.includes(need));
}

function descendants(id: TaskId, graph: Graph<TaskId>): ReadonlySet<TaskId> {
  const found = new Set<TaskId>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependent of graph.dependents(next)) {
      if (!found.has(dependent)) {
        found.add(dependent);
        open.push(dependent);
      }
    }
  }
  return found;
}
