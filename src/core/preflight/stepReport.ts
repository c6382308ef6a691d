import type { Agent } from '../domain/agent.ts';
import type { TaskId } from '../domain/ids.ts';
import { protectedName } from '../domain/protectedPaths.ts';
import type { SandboxRule } from '../domain/sandbox.ts';
import {
  effectsOf,
  termsOf,
  type AgentStep,
  type PlannedTask,
  type RunPlan,
} from '../domain/workflow.ts';
import { cacheReport } from './cache.ts';
import { keyOfProgram, type Facts } from './facts.ts';
import { costOf } from './costs.ts';
import { keysFor } from './keys.ts';
import { modelNames, modelReports } from './models.ts';
import { isMade, usesOf } from './programs.ts';
import type { AgentReport, KeyReport, Lanes, ProgramReport, StepReport, Time } from './report.ts';
import { locationOf, type Row, type Rows } from './rows.ts';

/** Lanes that are named; people read the first. */
const SHOWN_LANES = 20;

/** All that is known of a step before it runs. */
export function stepReport(row: Row, plan: RunPlan, rows: Rows, facts: Facts): StepReport {
  const [task] = row.tasks;
  const { step } = task;
  const needs = new Set(row.tasks.flatMap((one) => one.needs.map((need) => rows.rowOf(need).step)));
  const agent = step.kind === 'agent' ? plan.agents[step.agent] : undefined;
  return {
    step: row.step,
    kind: step.kind === 'gate' ? 'gate' : row.isWritten ? 'agent' : 'check',
    at: locationOf(row, facts.locate),
    phases: row.phases,
    tasks: row.tasks.length,
    lanes: lanesOf(row, rows),
    needs: [...needs],
    conditions: [...new Set(task.conditions.map(({ text }) => text))],
    agent:
      step.kind === 'agent' && agent !== undefined ? agentReport(step, agent, facts) : undefined,
    programs:
      step.kind === 'agent' ? programReports(step, agent, task, productsIn(rows), facts) : [],
    command: row.isWritten || agent?.runner.kind !== 'command' ? undefined : agent.runner.command,
    sandbox: step.kind === 'agent' ? sandboxOf(step, agent) : undefined,
    writes:
      step.kind === 'agent'
        ? {
            owns: termsOf(step, agent).owns,
            never: termsOf(step, agent).never,
            produces: step.produces.map(({ path }) => path),
            guarded: guardedBy(row.tasks),
            effects: effectsOf(step, agent),
          }
        : undefined,
    cache:
      step.kind === 'agent' && agent !== undefined ? cacheReport(plan, step, agent) : undefined,
    time: timeOf(row, facts),
    limitMs: step.kind === 'agent' ? limitOf(step, agent) : undefined,
    attempts: step.kind === 'agent' ? (step.retry?.attempts ?? 1) : 1,
    cost: costOf(task, agent, facts),
  };
}

function sandboxOf(step: AgentStep, agent: Agent | undefined): SandboxRule | undefined {
  const rule = termsOf(step, agent).sandbox;
  return rule?.use === true ? rule : undefined;
}

/** Paths of protected files that tasks own by their whole names. */
function guardedBy(tasks: readonly PlannedTask[]): readonly string[] {
  const owned = new Set(tasks.flatMap(({ owns = [] }) => owns));
  return [...owned].filter(
    (text) =>
      !/[*?[\]{}]/.test(text) &&
      protectedName(text) !== undefined &&
      // A folder is not a file by whose name it could be given.
      protectedName(`${text.split('/').at(-1) ?? ''}/_`) === undefined,
  );
}

function lanesOf({ tasks }: Row, rows: Rows): Lanes {
  const [{ step, unfoldsAfter }] = tasks;
  if (unfoldsAfter.length > 0) {
    const after = new Set(unfoldsAfter.map((task) => rows.rowOf(task).step));
    return { kind: 'later', values: Object.keys(step.matrix ?? {}), after: [...after] };
  }
  return step.matrix === undefined && tasks.length === 1
    ? { kind: 'one' }
    : {
        kind: 'many',
        first: tasks.slice(0, SHOWN_LANES).map(({ id }) => id),
        more: Math.max(0, tasks.length - SHOWN_LANES),
      };
}

function agentReport(step: AgentStep, agent: Agent, facts: Facts): AgentReport {
  const { runner } = agent;
  const models = modelNames(step.terms, agent);
  return {
    name: agent.name,
    file: agent.file,
    runner: runner.kind,
    isServed: facts.runners.has(runner.kind),
    models,
    found: modelReports(step.terms, agent, facts),
    // What can be asked is known better than by the names of variables, where anybody could look.
    keys: runner.kind === 'model' && facts.models === undefined ? keyReports(models, facts) : [],
    tools: runner.kind === 'command' ? undefined : agent.tools,
    permissions:
      runner.kind === 'command' ? undefined : (termsOf(step, agent).permissions ?? 'default'),
  };
}

/** One for each vendor: the variable that is there, or the one that should be. */
function keyReports(models: readonly string[], { hasVariable }: Facts): KeyReport[] {
  const reports = new Map<string, KeyReport>();
  for (const keys of models.flatMap((model) => [keysFor(model) ?? []].filter(isSome))) {
    const there = keys.find(hasVariable);
    reports.set(keys[0], { name: there ?? keys[0], isThere: there !== undefined });
  }
  return [...reports.values()];
}

function isSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}

function programReports(
  step: AgentStep,
  agent: Agent | undefined,
  task: PlannedTask,
  productsOf: (task: TaskId) => ReadonlySet<string>,
  { programs, platform }: Facts,
): ProgramReport[] {
  return usesOf(step, agent, platform).map((sought): ProgramReport => {
    const { use, name } = sought;
    const found = sought.isUnknown ? undefined : programs.get(keyOfProgram(sought));
    if (found?.kind === 'found') {
      return { use, name, state: 'found', file: found.file };
    }
    const state =
      found === undefined ? 'unchecked' : isMade(name, task, productsOf) ? 'made' : found.kind;
    return { use, name, state, file: undefined };
  });
}

function productsIn(rows: Rows): (task: TaskId) => ReadonlySet<string> {
  return (task) => {
    const { step } = rows.rowOf(task).tasks[0];
    return new Set(step.kind === 'agent' ? step.produces.map(({ path }) => path) : []);
  };
}

function timeOf({ tasks }: Row, { pastOf }: Facts): Time {
  const [first] = tasks;
  if (first.step.kind === 'gate') {
    return { kind: 'person' };
  }
  const past = pastOf(first);
  return past === undefined ? { kind: 'unknown' } : { kind: 'past', ...past };
}

function limitOf({ limits }: AgentStep, agent: Agent | undefined): number | undefined {
  const own = agent?.runner.kind === 'command' ? agent.runner.limits.timeoutMs : undefined;
  return limits.timeoutMs ?? own;
}
