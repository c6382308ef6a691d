import { count, formatDuration, oneLine, plainText } from '../../core/base/text.ts';
import type { Step, Workflow } from '../../core/domain/workflow.ts';
import type { Finding, Preflight, StepReport } from '../../core/preflight/report.ts';
import {
  cacheText,
  costText,
  lanesText,
  programText,
  runnerText,
  sandboxText,
  shortCost,
  shortTime,
  timeText,
  writesText,
} from '../../core/preflight/words.ts';
import type { DetailFact, TaskDetail } from '../../core/projections/detailPicture.ts';
import { pictureOfWorkflow } from '../../core/projections/graph.ts';
import type { GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';

// The graph of a workflow that has not run, with what its pre-flight knows. Without one it is the workflow as written.

/** @param preflight `undefined`: not made yet, or it cannot be */
export function pictureOfUnrun(workflow: Workflow, preflight: Preflight | undefined): GraphPicture {
  if (preflight === undefined || preflight.steps.length === 0) {
    return pictureOfWorkflow(workflow);
  }
  const picture = pictureOfWorkflow(workflow, (step) => likelyMs(reportsOf(preflight, step)));
  const steps = new Map(workflow.steps.map((step) => [step.id as string, step]));
  return {
    ...picture,
    nodes: picture.nodes.map((node): GraphNode => {
      const step = steps.get(node.id);
      return step === undefined
        ? node
        : { ...node, detail: shortLine(step, preflight), reason: findingLine(preflight, step) };
    }),
  };
}

/** @returns `undefined`: the workflow has no such step */
export function detailOfUnrun(
  workflow: Workflow,
  id: string,
  preflight: Preflight | undefined,
): TaskDetail | undefined {
  const step = workflow.steps.find((one) => (one.id as string) === id);
  if (step === undefined) {
    return undefined;
  }
  const reports = preflight === undefined ? [] : reportsOf(preflight, step);
  const findings = preflight === undefined ? [] : findingsOf(preflight, step);
  const [worst] = findings;
  return {
    task: id,
    kind: step.kind,
    state: 'pending',
    subtitle: subtitleOf(step),
    facts: factsOf(step, reports, findings.slice(1)),
    prompt: promptOf(step),
    output: undefined,
    problem:
      worst === undefined
        ? undefined
        : {
            title: plainText(worst.message),
            fix: worst.repair === undefined ? undefined : plainText(worst.repair),
          },
    tools: [],
    files: [],
    attempts: [],
    gate: undefined,
    wanted: [],
    verbs: [],
  };
}

/** Of a nested workflow, those of its steps. */
function reportsOf({ steps }: Preflight, { id, kind }: Step): readonly StepReport[] {
  return steps.filter(({ step }) =>
    kind === 'workflow' ? step.startsWith(`${id}.`) : step === (id as string),
  );
}

/** Errors stand before warnings. */
function findingsOf({ findings }: Preflight, { id, kind }: Step): readonly Finding[] {
  return findings.filter(
    ({ step }) =>
      step === (id as string) || (kind === 'workflow' && step?.startsWith(`${id}.`) === true),
  );
}

/** One after another, as nobody knows better from here; what is not known counts for nothing. */
function likelyMs(reports: readonly StepReport[]): number {
  return reports.reduce((sum, { time }) => sum + (time.kind === 'past' ? time.likelyMs : 0), 0);
}

/** `12.4 s · $0.02`, `3 lanes · 12.4 s`; empty where nothing is known. */
function shortLine(step: Step, preflight: Preflight): string {
  const reports = reportsOf(preflight, step);
  if (step.kind === 'workflow') {
    const tasks = reports.reduce((sum, report) => sum + report.tasks, 0);
    const ms = likelyMs(reports);
    return [count(tasks, 'task'), ...(ms === 0 ? [] : [formatDuration(ms)])].join(' · ');
  }
  const [report] = reports;
  if (report === undefined || report.kind === 'gate') {
    return '';
  }
  const lanes = report.lanes.kind === 'one' ? '' : lanesShort(report);
  const time = report.time.kind === 'past' ? shortTime(report.time) : '';
  const cost = report.cost.kind === 'none' ? '' : shortCost(report.cost);
  return [lanes, time, cost].filter((part) => part !== '' && part !== 'unknown').join(' · ');
}

function lanesShort({ lanes, tasks }: StepReport): string {
  return lanes.kind === 'later' ? 'lanes known later' : count(tasks, 'lane');
}

/** What has to be looked at before it is run; empty: nothing. */
function findingLine(preflight: Preflight, step: Step): string {
  const [worst, ...others] = findingsOf(preflight, step);
  if (worst === undefined) {
    return '';
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${worst.severity === 'error' ? 'Cannot run' : 'Look at this'}: ${oneLine(worst.message)}${more}`;
}

function subtitleOf(step: Step): string {
  switch (step.kind) {
    case 'agent':
      return step.agent;
    case 'gate':
      return 'Gate';
    case 'workflow':
      return `Workflow ${step.workflow}`;
  }
}

function promptOf(step: Step): string | undefined {
  const text = step.kind === 'agent' ? step.prompt : step.kind === 'gate' ? step.ask : '';
  return text.trim() === '' ? undefined : plainText(text).trim();
}

function factsOf(
  step: Step,
  reports: readonly StepReport[],
  findings: readonly Finding[],
): DetailFact[] {
  const [report] = step.kind === 'workflow' ? [] : reports;
  const inner = step.kind === 'workflow' && reports.length > 0 ? reports : undefined;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ...findings.map(
      ({ severity, message }) =>
        [severity === 'error' ? 'Cannot run' : 'Look at this', message] as const,
    ),
    ['Agent', report?.agent === undefined ? undefined : agentText(report)],
    ['Model', report?.agent === undefined ? undefined : modelsText(report)],
    [
      'Tasks',
      inner === undefined
        ? report && lanesText(report.lanes, report.tasks)
        : `${inner.reduce((sum, { tasks }) => sum + tasks, 0)} in ${count(inner.length, 'step')}`,
    ],
    ['Expected to take', report === undefined ? undefined : timeText(report.time)],
    ['Cost', report === undefined || report.kind !== 'agent' ? undefined : costText(report.cost)],
    ['Cache', report === undefined ? undefined : cacheText(report)],
    ['Writes', report?.writes === undefined ? undefined : writesText(report.writes)],
    ['Shut in', report?.sandbox === undefined ? undefined : sandboxText(report)],
    ['Tools', report?.agent?.tools?.join(', ')],
    ['Programs', report?.programs.map(programText).join('; ')],
    [
      'Attempts',
      report === undefined || report.attempts < 2 ? undefined : `up to ${report.attempts}`,
    ],
    ['Time limit', report?.limitMs === undefined ? undefined : formatDuration(report.limitMs)],
    ['Runs only if', step.condition],
    ['Needs', step.needs.join(', ')],
    ['Choices', step.kind === 'gate' ? step.choices?.join(', ') : undefined],
    ['Shows', step.kind === 'gate' ? step.show.join(', ') : undefined],
  ];
  return pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [{ name, value: oneLine(value, 600) }],
  );
}

function agentText(report: StepReport): string {
  const { agent } = report;
  return agent === undefined ? '' : `${agent.name} (${agent.file}): ${runnerText(report)}`;
}

function modelsText({ agent }: StepReport): string {
  return (agent?.found ?? [])
    .map(({ name, serves, why }) =>
      serves === undefined ? `${name} cannot be asked: ${why ?? ''}` : serves,
    )
    .join('; ');
}
