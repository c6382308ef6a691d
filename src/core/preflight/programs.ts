import type { Agent } from '../domain/agent.ts';
import type { AgentStep, PlannedTask, RunPlan } from '../domain/workflow.ts';
import { keyOfProgram, type ProgramSought } from './facts.ts';
import type { ProgramReport } from './report.ts';

/** A program a step starts. */
export interface ProgramUse extends ProgramSought {
  readonly use: ProgramReport['use'];
  /** Where it is looked for depends on what is not known before the run. */
  readonly isUnknown: boolean;
}

/** All programs to look for, each once. */
export function programsOf(
  { tasks, agents }: Pick<RunPlan, 'tasks' | 'agents'>,
  platform: string,
): ProgramSought[] {
  const found = new Map<string, ProgramSought>();
  const seen = new Set<AgentStep>();
  for (const { step } of tasks) {
    if (step.kind === 'agent' && !seen.has(step)) {
      seen.add(step);
      for (const { name, path, isUnknown } of usesOf(step, agents[step.agent], platform)) {
        if (!isUnknown) {
          found.set(keyOfProgram({ name, path }), { name, path });
        }
      }
    }
  }
  return [...found.values()];
}

/** The agent's own first. */
export function usesOf(
  step: AgentStep,
  agent: Agent | undefined,
  platform: string,
): readonly ProgramUse[] {
  const runner = agent?.runner;
  const env = { ...(runner?.kind === 'command' ? runner.env : {}), ...step.env };
  const path = env['PATH'];
  const used = (use: ProgramReport['use'], name: string): ProgramUse => ({
    use,
    name,
    path,
    isUnknown: path?.includes('${{') ?? false,
  });
  const uses: ProgramUse[] = [];
  if (runner?.kind === 'command') {
    uses.push(used('agent', runner.command[0]));
    if (runner.probe !== undefined) {
      uses.push(used('probe', runner.probe.command[0]));
    }
  } else if (runner?.kind === 'acp') {
    for (const { kind, command, platform: wanted } of runner.launches) {
      if (wanted === undefined || wanted === platform) {
        // A binary is named relative to an archive that a person unpacks somewhere on PATH.
        uses.push(used('launch', kind === 'binary' ? baseName(command[0]) : command[0]));
      }
    }
  }
  if (runner?.kind === 'claude-code') {
    uses.push(used('agent', 'claude'));
  }
  const names = new Set(step.checks.map(({ command: [name] }) => name));
  return [...uses, ...[...names].map((name) => used('check', name))];
}

/** True for a program that a task this one is built on makes. */
export function isMade(
  name: string,
  { builtOn }: PlannedTask,
  productsOf: (task: PlannedTask['id']) => ReadonlySet<string>,
): boolean {
  const path = name.replace(/^(?:\.\/)+/, '');
  return builtOn.some((task) => productsOf(task).has(path));
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
