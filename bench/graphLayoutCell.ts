import { pathToFileURL } from 'node:url';
import { layoutGraph } from '../src/webview/graph/layout.ts';
import type { Shape } from './graphPictures.ts';

// Layouts of the same graph, each by another library, in a bundle as the page has it.

const CARD = { width: 228, height: 76 };
const ROUNDS = 5;
/** Milliseconds after which a library is not asked again. */
const PATIENCE = 20_000;

type Places = readonly (readonly [number, number])[];
type Layout = (shape: Shape) => Places | Promise<Places>;

export interface LayoutRow {
  readonly name: string;
  /** Of processor time, the median. */
  readonly ms: number;
  readonly crossings: number;
}

/** @param peers libraries and the files they are in */
export async function layoutCell(
  shape: Shape,
  peers: readonly { readonly name: string; readonly file: string }[],
): Promise<readonly LayoutRow[]> {
  const rows: LayoutRow[] = [];
  const ways: [string, Layout][] = [['own', own]];
  for (const { name, file } of peers) {
    const loaded: unknown = await import(pathToFileURL(file).href);
    const layout = await PEERS[name]?.(loaded);
    if (layout !== undefined) {
      ways.push([name, layout]);
    }
  }
  for (const [name, layout] of ways) {
    const times: number[] = [];
    let places: Places = [];
    for (let round = 0; round < ROUNDS && sum(times) < PATIENCE; round += 1) {
      const before = process.cpuUsage();
      places = await layout(shape);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    times.sort((a, b) => a - b);
    rows.push({ name, ms: times[times.length >> 1] ?? 0, crossings: crossings(places, shape) });
  }
  return rows;
}

function own({ tasks, edges }: Shape): Places {
  const needs = Array.from({ length: tasks }, (): string[] => []);
  edges.forEach(([from, to]) => needs[to]?.push(String(from)));
  const steps = needs.map((list, task) => ({ id: String(task), needs: list, ...CARD }));
  const { boxes } = layoutGraph(steps, { direction: 'right' });
  return boxes.map(({ x, y, width, height }) => [x + width / 2, y + height / 2]);
}

interface Dagre {
  readonly graphlib: {
    Graph: new () => {
      setGraph(options: object): void;
      setDefaultEdgeLabel(label: () => object): void;
      setNode(id: string, size: object): void;
      setEdge(from: string, to: string): void;
      node(id: string): { readonly x: number; readonly y: number };
    };
  };
  layout(graph: unknown): void;
}

interface GraphvizModule {
  readonly Graphviz: {
    load(): Promise<{ layout(source: string, form: string, engine: string): string }>;
  };
}

interface Elk {
  layout(graph: object): Promise<{
    readonly children: readonly { readonly x: number; readonly y: number }[];
  }>;
}

const PEERS: Readonly<Record<string, (loaded: unknown) => Layout | Promise<Layout>>> = {
  '@dagrejs/dagre': (loaded) => {
    const dagre = (loaded as { readonly default: Dagre }).default;
    return ({ tasks, edges }) => {
      const graph = new dagre.graphlib.Graph();
      graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 72 });
      graph.setDefaultEdgeLabel(() => ({}));
      const ids = Array.from({ length: tasks }, (_, task) => String(task));
      ids.forEach((id) => graph.setNode(id, { ...CARD }));
      edges.forEach(([from, to]) => graph.setEdge(String(from), String(to)));
      dagre.layout(graph);
      return ids.map((id) => [graph.node(id).x, graph.node(id).y]);
    };
  },
  '@hpcc-js/wasm-graphviz': async (loaded) => {
    const graphviz = await (loaded as GraphvizModule).Graphviz.load();
    return ({ tasks, edges }) => {
      const ids = Array.from({ length: tasks }, (_, task) => task).join(';');
      const lines = edges.map(([from, to]) => `${from}->${to}`).join(';');
      const source = `digraph{rankdir=LR;node[shape=box width=3.2 height=1.05 fixedsize=true];${ids};${lines}}`;
      const places: [number, number][] = [];
      for (const line of graphviz.layout(source, 'plain', 'dot').split('\n')) {
        const [kind, id, x, y] = line.split(' ');
        if (kind === 'node') {
          places[Number(id)] = [Number(x) * 72, -Number(y) * 72];
        }
      }
      return places;
    };
  },
  'elkjs/lib/elk.bundled.js': (loaded) => {
    const elk = new (loaded as { readonly default: new () => Elk }).default();
    return async ({ tasks, edges }) => {
      const { children } = await elk.layout({
        id: 'root',
        layoutOptions: { 'elk.algorithm': 'layered', 'elk.direction': 'RIGHT' },
        children: Array.from({ length: tasks }, (_, task) => ({ id: String(task), ...CARD })),
        edges: edges.map(([from, to], index) => ({
          id: `e${index}`,
          sources: [String(from)],
          targets: [String(to)],
        })),
      });
      return children.map(({ x, y }) => [x + CARD.width / 2, y + CARD.height / 2]);
    };
  },
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Pairs of edges whose straight lines cross. */
function crossings(places: Places, { edges }: Shape): number {
  const side = (
    [ax, ay]: readonly [number, number],
    [bx, by]: readonly [number, number],
    [cx, cy]: readonly [number, number],
  ): number => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  let count = 0;
  edges.forEach(([a, b], index) => {
    const [from, to] = [places[a], places[b]];
    for (let other = index + 1; other < edges.length; other += 1) {
      const [c, d] = edges[other] ?? [a, b];
      const [start, end] = [places[c], places[d]];
      if (
        a !== c &&
        a !== d &&
        b !== c &&
        b !== d &&
        from !== undefined &&
        to !== undefined &&
        start !== undefined &&
        end !== undefined &&
        side(from, to, start) * side(from, to, end) < 0 &&
        side(start, end, from) * side(start, end, to) < 0
      ) {
        count += 1;
      }
    }
  });
  return count;
}
