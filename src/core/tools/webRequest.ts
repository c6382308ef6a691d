import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import { hasCode } from '../base/disk.ts';
import { err, ok, type Result } from '../base/result.ts';
import { isPublicAddress } from './publicAddress.ts';
import * as problems from './toolProblems.ts';

const MOST_REDIRECTS = 5;
const MOST_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const LATE = 'late';

export interface Web {
  /** Hosts that a person named in the settings, in lower case; their addresses may be private. */
  readonly namedHosts: ReadonlySet<string>;
  /** @default the system's */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
  /** @default isPublicAddress */
  readonly isPublic?: (address: string) => boolean;
}

export interface WebPage {
  /** After redirects. */
  readonly address: string;
  /** As the header says it, in lower case; may be empty. */
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Gets what is at an address, following at most 5 redirects, within 10 s, at most 5 MB.
 *
 * A name is resolved once a hop, every address it has is judged, and the connection is made to one of those: there is
 * no second look-up that could answer something else. Sends no cookie, login or referrer.
 * @throws the signal's reason
 */
export async function getPage(
  address: string,
  web: Web,
  clock: Clock,
  signal: AbortSignal,
): Promise<Result<WebPage, string>> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  const timer = clock.timer(TIMEOUT_MS, () => stop.abort(LATE));
  try {
    return await follow(address, web, stop.signal);
  } catch (error) {
    signal.throwIfAborted();
    const isLate = stop.signal.reason === LATE;
    return err(isLate ? problems.tooSlow(TIMEOUT_MS) : problems.fetchBroke(error));
  } finally {
    timer.dispose();
    signal.removeEventListener('abort', onAbort);
    // Whatever is still open belongs to an answer nobody reads.
    stop.abort();
  }
}

async function follow(
  address: string,
  web: Web,
  signal: AbortSignal,
): Promise<Result<WebPage, string>> {
  let next = address;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const url = urlOf(next);
    if (!url.ok) {
      return url;
    }
    const addresses = await judgedAddresses(url.value, web, signal);
    if (!addresses.ok) {
      return addresses;
    }
    const response = await request(url.value, addresses.value, signal);
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (status >= 300 && status < 400 && location !== undefined) {
      response.destroy();
      if (!URL.canParse(location, url.value.href)) {
        return err(problems.badAddress(location));
      }
      next = new URL(location, url.value).href;
      continue;
    }
    if (status < 200 || status >= 300) {
      response.destroy();
      return err(problems.badStatus(status, url.value.href));
    }
    const type = (response.headers['content-type'] ?? '').toLowerCase();
    if (!isText(type)) {
      response.destroy();
      return err(problems.notText(type));
    }
    const body = await bodyOf(response, signal);
    return body.ok ? ok({ address: url.value.href, type, body: body.value }) : body;
  }
  return err(problems.tooManyRedirects(MOST_REDIRECTS));
}

function urlOf(text: string): Result<URL, string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return err(problems.badAddress(text));
  }
  return url.username === '' && url.password === '' ? ok(url) : err(problems.ADDRESS_WITH_LOGIN);
}

async function judgedAddresses(
  { hostname }: URL,
  web: Web,
  signal: AbortSignal,
): Promise<Result<readonly string[], string>> {
  // As a name is found: without brackets of an address, and without the dot of the root.
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  let addresses: readonly string[];
  try {
    addresses =
      isIP(host) === 0
        ? await orAborted((web.addressesOf ?? systemAddresses)(host), signal)
        : [host];
  } catch (error) {
    signal.throwIfAborted();
    if (hasCode(error, 'ENOTFOUND', 'EAI_AGAIN', 'ENODATA')) {
      return err(problems.hostNotFound(host));
    }
    throw error;
  }
  const isPublic = web.isPublic ?? isPublicAddress;
  if (addresses.length === 0) {
    return err(problems.hostNotFound(host));
  }
  return web.namedHosts.has(host.toLowerCase()) || addresses.every(isPublic)
    ? ok(addresses)
    : err(problems.privateAddress(host));
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Resolves with the head of the answer; its body is not yet read. */
function request(
  url: URL,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = found;
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? https.request : http.request;
    const asked = send(
      url,
      {
        signal,
        // A connection of its own: one that is kept open was judged under another name.
        agent: false,
        headers: {
          accept: 'text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1',
          'accept-encoding': 'gzip, deflate, br',
          'user-agent': 'Sluice',
        },
        lookup: (_host, { all }, answer) => {
          if (all === true) {
            answer(null, found);
          } else {
            answer(null, first?.address ?? '', first?.family);
          }
        },
      },
      resolve,
    );
    asked.once('error', reject);
    asked.end();
  });
}

/** Unpacked, and no more of it than `MOST_BYTES`, however small it was sent. */
async function bodyOf(
  response: http.IncomingMessage,
  signal: AbortSignal,
): Promise<Result<Buffer, string>> {
  const unpacked = unpack(response);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      size += chunk.length;
      if (size > MOST_BYTES) {
        return err(problems.bodyTooLarge(MOST_BYTES));
      }
      chunks.push(chunk);
    }
  } finally {
    unpacked.destroy();
    response.destroy();
  }
  return ok(Buffer.concat(chunks));
}

function unpack(response: http.IncomingMessage): Readable {
  const unpacker = unpackerFor(response.headers['content-encoding']?.trim().toLowerCase());
  if (unpacker === undefined) {
    return response;
  }
  response.on('error', (error) => unpacker.destroy(error));
  response.on('close', () => {
    if (!response.complete) {
      unpacker.destroy(new Error('the connection was closed before the end'));
    }
  });
  return response.pipe(unpacker);
}

function unpackerFor(encoding: string | undefined) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      return undefined;
  }
}

function isText(type: string): boolean {
  const [media = ''] = type.split(';');
  return (
    media.trim() === '' ||
    /^text\/|^application\/(?:[\w.+-]*\+)?(?:json|xml|yaml|javascript)$|^application\/(?:x-)?(?:ndjson|yaml|toml|sh|javascript)$/.test(
      media.trim(),
    )
  );
}

/** Waits no longer than the signal lets it: a look-up cannot be called off. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('aborted'));
    if (signal.aborted) {
      stop();
    }
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
