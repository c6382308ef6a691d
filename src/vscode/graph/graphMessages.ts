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
  #shape: string | undefined;
  #frame = '';
  readonly #nodes = new Map<string, string>();

  /** The page has no picture any more: the next one is whole. */
  forget(): void {
    this.#shape = undefined;
  }

  /** `undefined`: the page shows that already. */
  next(picture: GraphPicture): PictureMessage | undefined {
    const shape = shapeOf(picture);
    const isWhole = shape !== this.#shape;
    if (isWhole) {
      this.#nodes.clear();
    }
    const { run, moment } = picture;
    const changed = picture.nodes.filter((node) => this.#isNew(node));
    const frame = JSON.stringify([run, moment]);
    const isSame = !isWhole && changed.length === 0 && frame === this.#frame;
    this.#shape = shape;
    this.#frame = frame;
    if (isSame) {
      return undefined;
    }
    this.#number += 1;
    return isWhole
      ? { type: 'picture', number: this.#number, picture }
      : { type: 'changes', number: this.#number, run, moment, nodes: changed };
  }

  #isNew(node: GraphNode): boolean {
    const text = JSON.stringify(node);
    const isNew = this.#nodes.get(node.id) !== text;
    this.#nodes.set(node.id, text);
    return isNew;
  }
}

/** What the page lays out. While it stays, the rest can change node by node. */
function shapeOf({ workflow, run, nodes }: GraphPicture): string {
  return JSON.stringify([
    workflow,
    run?.id,
    nodes.map(({ id, kind, needs, groups, lane }) => [id, kind, needs, groups, lane]),
  ]);
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
  #isBusy = false;
  #isAsked = false;

  /** @param work never rejects */
  constructor(work: () => Promise<void>) {
    this.#work = work;
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
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
