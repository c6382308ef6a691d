import { unreachable } from '../base/exhaustive.ts';
import type { RunnerSpec } from '../domain/agent.ts';
import { parseTemplate, referencesIn } from '../domain/expression.ts';
import { KnownValues } from '../domain/knownValues.ts';
import type { AgentStep, RunPlan } from '../domain/workflow.ts';
import { boundsOf } from './bounds.ts';
import { cacheFindings } from './cache.ts';
import { keyOfProgram, type Facts } from './facts.ts';
import { keysFor } from './keys.ts';
import * as problems from './preflightProblems.ts';
import { usesOf, type ProgramUse } from './programs.ts';
import type { Finding, StepReport } from './report.ts';
import type { Row } from './rows.ts';

/** What would go wrong with a step. */
export function stepFindings(
  row: Row,
  report: StepReport,
  plan: RunPlan,
  facts: Facts,
): readonly Finding[] {
  const { step } = row.tasks[0];
  if (step.kind === 'gate') {
    return [];
  }
  const at = report.at;
  // One that may not run at all may still be what the run is worth.
  const certain = report.conditions.every(holdsAnyway) ? 'error' : 'warning';
  const found = (severity: Finding['severity'], told: problems.Told): Finding => ({
    severity,
    step: row.step,
    at,
    ...told,
  });
  return [
    ...runnerFindings(step, plan, facts).map((told) => found(certain, told)),
    ...modelFindings(report).map(({ isCertain, told }) =>
      found(isCertain ? certain : 'warning', told),
    ),
    ...cacheFindings(report, facts).map((told) => found(certain, told)),
    ...keyFindings(report).map((told) => found('warning', told)),
    ...programFindings(step, report, plan, facts).map(({ isCertain, told }) =>
      found(isCertain ? certain : 'warning', told),
    ),
    ...boundFindings(step, row, plan).map((told) => found(certain, told)),
    ...emptyVariables(step, row, plan).map((told) => found('warning', told)),
    ...limitFindings(report).map((told) => found('warning', told)),
  ];
}

/** True for a condition that keeps nothing from running in a run in which all goes well. */
function holdsAnyway(condition: string): boolean {
  return /^(?:\$\{\{)?\s*(?:success|always)\(\)\s*(?:\}\})?$/.test(condition.trim());
}

function runnerFindings(
  { agent: name }: AgentStep,
  { agents }: RunPlan,
  { runners }: Facts,
): problems.Told[] {
  const kind = agents[name]?.runner.kind;
  return kind === undefined || runners.has(kind)
    ? []
    : [problems.wouldFail({ reason: 'no-runner', agent: name, kind })];
}

/** Of several one is enough; that others are missing is said. */
function modelFindings({ agent }: StepReport): ProgramFinding[] {
  const missing = (agent?.found ?? []).flatMap(({ name, why }) =>
    why === undefined ? [] : [{ name, why }],
  );
  if (agent === undefined || missing.length === 0) {
    return [];
  }
  return missing.length === agent.found.length
    ? [
        {
          isCertain: true,
          told: problems.noModel(
            agent.models,
            missing.map(({ why }) => why),
          ),
        },
      ]
    : missing.map(({ name, why }) => ({
        isCertain: false,
        told: problems.modelMissing(name, why),
      }));
}

/** Of the models in their order one with a key is enough. */
function keyFindings({ agent }: StepReport): problems.Told[] {
  // Where somebody could look, what can be asked is known better.
  const [first] = agent?.runner === 'model' && agent.found.length === 0 ? agent.models : [];
  const keys = first === undefined ? undefined : keysFor(first);
  const isServed = agent?.keys.some(({ isThere }) => isThere) === true;
  return first === undefined || keys === undefined || isServed
    ? []
    : [problems.keyMissing(keys, first)];
}

/** `isCertain`: a run would fail by it. */
interface ProgramFinding {
  readonly isCertain: boolean;
  readonly told: problems.Told;
}

function programFindings(
  step: AgentStep,
  { programs }: StepReport,
  { agents }: RunPlan,
  facts: Facts,
): ProgramFinding[] {
  const agent = agents[step.agent];
  const uses = usesOf(step, agent, facts.platform);
  const launches = programs.filter(({ use }) => use === 'launch');
  const findings = uses.flatMap((use, index) => {
    const state = programs[index]?.state;
    return state === 'missing' || state === 'unusable'
      ? programFinding(use, step, agent && installOf(agent.runner), facts)
      : [];
  });
  const mayStart = launches.some(({ state }) => state === 'found' || state === 'unchecked');
  return agent?.runner.kind === 'acp' && !mayStart
    ? [...findings, { isCertain: true, told: problems.noLaunch(facts.platform) }]
    : findings;
}

/** What a person does when the agent's own program is not there. */
function installOf(runner: RunnerSpec): string | undefined {
  return runner.kind === 'command'
    ? runner.install
    : runner.kind === 'claude-code'
      ? 'npm install -g @anthropic-ai/claude-code'
      : undefined;
}

function programFinding(
  sought: ProgramUse,
  step: AgentStep,
  install: string | undefined,
  { programs }: Facts,
): ProgramFinding[] {
  const { use, name } = sought;
  const found = programs.get(keyOfProgram(sought));
  const message = found?.kind === 'unusable' ? found.message : undefined;
  switch (use) {
    case 'agent':
      return [
        {
          isCertain: true,
          told: problems.wouldFail(
            message === undefined
              ? { reason: 'command-not-found', command: name, install }
              : { reason: 'spawn-failed', command: name, message },
          ),
        },
      ];
    case 'check': {
      // What is named by a path may be what the agent makes.
      const mayBeMade = name.includes('/') && message === undefined;
      const told =
        message === undefined
          ? problems.programMissing(use, name, mayBeMade)
          : problems.programUnusable(use, message);
      return [{ isCertain: !mayBeMade, told }];
    }
    case 'probe':
      // It is asked after a crash only, and a person can answer in its place.
      return step.effects === 'copy'
        ? []
        : [
            {
              isCertain: false,
              told:
                message === undefined
                  ? problems.programMissing(use, name, false)
                  : problems.programUnusable(use, message),
            },
          ];
    case 'launch':
      return [];
    default:
      return unreachable(use);
  }
}

/** Of the first lane with one: the others have the like. */
function boundFindings(step: AgentStep, { tasks }: Row, plan: RunPlan): problems.Told[] {
  const known = new KnownValues(plan.scopes);
  for (const task of tasks) {
    const [first] = boundsOf(task, step, plan.agents, known).faults;
    if (first !== undefined) {
      const { glob, fault } = first;
      const where = `${task.id}.owns`;
      return [problems.wouldFail({ reason: 'expression', where, message: `"${glob}" ${fault}.` })];
    }
  }
  return [];
}

/** Variables that are nothing but an input without a value. */
function emptyVariables(step: AgentStep, row: Row, { agents, scopes }: RunPlan): problems.Told[] {
  const scope = scopes[row.tasks[0].names.scope];
  const runner = agents[step.agent]?.runner;
  const env = { ...(runner?.kind === 'command' ? runner.env : {}), ...step.env };
  if (scope === undefined || scope.within !== undefined) {
    return [];
  }
  return Object.entries(env).flatMap(([variable, text]) => {
    const template = /^\$\{\{[^}]*\}\}$/.test(text.trim()) ? parseTemplate(text.trim()) : undefined;
    const references = template?.ok === true ? referencesIn(template.value) : [];
    return references.flatMap(({ names: [root, input] }) =>
      root.name === 'inputs' && input !== undefined && scope.inputs[input.name] === ''
        ? [problems.emptyVariable(variable, input.name)]
        : [],
    );
  });
}

function limitFindings({ time, limitMs }: StepReport): problems.Told[] {
  return time.kind === 'past' &&
    time.of === 'step' &&
    limitMs !== undefined &&
    time.likelyMs > limitMs
    ? [problems.tooShort(time.likelyMs, limitMs)]
    : [];
}
