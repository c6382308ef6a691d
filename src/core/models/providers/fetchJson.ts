import type { Clock } from '../../base/clock.ts';

const MAX_BYTES = 8 * 1024 * 1024;

export interface JsonRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, with POST. */
  readonly body?: unknown;
  /** Until the whole of the answer is there, in milliseconds. */
  readonly timeoutMs: number;
}

export interface JsonResponse {
  readonly status: number;
  /** `undefined`: the status is no success, and what came with it was not read. */
  readonly body: unknown;
}

/** Follows no redirect, so that a key goes nowhere else. Rejects for whatever is not JSON of at most 8 MB. */
export async function fetchJson(
  fetchFunction: typeof fetch,
  clock: Clock,
  { url, headers = {}, body, timeoutMs }: JsonRequest,
  signal?: AbortSignal,
): Promise<JsonResponse> {
  const stop = new AbortController();
  const timer = clock.timer(timeoutMs, () => stop.abort(new Error('No answer in time.')));
  try {
    const response = await fetchFunction(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { status: response.status, body: undefined };
    }
    return { status: response.status, body: JSON.parse(await textOf(response.body)) };
  } finally {
    timer.dispose();
  }
}

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new Error('The answer is too long.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
