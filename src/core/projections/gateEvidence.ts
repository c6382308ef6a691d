import { unreachable } from '../base/exhaustive.ts';
import { count, formatBytes, formatDuration, oneLine } from '../base/text.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { TestReport } from '../domain/testReport.ts';
import type { AgentStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import { accountOf } from './ledger.ts';
import { fixesText, fixText, testsText } from './mendingWords.ts';
import { reasonText } from './reasons.ts';

// What a person who answers a gate goes by: who worked right before it, and what shows that it is done.

/** What a task right before a gate has come to. */
export interface TaskEvidence {
  readonly task: TaskId;
  /** Agent, and the model that answered: `writer · claude-opus-5`. Empty for a gate. */
  readonly by: string;
  readonly lines: readonly EvidenceLine[];
}

export interface EvidenceLine {
  /** One line, safe to show: `docs/a.md is there (3.4 KB)`, `npm test passed`. */
  readonly text: string;
  /** `shown`: Sluice looked. `against`: it speaks against approving. `told`: neither. */
  readonly kind: 'shown' | 'against' | 'told';
}

type Succeeded = Extract<TaskState, { readonly kind: 'succeeded' }>;

/**
 * The tasks right before a gate, in the order it needs them.
 * @param now milliseconds since 1970; `undefined`: as of `reasonText`
 */
export function gateEvidence(
  plan: RunPlan,
  state: RunState,
  gate: TaskId,
  now?: number,
): TaskEvidence[] {
  const byId = plannedById(plan);
  return (byId.get(gate)?.needs ?? []).flatMap((need) => {
    const planned = byId.get(need);
    const at = state.tasks.get(need);
    return planned === undefined || at === undefined
      ? []
      : [evidenceOf(plan, state, planned, at, now)];
  });
}

/** `draft: writer · claude-opus-5`, each task right before a gate that is not a gate itself. */
export function makerLines(evidence: readonly TaskEvidence[]): string[] {
  return evidence.flatMap(({ task, by }) => (by === '' ? [] : [`${task}: ${by}`]));
}

/** A line each; named by its task where there are several. */
export function evidenceTexts(evidence: readonly TaskEvidence[]): string[] {
  return evidence.flatMap(({ task, lines }) =>
    lines.map(({ text }) => (evidence.length === 1 ? text : `${task}: ${text}`)),
  );
}

function evidenceOf(
  plan: RunPlan,
  state: RunState,
  { id, step }: PlannedTask,
  at: TaskState,
  now: number | undefined,
): TaskEvidence {
  if (step.kind === 'gate') {
    return { task: id, by: '', lines: [standingLine(at)] };
  }
  const lines =
    at.kind === 'succeeded'
      ? [
          ...doneLines(plan, step, at),
          ...testLines(at.tests),
          ...mendedLines(plan, state, id),
          ...reusedLines(plan, state, id, now),
        ]
      : [
          standingLine(at),
          ...testLines(at.kind === 'failed' ? at.tests : []),
          ...mendedLines(plan, state, id),
        ];
  return { task: id, by: byText(state, id, step), lines };
}

/** The model is the one that answered last, as far as it says so. */
function byText(state: RunState, task: TaskId, step: AgentStep): string {
  const last = accountOf(state, task)?.models.at(-1);
  const model = last?.served ?? last?.requested;
  return [oneLine(step.agent, 80), model === undefined ? '' : oneLine(model, 80)]
    .filter((part) => part !== '')
    .join(' · ');
}

function doneLines(plan: RunPlan, step: AgentStep, at: Succeeded): EvidenceLine[] {
  const agent = plan.agents[step.agent];
  const hasSchema = (step.outputSchema ?? agent?.outputSchema) !== undefined;
  const isCommand = agent?.runner.kind === 'command';
  return [
    ...productLines(step, at),
    ...(hasSchema && at.accepted === undefined
      ? [shown('its output is as its schema wants it')]
      : []),
    ...checkLines(step, at),
    ...(isCommand && at.reused === undefined && at.accepted === undefined
      ? [shown(`exit code ${at.exitCode} of ${oneLine(agent.runner.command.join(' '), 80)}`)]
      : []),
    ...otherFiles(step, at),
    ...acceptedLines(at),
  ];
}

/** A declared path may hold expressions; what these came to is among the artifacts. */
function productLines({ produces }: AgentStep, { artifacts }: Succeeded): EvidenceLine[] {
  return produces.flatMap(({ path, schema }) => {
    const made = artifacts.find((artifact) => artifact.path === path);
    if (made === undefined) {
      return path.includes('${{') ? [] : [against(`${oneLine(path, 160)} is not there`)];
    }
    const there = `${oneLine(path, 160)} is there (${formatBytes(made.bytes)})`;
    return [shown(schema === undefined ? there : `${there}, as its schema wants it`)];
  });
}

/** An attempt that a person or its agent's probe accepted was not checked. */
function checkLines({ checks }: AgentStep, { accepted, reused }: Succeeded): EvidenceLine[] {
  return checks.map(({ command }) => {
    const check = oneLine(command.join(' '), 120);
    return accepted !== undefined
      ? against(`${check} was not run`)
      : shown(reused === undefined ? `${check} passed` : `${check} passed when it was made`);
  });
}

/** What its checks told of tests: counted by Sluice from what they report. */
function testLines(reports: readonly TestReport[]): EvidenceLine[] {
  return reports.map((report) => {
    const text = `${testsText([report])} (${oneLine(report.command, 80)})`;
    const isWhole = report.failed === 0 && report.passed > 0;
    return isWhole ? shown(text) : against(text);
  });
}

/** `mended by 2 fixes: implementation bug → coder, spec mismatch → architect` */
function mendedLines(plan: RunPlan, state: RunState, id: TaskId): EvidenceLine[] {
  const byId = plannedById(plan);
  const fixes = (state.mending.get(id)?.fixes ?? []).flatMap(({ fix }) => {
    const task = byId.get(fix)?.fix;
    return task?.agent === undefined ? [] : [fixText(task)];
  });
  const kinds = [...new Set(fixes)].map((kind) => {
    const times = fixes.filter((one) => one === kind).length;
    return times === 1 || times === fixes.length ? kind : `${times} × ${kind}`;
  });
  const word = state.tasks.get(id)?.kind === 'succeeded' ? 'mended by' : 'not mended by';
  return fixes.length === 0
    ? []
    : [told(`${word} ${fixesText(fixes.length)}: ${kinds.join(', ')}`)];
}

/** What it changed beside the files it declares. */
function otherFiles({ produces }: AgentStep, { artifacts, removed }: Succeeded): EvidenceLine[] {
  const declared = new Set(produces.map(({ path }) => path));
  const others = artifacts.filter(({ path }) => !declared.has(path)).length;
  const parts = [
    others === 0 ? '' : `changed ${count(others, declared.size === 0 ? 'file' : 'other file')}`,
    removed.length === 0 ? '' : `removed ${count(removed.length, 'file')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? [] : [told(parts.join(', '))];
}

function acceptedLines({ accepted }: Succeeded): EvidenceLine[] {
  return accepted === undefined
    ? []
    : [
        accepted === 'probe'
          ? told("it was cut off, and its agent's probe says that it had done its work")
          : told(
              `it was cut off, and ${oneLine(accepted.name, 60)} says that it had done its work`,
            ),
      ];
}

function reusedLines(
  plan: RunPlan,
  state: RunState,
  task: TaskId,
  now: number | undefined,
): EvidenceLine[] {
  const at = state.tasks.get(task);
  return at?.kind === 'succeeded' && at.reused !== undefined
    ? [told(reasonText(plan, state, task, 'line', now))]
    : [];
}

/** How something stands that did not succeed as tasks of agents do. */
function standingLine(at: TaskState): EvidenceLine {
  switch (at.kind) {
    case 'approved': {
      const choice = at.choice === undefined ? '' : `: ${oneLine(at.choice, 120)}`;
      return told(`approved by ${oneLine(at.by.name, 60)}${choice}`);
    }
    case 'failed':
      return against(`failed: ${oneLine(failureText(at.failure).title, 160)}`);
    case 'skipped':
      return told(skippedText(at));
    case 'cancelled':
      return against(`cancelled after ${formatDuration(at.durationMs)}`);
    case 'unknown':
      return against('it was cut off, and nobody knows what it did');
    case 'pending':
    case 'running':
    case 'waiting':
      return told('not done yet');
    case 'succeeded':
      return told('done');
    default:
      return unreachable(at);
  }
}

function skippedText({ why }: Extract<TaskState, { readonly kind: 'skipped' }>): string {
  switch (why.kind) {
    case 'needs':
      return `skipped: ${oneLine(why.tasks.join(', '), 120)} did not succeed`;
    case 'unwanted':
      return 'skipped: its condition does not hold';
    case 'person':
      return `skipped by ${oneLine(why.by.name, 60)}`;
    default:
      return unreachable(why);
  }
}

function shown(text: string): EvidenceLine {
  return { text, kind: 'shown' };
}

function against(text: string): EvidenceLine {
  return { text, kind: 'against' };
}

function told(text: string): EvidenceLine {
  return { text, kind: 'told' };
}
