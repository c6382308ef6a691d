import { KnownValues } from '../domain/knownValues.ts';
import { termsOf, type PlannedTask, type RunPlan } from '../domain/workflow.ts';
import { FILE_START } from '../domain/diagnostic.ts';
import type { TaskId } from '../domain/ids.ts';
import { buildGraph, type Graph } from '../graph/graph.ts';
import { orderOf } from '../graph/order.ts';
import { apartOf, type Apart } from './apart.ts';
import { boundsOf } from './bounds.ts';
import { clashesOf, type Clashes, type Owner } from './clashes.ts';
import type { Facts } from './facts.ts';
import * as problems from './preflightProblems.ts';
import type {
  CriticalPath,
  Expected,
  Finding,
  Preflight,
  StepReport,
  WorkflowReport,
} from './report.ts';
import { modelReports } from './models.ts';
import { rowsOf, type Row } from './rows.ts';
import { totalCost } from './costs.ts';
import { criticalPath, wallTime } from './schedule.ts';
import { stepFindings } from './stepFindings.ts';
import { stepReport } from './stepReport.ts';
import { sumOf, totalOf } from './times.ts';

/** Room for a few copies of most folders; with less a run may end in the middle. */
const LITTLE_SPACE_BYTES = 500 * 1024 * 1024;

/** All there is to say about a run before anything is spent. Pure. */
export function preflight(plan: RunPlan, facts: Facts): Preflight {
  const rows = rowsOf(plan, facts.findWorkflow);
  const graph = buildGraph<TaskId>(plan.tasks);
  const steps = rows.list.map((row) => stepReport(row, plan, rows, facts));
  const apart = apartOf(
    graph,
    rows.list.map(({ tasks }) => tasks.map(({ id }) => id)),
  );
  const clashes = clashesOf(ownersIn(rows.list, plan), (one, other) => apart.areApart(one, other));
  const findings = [
    ...facts.findings,
    ...folderFindings(facts),
    ...rows.list.flatMap((row, index) => {
      const report = steps[index];
      return report === undefined ? [] : stepFindings(row, report, plan, facts);
    }),
    ...toolFindings(facts),
    ...askedFindings(plan, facts),
    ...clashFindings(clashes, steps),
  ];
  return withVerdict({
    workflow: workflowReport(plan),
    findings,
    steps,
    together: togetherOf(steps, apart, clashes),
    ...timesOf(plan, graph, steps, facts),
    folder: facts.folder,
    baseTree: plan.baseTree ?? 'worktree',
  });
}

/** What is said where no plan can be made: why, and nothing about steps. */
export function preflightWithoutPlan(
  workflow: WorkflowReport,
  findings: readonly Finding[],
  folder: Preflight['folder'],
): Preflight {
  const nothing = { span: undefined, unknownTasks: 0 };
  return withVerdict({
    workflow,
    findings,
    steps: [],
    together: { ranks: [], apart: [], clashes: [], moreClashes: 0 },
    criticalPath: { tasks: [], total: nothing },
    expected: {
      tasks: 0,
      gates: 0,
      maxParallel: 0,
      wall: nothing,
      work: nothing,
      cost: { kind: 'none' },
    },
    folder,
    baseTree: undefined,
  });
}

function withVerdict(report: Omit<Preflight, 'verdict'>): Preflight {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const warnings = report.findings.filter(({ severity }) => severity === 'warning');
  return {
    ...report,
    findings: [...errors, ...warnings],
    verdict: errors.length > 0 ? 'cannot' : warnings.length > 0 ? 'warnings' : 'ready',
  };
}

function workflowReport({ workflow, inputs }: RunPlan): WorkflowReport {
  const { name, description, file } = workflow;
  return { name, description, file, inputs };
}

function folderFindings({ folder }: Facts): Finding[] {
  const { freeBytes } = folder;
  return freeBytes !== undefined && freeBytes < LITTLE_SPACE_BYTES
    ? [
        {
          severity: 'warning',
          step: undefined,
          at: undefined,
          ...problems.littleSpace(freeBytes),
        },
      ]
    : [];
}

/** Once for each agent, however many steps it works on. */
function toolFindings({ toolFaults }: Facts): Finding[] {
  return toolFaults.map((fault) => ({
    severity: 'warning',
    step: undefined,
    at: fault.at,
    ...problems.toolFault(fault),
  }));
}

/** Agents that only others ask, and that would have no answer. */
function askedFindings({ tasks, agents }: RunPlan, facts: Facts): Finding[] {
  const working = new Set(tasks.flatMap(({ step }) => (step.kind === 'agent' ? step.agent : [])));
  return Object.values(agents).flatMap((agent): Finding[] => {
    const found = working.has(agent.name) ? [] : modelReports(undefined, agent, facts);
    const whys = found.flatMap(({ why }) => why ?? []);
    return whys.length === 0 || whys.length < found.length
      ? []
      : [
          {
            severity: 'warning',
            step: undefined,
            at: { file: agent.file, range: FILE_START },
            ...problems.askedInVain(agent.name, whys),
          },
        ];
  });
}

function ownersIn(rows: readonly Row[], plan: RunPlan): Owner[] {
  const known = new KnownValues(plan.scopes);
  return rows.flatMap(({ index, step: name, tasks: all }) => {
    const { step } = all[0];
    return step.kind === 'gate' || termsOf(step, plan.agents[step.agent]).owns === undefined
      ? []
      : all.map((task) => ({
          task: task.id,
          step: name,
          index,
          ...boundsOf(task, step, plan.agents, known),
        }));
  });
}

function clashFindings({ list, more, isCut }: Clashes, steps: readonly StepReport[]): Finding[] {
  const places = new Map(steps.map(({ step, at }) => [step, at]));
  const warning = (told: problems.Told, step?: string): Finding => ({
    severity: 'warning',
    step,
    at: step === undefined ? undefined : places.get(step),
    ...told,
  });
  return [
    ...list.map((one) => warning(problems.clash(one), one.steps[1])),
    ...(more > 0 ? [warning(problems.moreClashes(more))] : []),
    ...(isCut ? [warning(problems.CLASHES_NOT_COMPARED)] : []),
  ];
}

function togetherOf(
  steps: readonly StepReport[],
  { ranges }: Apart,
  { list, more }: Clashes,
): Preflight['together'] {
  const graph = buildGraph(steps.map(({ step, needs }) => ({ id: step, needs })));
  const depths = new Map<string, number>();
  for (const step of graph.forwards) {
    const below = graph.needs(step).map((need) => (depths.get(need) ?? 0) + 1);
    depths.set(
      step,
      below.reduce((most, depth) => Math.max(most, depth), 0),
    );
  }
  const ranks: string[][] = [];
  for (const { step } of steps) {
    const depth = depths.get(step) ?? 0;
    (ranks[depth] ??= []).push(step);
  }
  return { ranks, apart: ranges, clashes: list, moreClashes: more };
}

function timesOf(
  plan: RunPlan,
  graph: Graph<TaskId>,
  steps: readonly StepReport[],
  { pastOf }: Facts,
): { readonly criticalPath: CriticalPath; readonly expected: Expected } {
  const { tasks, maxParallel } = plan;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const taskOf = (id: TaskId): PlannedTask => {
    const task = byId.get(id);
    if (task === undefined) {
      throw new Error(`Internal error: ${id} is no task of the plan`);
    }
    return task;
  };
  const isGate = (id: TaskId) => taskOf(id).step.kind === 'gate';
  const weightOf = (id: TaskId) => pastOf(taskOf(id))?.likelyMs ?? taskOf(id).estimateMs;
  const order = orderOf(graph, (id) => (isGate(id) ? 0 : weightOf(id)));
  const path = criticalPath(graph, order);
  const limits = { slots: maxParallel, isGate, lanesOf: (id: TaskId) => taskOf(id).lanes };
  const gates = tasks.filter(({ step }) => step.kind === 'gate').length;
  return {
    criticalPath: { tasks: path, total: sumOf(path.map(taskOf), pastOf) },
    expected: {
      tasks: tasks.length,
      gates,
      maxParallel,
      wall: totalOf(tasks, pastOf, (msOf) =>
        wallTime(graph, order, (id) => msOf(taskOf(id)), limits),
      ),
      work: sumOf(tasks, pastOf),
      cost: totalCost(steps, plan.workflow.budget),
    },
  };
}
