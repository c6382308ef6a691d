import { arrange, type ArrangeRequest } from './arrangement.ts';
import type { GraphLayout } from './layout.ts';
import type { LayoutAnswer, LayoutOrder } from './layoutWorker.ts';

/** Items that are laid out in a few milliseconds, which is less than it takes to ask another thread. */
const FEW = 60;
/** Milliseconds a first picture waits for the other thread to start. */
const PATIENCE = 400;

/**
 * Layouts, made on another thread where there is one. L1: what was asked for last is what comes last; answers that
 * were overtaken are dropped. L2: a thread that fails is not asked again, and this one does its work.
 */
export class Layouts {
  readonly #done: (layout: GraphLayout) => void;
  #thread: Worker | 'starting' | 'none' = 'none';
  #number = 0;
  /** What is asked for and not answered. */
  #open: ArrangeRequest | undefined;

  /**
   * @param script address of the thread's program; `undefined`: there is none
   * @param done called once for each request that was not overtaken, for small ones before `ask` returns
   */
  constructor(script: string | undefined, done: (layout: GraphLayout) => void) {
    this.#done = done;
    if (script !== undefined) {
      this.#thread = 'starting';
      void this.#start(script);
      setTimeout(() => this.#fallBack('starting'), PATIENCE);
    }
  }

  ask(request: ArrangeRequest): void {
    this.#number += 1;
    this.#open = request;
    if (request.items.length <= FEW || this.#thread === 'none') {
      this.#doHere();
    } else if (this.#thread !== 'starting') {
      this.#thread.postMessage({ number: this.#number, request } satisfies LayoutOrder);
    }
  }

  async #start(script: string): Promise<void> {
    try {
      // A worker's program must come from the page's own origin, where the extension's files are not.
      const answer = await fetch(script);
      if (!answer.ok) {
        throw new Error(`${script}: ${answer.status}`);
      }
      const blob = new Blob([await answer.text()], { type: 'text/javascript' });
      const address = URL.createObjectURL(blob);
      const worker = new Worker(address);
      worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => this.#answered(data);
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        this.#fallBack(worker);
      };
      this.#thread = worker;
      if (this.#open !== undefined) {
        this.ask(this.#open);
      }
    } catch {
      // A policy or a proxy forbids it: the page is slower without, and no worse.
      this.#fallBack('starting', true);
    }
  }

  /** @param from the thread that gave up, or is too late @param isFinal false: it may still come */
  #fallBack(from: Worker | 'starting', isFinal = from !== 'starting'): void {
    if (this.#thread !== from) {
      return;
    }
    if (isFinal) {
      this.#thread = 'none';
    }
    if (this.#open !== undefined) {
      this.#doHere();
    }
  }

  #answered({ number, layout }: LayoutAnswer): void {
    if (number === this.#number) {
      this.#open = undefined;
      this.#done(layout);
    }
  }

  #doHere(): void {
    const request = this.#open;
    if (request !== undefined) {
      this.#answered({ number: this.#number, layout: arrange(request) });
    }
  }
}
