import type { GraphNode, GraphPicture } from '../../../src/core/projections/graphPicture.ts';

// Pictures for the tests of the page, in a few words.

export type Needs = Readonly<Record<string, readonly string[]>>;

export function node(id: string, over: Partial<GraphNode> = {}): GraphNode {
  return {
    id,
    kind: 'agent',
    subtitle: 'agent',
    needs: [],
    groups: [],
    lane: undefined,
    isCritical: false,
    estimateMs: 1000,
    state: 'pending',
    detail: '',
    isReused: false,
    reason: '',
    cause: '',
    live: '',
    runningSince: undefined,
    triesAgainAt: undefined,
    goesOnAt: undefined,
    isHeld: false,
    verbs: [],
    ...over,
  };
}

export function nodesOf(needs: Needs, over: Partial<GraphNode> = {}): GraphNode[] {
  return Object.entries(needs).map(([id, list]) => node(id, { needs: list, ...over }));
}

export function pictureOf(...nodes: readonly GraphNode[]): GraphPicture {
  return {
    workflow: 'w',
    moment: undefined,
    run: { id: 'w-1', status: 'running', done: 0, reused: '', verbs: [] },
    nodes,
  };
}

/** Tasks `<step>.0`, `<step>.1`, …; each needs what `needs` says of its number. */
export function lanes(
  step: string,
  count: number,
  needs: (lane: number) => readonly string[] = () => [],
  over: Partial<GraphNode> = {},
): GraphNode[] {
  return Array.from({ length: count }, (_, lane) =>
    node(`${step}.${lane}`, {
      needs: needs(lane),
      lane: { step, label: `lane ${lane}` },
      ...over,
    }),
  );
}

export function all(step: string, count: number): string[] {
  return Array.from({ length: count }, (_, lane) => `${step}.${lane}`);
}
