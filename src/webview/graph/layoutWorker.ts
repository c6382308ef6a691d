// The other thread: lays out what it is sent, one after the other. It has no types of a worker's globals, since the
// page's and theirs cannot be had together.
import { arrange, type ArrangeRequest } from './arrangement.ts';
import type { GraphLayout } from './layout.ts';

/** What the page sends, and what comes back. */
export interface LayoutOrder {
  readonly number: number;
  readonly request: ArrangeRequest;
}

export interface LayoutAnswer {
  readonly number: number;
  readonly layout: GraphLayout;
}

const port = globalThis as unknown as {
  onmessage: ((event: { readonly data: LayoutOrder }) => void) | null;
  postMessage(answer: LayoutAnswer): void;
};

port.onmessage = ({ data }) => {
  port.postMessage({ number: data.number, layout: arrange(data.request) });
};
