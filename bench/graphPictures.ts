import type { GraphNode, GraphPicture } from '../src/core/projections/graphPicture.ts';

// Pictures of runs as the graph page gets them, the same for the same arguments.

/** Repeatable numbers from 0 to 1. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Edges as `[from, to]`, by place. */
export interface Shape {
  readonly name: string;
  readonly tasks: number;
  readonly edges: readonly (readonly [number, number])[];
}

/** Layers as wide as there are layers, one or two needs each, one in twenty reaching over two layers more. */
export function layered(tasks: number): Shape {
  const random = numbersFrom(tasks);
  const width = Math.max(3, Math.round(Math.sqrt(tasks)));
  const edges: [number, number][] = [];
  for (let task = width; task < tasks; task += 1) {
    const layer = Math.floor(task / width);
    const wanted = random() < 0.5 ? 2 : 1;
    const near = new Set<number>();
    while (near.size < wanted) {
      const place = (task % width) + Math.floor(random() * 7) - 3;
      near.add(Math.max(0, Math.min(width - 1, place)));
    }
    near.forEach((place) => edges.push([(layer - 1) * width + place, task]));
    if (random() < 0.05 && layer > 2) {
      edges.push([(layer - 3) * width + Math.floor(random() * width), task]);
    }
  }
  return { name: 'layered', tasks, edges };
}

/** Parts of seven: five that can go together, one that needs them all, and a gate. */
export function pipelines(tasks: number): Shape {
  const parts = Math.floor(tasks / 7);
  const edges: [number, number][] = [];
  for (let part = 0; part < parts; part += 1) {
    const at = part * 7;
    for (let place = 0; place < 5; place += 1) {
      edges.push([at + place, at + 5]);
    }
    edges.push([at + 5, at + 6]);
  }
  return { name: 'pipelines', tasks: parts * 7, edges };
}

const NODE: Omit<GraphNode, 'id'> = {
  kind: 'agent',
  subtitle: 'reviewer',
  needs: [],
  groups: [],
  lane: undefined,
  isCritical: false,
  estimateMs: 60_000,
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
  verbs: ['hold', 'skip'],
};

const STATES = ['succeeded', 'succeeded', 'succeeded', 'running', 'failed', 'pending'] as const;

export function pictureOf({ name, tasks, edges }: Shape): GraphPicture {
  const random = numbersFrom(7);
  const needs = Array.from({ length: tasks }, (): string[] => []);
  for (const [from, to] of edges) {
    needs[to]?.push(`step-${from}`);
  }
  return pictureWith(
    name,
    needs.map((own, task): GraphNode => {
      const state = STATES[Math.floor(random() * STATES.length)] ?? 'pending';
      return { ...NODE, id: `step-${task}`, needs: own, state, detail: '12.4 s' };
    }),
  );
}

/** Like `layered`, and as a run is that people write: lanes that fold. */
export function lanes(tasks: number): GraphPicture {
  const random = numbersFrom(tasks);
  const count = Math.floor((tasks - 3) / 3);
  const nodes: GraphNode[] = [{ ...NODE, id: 'plan', state: 'succeeded', isCritical: true }];
  for (const step of ['research', 'write', 'review']) {
    for (let lane = 0; lane < count; lane += 1) {
      const before = { research: 'plan', write: `research.${lane}`, review: `write.${lane}` }[step];
      const state = STATES[Math.floor(random() * STATES.length)] ?? 'pending';
      nodes.push({
        ...NODE,
        id: `${step}.${lane}`,
        needs: before === undefined ? [] : [before],
        lane: { step, label: `chapter ${lane}` },
        isCritical: lane === 3,
        state,
      });
    }
  }
  const all = Array.from({ length: count }, (_, lane) => `review.${lane}`);
  nodes.push({ ...NODE, id: 'approve', kind: 'gate', subtitle: 'Publish it?', needs: all });
  nodes.push({ ...NODE, id: 'publish', needs: ['approve'] });
  return pictureWith('lanes', nodes);
}

/** A bit of everything there is to see: phases, a nested workflow, lanes, gates, every state. */
export function mixture(now: number): GraphPicture {
  const node = (
    id: string,
    needs: readonly string[],
    groups: readonly string[],
    over: Partial<GraphNode> = {},
  ): GraphNode => ({ ...NODE, id, needs, groups, ...over });
  const prepare = ['Prepare'];
  const build = ['Build'];
  const ship = ['Ship'];
  const done = { state: 'succeeded', detail: '12.4 s · $0.03' } as const;
  const running = { state: 'running', runningSince: now - 20_000 } as const;
  const topics = Array.from({ length: 57 }, (_, lane) =>
    node(`docs.topic-${lane}`, ['outline', 'plan'], build, {
      lane: { step: 'docs', label: `topic ${lane}` },
      subtitle: 'writer',
      ...(lane < 12 ? done : lane < 15 ? running : lane === 15 ? { state: 'failed' as const } : {}),
    }),
  );
  return pictureWith('release', [
    node('plan', [], prepare, { ...done, isCritical: true, subtitle: 'planner' }),
    node('outline', ['plan'], prepare, {
      ...done,
      isReused: true,
      reason: 'reused · 2 h ago',
      isCritical: true,
    }),
    node('licences', [], prepare, { ...done }),
    node('code', ['outline', 'licences'], build, {
      ...running,
      isCritical: true,
      subtitle: 'coder · claude-opus-5',
      live: '2,140 tokens · reading src/login.ts',
    }),
    node('tests.unit', ['outline', 'licences'], [...build, 'tests'], { ...running }),
    node('tests.ui', ['outline', 'licences'], [...build, 'tests'], {
      state: 'failed',
      detail: 'Exited with code 1',
    }),
    node('tests.report', ['tests.unit', 'tests.ui'], [...build, 'tests'], {
      state: 'skipped',
      detail: 'tests.ui did not succeed',
    }),
    ...['18', '20', '22'].map((version) =>
      node(`node.${version}`, ['outline', 'licences'], build, {
        lane: { step: 'node', label: `node ${version}` },
        subtitle: 'matrix',
        ...(version === '18' ? done : {}),
      }),
    ),
    ...topics,
    node('question', ['outline', 'licences'], build, { state: 'asking', detail: 'run npm test' }),
    node('approve', ['code', 'tests.report', 'question'], ship, {
      kind: 'gate',
      subtitle: 'Is this good enough to be published to everybody?',
      state: 'waiting',
      isCritical: true,
      estimateMs: 0,
    }),
    node('publish', ['approve'], ship, { isCritical: true }),
    node('announce', ['approve'], ship, { isHeld: true }),
  ]);
}

function pictureWith(workflow: string, nodes: readonly GraphNode[]): GraphPicture {
  const done = nodes.filter(({ state }) => state === 'succeeded').length;
  return {
    workflow,
    moment: undefined,
    run: { id: `${workflow}-1`, status: 'running', done, reused: '', verbs: ['pause', 'cancel'] },
    nodes,
  };
}
