import { createHash } from 'node:crypto';
import { createReadStream, lstat, readFile, readlink, stat } from 'node:fs';
import { promisify } from 'node:util';
import { digestOf, type Digest } from '../base/digest.ts';

/** `exec`: a file with its execute bit. */
export type FileKind = 'file' | 'exec' | 'link';

/** A file of a tree as it is known without its bytes. */
export interface KnownFile {
  readonly digest: Digest;
  readonly kind: FileKind;
}

export interface ReadFile extends KnownFile {
  /** Nanoseconds since 1970: when somebody last changed anything about it. */
  readonly touchedNs: bigint;
}

/** Bytes: larger files are digested in pieces, so that none holds up the program. */
const PIECE = 256 * 1024;

// Those with promises take three times the time for small files.
const lstatOf = promisify(lstat);
const statOf = promisify(stat);
const bytesOf = promisify(readFile);
const targetOf = promisify(readlink);

/** The digest a file has in a `TreeView`. */
export function digestOfFile(bytes: string | Uint8Array, executable: boolean): Digest {
  return fileDigestOf(digestOf(bytes), executable ? 'exec' : 'file');
}

/** The same without the bytes. @param content digest of the bytes alone, as a blob's; of a link, of where it leads */
export function fileDigestOf(content: Digest, kind: FileKind): Digest {
  return digestOf(`${kind}:${content}`);
}

/** Never follows a link. @param file absolute @throws what the disk throws */
export async function readFileDigest(file: string): Promise<ReadFile> {
  const status = await lstatOf(file, { bigint: true });
  if (status.isSymbolicLink()) {
    const digest = fileDigestOf(digestOf(await targetOf(file)), 'link');
    return { digest, kind: 'link', touchedNs: status.ctimeNs };
  }
  const kind = (status.mode & 0o100n) === 0n ? 'file' : 'exec';
  const content = await contentOf(file, status.size);
  return { digest: fileDigestOf(content, kind), kind, touchedNs: status.ctimeNs };
}

/** Of the bytes alone, as a blob's. Follows a link. @param file absolute @throws what the disk throws */
export async function digestOfContent(file: string): Promise<Digest> {
  return contentOf(file, (await statOf(file, { bigint: true })).size);
}

async function contentOf(file: string, size: bigint): Promise<Digest> {
  return size <= PIECE ? digestOf(await bytesOf(file)) : await digestInPieces(file);
}

async function digestInPieces(file: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: PIECE })) {
    hash.update(piece as Buffer);
  }
  return hash.digest('hex') as Digest;
}
