import type { CallFailure } from '../../domain/call.ts';
import { lineTooLong, notAStream, responseTooLong } from './turnProblems.ts';

// What the network does during one call, which SDKs do not tell: that bytes come though no event is whole yet, that
// the response is no stream of events, that a line has no end. A provider is made with `watchedFetch`; whoever makes
// a call names its wire by the signal that the call is made with.

export interface Wire {
  /** Headers have come. */
  opened(status: number, headers: Headers): void;
  /** Bytes have come. */
  moved(): void;
  /** The response cannot be an answer; its body ends in an error. */
  spoiled(failure: CallFailure): void;
  /** The response is one JSON text, not a stream: what is in it. */
  toldAtOnce(body: string): void;
  /** Gives a way to end the body as if the provider had. */
  endsBy(end: () => void): void;
}

const wires = new WeakMap<AbortSignal, Wire>();

/** Calls made with `signal` tell `wire`. */
export function watchWire(signal: AbortSignal, wire: Wire): void {
  wires.set(signal, wire);
}

/** One event of a stream; the longest real ones hold a whole answer once more. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;
const MAX_STREAM_BYTES = 256 * 1024 * 1024;
/** Of a body that says why there is no answer. */
const MAX_ERROR_BYTES = 256 * 1024;

/** A `fetch` for providers, over the host's own; without a wire for its signal it changes nothing. */
export function watchedFetch(fetchFunction: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await fetchFunction(input, init);
    const wire = init?.signal == null ? undefined : wires.get(init.signal);
    if (wire === undefined) {
      return response;
    }
    wire.opened(response.status, response.headers);
    if (!response.ok) {
      return withBody(response, response.body?.pipeThrough(firstBytes(wire)));
    }
    const type = response.headers.get('content-type');
    if (type !== null && !type.toLowerCase().startsWith('text/event-stream')) {
      const beginning = await textOf(response.body?.pipeThrough(firstBytes(wire)));
      if (type.toLowerCase().includes('json')) {
        wire.toldAtOnce(beginning);
      }
      wire.spoiled(notAStream(type, beginning, response.status));
      return withBody(response, undefined);
    }
    return withBody(response, response.body?.pipeThrough(bounded(wire, response.status)));
  };
}

function withBody(response: Response, body: ReadableStream<Uint8Array> | undefined): Response {
  const { status, statusText, headers } = response;
  return new Response(body ?? null, { status, statusText, headers });
}

/** Lets the beginning of a body pass; what follows it is not read. */
function firstBytes(wire: Wire): TransformStream<Uint8Array, Uint8Array> {
  let left = MAX_ERROR_BYTES;
  return new TransformStream({
    start(controller) {
      wire.endsBy(() => controller.terminate());
    },
    transform(chunk, controller) {
      wire.moved();
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) {
        controller.terminate();
      }
    },
  });
}

function bounded(wire: Wire, status: number): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  // Bytes since the last line end that was followed by another: the end of an event.
  let event = 0;
  return new TransformStream({
    start(controller) {
      wire.endsBy(() => controller.terminate());
    },
    transform(chunk, controller) {
      wire.moved();
      total += chunk.length;
      const ended = endOfLastEvent(chunk);
      event = ended < 0 ? event + chunk.length : chunk.length - ended;
      if (event > MAX_EVENT_BYTES || total > MAX_STREAM_BYTES) {
        const failure =
          event > MAX_EVENT_BYTES
            ? lineTooLong(MAX_EVENT_BYTES, status)
            : responseTooLong(MAX_STREAM_BYTES, status);
        wire.spoiled(failure);
        controller.error(new Error(failure.message));
        return;
      }
      controller.enqueue(chunk);
    },
  });
}

/** An end that lies across two chunks is not seen: the next one is. */
function endOfLastEvent(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Math.max(bytes.lastIndexOf('\n\n'), bytes.lastIndexOf('\r\n\r\n'));
}

async function textOf(body: ReadableStream<Uint8Array> | undefined): Promise<string> {
  return body === undefined ? '' : await new Response(body).text();
}
