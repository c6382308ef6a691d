import type { SceneTask } from './scene.ts';

/**
 * Steps that fold and unfold together: those whose lanes need the lane of the same values, so that open they are one
 * chain a lane.
 */
export interface Family {
  readonly key: string;
  readonly steps: readonly string[];
  /** What tells its lanes apart, in the order written. */
  readonly labels: readonly string[];
  /** Where its tasks lie. */
  readonly groups: readonly string[];
}

interface LaneStep {
  readonly labels: Set<string>;
  readonly groups: readonly string[];
  /** Steps all of whose edges to this one lead from a lane to the same lane. */
  readonly near: Map<string, boolean>;
}

/** @returns by step */
export function familiesOf(tasks: readonly SceneTask[]): ReadonlyMap<string, Family> {
  if (tasks.every(({ lane }) => lane === undefined)) {
    return new Map();
  }
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const steps = new Map<string, LaneStep>();
  for (const { lane, groups } of tasks) {
    if (lane !== undefined) {
      const step = steps.get(lane.step) ?? { labels: new Set(), groups, near: new Map() };
      step.labels.add(lane.label);
      steps.set(lane.step, step);
    }
  }
  for (const { lane, needs, groups } of tasks) {
    const near = lane === undefined ? undefined : steps.get(lane.step)?.near;
    if (lane === undefined || near === undefined) {
      continue;
    }
    for (const need of needs) {
      const other = byId.get(need);
      if (other?.lane !== undefined && other.lane.step !== lane.step) {
        const isSame = other.lane.label === lane.label && isEqual(other.groups, groups);
        near.set(other.lane.step, isSame && (near.get(other.lane.step) ?? true));
      }
    }
  }

  const leaders = new Map<string, string>();
  const leaderOf = (step: string): string => {
    const leader = leaders.get(step) ?? step;
    return leader === step ? step : leaderOf(leader);
  };
  for (const [step, { near }] of steps) {
    for (const [other, isSame] of near) {
      const [a, b] = [leaderOf(other), leaderOf(step)];
      if (isSame && a !== b) {
        leaders.set(b, a);
      }
    }
  }
  const members = new Map<string, string[]>();
  for (const step of steps.keys()) {
    const leader = leaderOf(step);
    members.set(leader, [...(members.get(leader) ?? []), step]);
  }
  const families = new Map<string, Family>();
  for (const [leader, own] of members) {
    const labels = new Set(own.flatMap((step) => [...(steps.get(step)?.labels ?? [])]));
    const { groups } = steps.get(leader) ?? { groups: [] };
    const family = { key: `lanes:${leader}`, steps: own, labels: [...labels], groups };
    own.forEach((step) => families.set(step, family));
  }
  return families;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
