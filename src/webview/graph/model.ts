import type { GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';
import type { GraphHostMessage } from '../protocol.ts';
import { tallyOf, type Tally } from './scene/tally.ts';

type Told = Extract<GraphHostMessage, { type: 'picture' | 'changes' }>;

/** What a message changed. */
export type Change =
  /** It does not follow what was here before: the extension has to tell it all again. */
  | { readonly kind: 'lost' }
  /** Tasks or edges are others. */
  | { readonly kind: 'shape' }
  | { readonly kind: 'states'; readonly tasks: readonly string[] };

/** The last picture, kept up to date change by change. M1: it holds what a whole picture would, at any time. */
export class Model {
  #number = 0;
  #heads: Omit<GraphPicture, 'nodes'> | undefined;
  #nodes = new Map<string, GraphNode>();
  #picture: GraphPicture | undefined;
  #marksCritical: boolean | undefined;

  /** `undefined` until the first picture. */
  get picture(): GraphPicture | undefined {
    if (this.#heads === undefined) {
      return undefined;
    }
    this.#picture ??= { ...this.#heads, nodes: [...this.#nodes.values()] };
    return this.#picture;
  }

  /** Some tasks are on the longest way and some are not, so that it is worth a mark. */
  get marksCritical(): boolean {
    this.#marksCritical ??=
      [...this.#nodes.values()].some(({ isCritical }) => isCritical) &&
      [...this.#nodes.values()].some(({ isCritical }) => !isCritical);
    return this.#marksCritical;
  }

  node(id: string): GraphNode | undefined {
    return this.#nodes.get(id);
  }

  apply(message: Told): Change {
    return message.type === 'picture' ? this.#replace(message) : this.#amend(message);
  }

  tally(members: readonly string[]): Tally {
    return tallyOf(members.flatMap((id) => this.#nodes.get(id) ?? []));
  }

  #replace({ number, picture }: Extract<Told, { type: 'picture' }>): Change {
    const before = this.#nodes;
    const known = this.#heads;
    const { nodes, ...heads } = picture;
    this.#number = number;
    this.#heads = heads;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#picture = picture;
    this.#marksCritical = undefined;
    const isSame =
      known !== undefined &&
      known.workflow === heads.workflow &&
      (known.run === undefined) === (heads.run === undefined) &&
      before.size === nodes.length &&
      [...before.values()].every((node, place) => hasShapeOf(node, nodes[place]));
    return isSame ? { kind: 'states', tasks: nodes.map(({ id }) => id) } : { kind: 'shape' };
  }

  #amend({ number, run, moment, nodes }: Extract<Told, { type: 'changes' }>): Change {
    if (
      this.#heads === undefined ||
      number !== this.#number + 1 ||
      nodes.some(({ id }) => !this.#nodes.has(id))
    ) {
      return { kind: 'lost' };
    }
    this.#number = number;
    this.#heads = { ...this.#heads, run, moment };
    this.#picture = undefined;
    this.#marksCritical = undefined;
    const isSame = nodes.every((node) => hasShapeOf(this.#nodes.get(node.id), node));
    for (const node of nodes) {
      this.#nodes.set(node.id, node);
    }
    return isSame ? { kind: 'states', tasks: nodes.map(({ id }) => id) } : { kind: 'shape' };
  }
}

/** What the layout depends on, and the marks that edges have, are the same. */
function hasShapeOf(a: GraphNode | undefined, b: GraphNode | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.id === b.id &&
    a.kind === b.kind &&
    a.isCritical === b.isCritical &&
    a.lane?.step === b.lane?.step &&
    a.lane?.label === b.lane?.label &&
    a.mends?.task === b.mends?.task &&
    a.mends?.parent === b.mends?.parent &&
    (a.kind !== 'gate' || a.subtitle.length === b.subtitle.length) &&
    isSameList(a.needs, b.needs) &&
    isSameList(a.groups, b.groups)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((value, place) => value === b[place]));
}
