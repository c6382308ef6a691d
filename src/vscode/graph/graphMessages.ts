import type { GraphNode, GraphPicture } from '../../core/projections/graphPicture.ts';
import type { GraphHostMessage } from '../../webview/protocol.ts';

type PictureMessage = Extract<GraphHostMessage, { readonly type: 'picture' | 'changes' }>;

/**
 * What a page is told of pictures: the first whole, then what differs. What was sent last is all it keeps, and it is
 * no truth: a page that has lost count asks anew.
 */
export class PictureFeed {
  #number = 0;
  /** `undefined`: the page has no picture. */
  #of: string | undefined;
  #frame = '';
  #nodes = new Map<string, SentNode>();

  /** The page has no picture any more: the next one is whole. */
  forget(): void {
    this.#of = undefined;
  }

  /** `undefined`: the page shows that already. */
  next(picture: GraphPicture): PictureMessage | undefined {
    const { workflow, run, moment, nodes } = picture;
    const of = JSON.stringify([workflow, run?.id]);
    const others = nodes.filter((node) => this.#nodes.get(node.id)?.node !== node);
    const isWhole =
      of !== this.#of ||
      !haveIds(nodes, [...this.#nodes.keys()]) ||
      !others.every((node) => isLaidOutAs(this.#nodes.get(node.id)?.node, node));
    if (isWhole) {
      this.#nodes = new Map();
    }
    const changed = (isWhole ? nodes : others).filter((node) => this.#isNew(node));
    const frame = JSON.stringify([run, moment]);
    const isSame = !isWhole && changed.length === 0 && frame === this.#frame;
    this.#of = of;
    this.#frame = frame;
    if (isSame) {
      return undefined;
    }
    this.#number += 1;
    return isWhole
      ? { type: 'picture', number: this.#number, picture }
      : { type: 'changes', number: this.#number, run, moment, nodes: changed };
  }

  /** A node that is the same object is the same; of others only the text tells. */
  #isNew(node: GraphNode): boolean {
    const text = JSON.stringify(node);
    const isNew = this.#nodes.get(node.id)?.text !== text;
    this.#nodes.set(node.id, { node, text });
    return isNew;
  }
}

function haveIds(nodes: readonly GraphNode[], ids: readonly string[]): boolean {
  return nodes.length === ids.length && nodes.every(({ id }, place) => id === ids[place]);
}

interface SentNode {
  readonly node: GraphNode;
  readonly text: string;
}

/** What the page lays out. While it stays, the rest can change node by node. */
function isLaidOutAs(sent: GraphNode | undefined, node: GraphNode): boolean {
  return sent !== undefined && shapeOf(sent) === shapeOf(node);
}

function shapeOf({ kind, needs, groups, lane }: GraphNode): string {
  return JSON.stringify([kind, needs, groups, lane]);
}

/** Lets a message through that is not the one before. */
export class OnlyNews<Message extends GraphHostMessage> {
  #last: string | undefined;

  forget(): void {
    this.#last = undefined;
  }

  next(message: Message): Message | undefined {
    const text = JSON.stringify(message);
    const isNew = text !== this.#last;
    this.#last = text;
    return isNew ? message : undefined;
  }
}

/** Does one thing at a time; asked meanwhile, it does it once more. */
export class OneAtATime {
  readonly #work: () => Promise<void>;
  readonly #rest: () => Promise<void>;
  #isBusy = false;
  #isAsked = false;

  /**
   * @param work never rejects
   * @param rest what is waited for before it is done once more
   */
  constructor(work: () => Promise<void>, rest: () => Promise<void> = () => Promise.resolve()) {
    this.#work = work;
    this.#rest = rest;
  }

  /** Resolves once nothing is asked any more. */
  async again(): Promise<void> {
    this.#isAsked = true;
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        await this.#work();
        await this.#rest();
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
