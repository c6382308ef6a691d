import type { Digest } from '../../core/base/digest.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import type { CommandTarget } from '../contributions.ts';
import type { Project } from '../project.ts';

/** A gate as somebody was shown it: an answer from there counts for that alone. */
export type ShownGate = Extract<CommandTarget, { readonly kind: 'task' }> & {
  /** Of what was shown. */
  readonly digest: Digest;
};

export function shownGate(project: Project, { run, task, digest }: OpenGate): ShownGate {
  return { kind: 'task', project, run, task, digest };
}

/** `undefined`: whoever asks does not say what was shown. */
export function digestShown(target: CommandTarget): Digest | undefined {
  return 'digest' in target ? (target as ShownGate).digest : undefined;
}

/** The gate, where it waits still; it may ask about something else by now. */
export function openGate({
  project,
  run,
  task,
}: Pick<ShownGate, 'project' | 'run' | 'task'>): OpenGate | undefined {
  return project.sluice.openGates().find((gate) => gate.run === run && gate.task === task);
}
