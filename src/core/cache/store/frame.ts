import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { digestOf, type Digest } from '../../base/digest.ts';

// Every file of the cache but the values begins with a line `sluice-cache 1 <SHA-256 of the rest>`. Bytes of another
// version, or that are not those that were written, are nobody's.

const BEGINNING = Buffer.from('sluice-cache 1 ', 'latin1');
const LINE_FEED = 0x0a;
const FRAME_BYTES = BEGINNING.length + 64 + 1;

/** Of every such file. */
export const FIRST_BYTE = BEGINNING.subarray(0, 1);

/** Hashed in one go: a fraction of a millisecond. */
const AT_ONCE_BYTES = 256 * 1024;

export function framed(...pieces: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const piece of pieces) {
    hash.update(piece);
  }
  const line = Buffer.from(`${hash.digest('hex')}\n`, 'latin1');
  return Buffer.concat([BEGINNING, line, ...pieces]);
}

/** What is in the frame; `undefined`: it is not what was written. */
export function unframedNow(bytes: Uint8Array): Buffer | undefined {
  const claim = claimOf(bytes);
  return claim !== undefined && digestOf(claim.rest) === claim.digest ? claim.rest : undefined;
}

/** As `unframedNow`, without blocking. */
export async function unframed(bytes: Uint8Array): Promise<Buffer | undefined> {
  const claim = claimOf(bytes);
  return claim !== undefined && (await digestInTurns(claim.rest)) === claim.digest
    ? claim.rest
    : undefined;
}

/** The digest, with what else is due in between when there is much to hash. */
export async function digestInTurns(bytes: Uint8Array): Promise<Digest> {
  if (bytes.length <= AT_ONCE_BYTES) {
    return digestOf(bytes);
  }
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes.length; offset += AT_ONCE_BYTES) {
    hash.update(bytes.subarray(offset, offset + AT_ONCE_BYTES));
    await setImmediate();
  }
  return hash.digest('hex') as Digest;
}

function claimOf(bytes: Uint8Array): { digest: string; rest: Buffer } | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    view.length < FRAME_BYTES ||
    view[FRAME_BYTES - 1] !== LINE_FEED ||
    !view.subarray(0, BEGINNING.length).equals(BEGINNING)
  ) {
    return undefined;
  }
  const digest = view.toString('latin1', BEGINNING.length, FRAME_BYTES - 1);
  return { digest, rest: view.subarray(FRAME_BYTES) };
}
