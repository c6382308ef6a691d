import { createHash } from 'node:crypto';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';

export type ObjectType = 'blob' | 'tree' | 'commit';

/** What the objects of a repository are named by. */
export type ObjectHash = 'sha1' | 'sha256';

/** Hexadecimal digits of an id. */
export const ID_DIGITS: Readonly<Record<ObjectHash, number>> = { sha1: 40, sha256: 64 };

/** The objects of one repository, to be read. */
export interface Objects {
  readonly hash: ObjectHash;
  /** The object's body. @throws UnreadableObject when it is missing, damaged or of another type */
  read(id: ObjectId, type: ObjectType): Promise<Buffer>;
  /** Reads inside `work` may share what is costly to begin with, as a process. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** An object that should be there is missing, damaged or of another type. */
export class UnreadableObject extends Error {
  override readonly name = 'UnreadableObject';
  readonly id: ObjectId;

  constructor(id: ObjectId, why: string) {
    super(`Git object ${id} cannot be read: ${why}`);
    this.id = id;
  }
}

/** An object as it is named and, deflated, written. */
export function wrapObject(
  hash: ObjectHash,
  type: ObjectType,
  body: Uint8Array,
): { readonly id: ObjectId; readonly wrapped: Buffer } {
  const wrapped = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  return { id: objectId(createHash(hash).update(wrapped).digest('hex')), wrapped };
}

export function objectIdOf(hash: ObjectHash, type: ObjectType, body: Uint8Array): ObjectId {
  const digest = createHash(hash).update(`${type} ${body.length}\0`).update(body).digest('hex');
  return objectId(digest);
}
