import type { RunPlan } from '../domain/workflow.ts';
import type { BaseSource } from './parts.ts';

/** What all copies of the run are made of. */
export function sourceOf({ base, baseTree }: Pick<RunPlan, 'base' | 'baseTree'>): BaseSource {
  return baseTree === 'head' && base.kind === 'git' && base.commit !== undefined
    ? { kind: 'commit', commit: base.commit }
    : { kind: 'worktree' };
}
