import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';

export interface TreeEntry {
  /** As Git writes it: `100644`, `100755`, `120000` (link), `40000` (folder), `160000` (submodule). */
  readonly mode: string;
  /** One character for each byte, so that names that are no UTF-8 stay as they are. */
  readonly name: string;
  readonly id: ObjectId;
}

export const FOLDER_MODE = '40000';
export const SUBMODULE_MODE = '160000';
export const LINK_MODE = '120000';

/** A file's name as `TreeEntry.name` has it. */
export function treeName(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** @param idDigits hexadecimal digits of an id in this repository. @throws Error when the bytes are no tree */
export function parseTree(bytes: Buffer, idDigits: number): TreeEntry[] {
  const idBytes = idDigits / 2;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + idBytes > bytes.length) {
      throw new Error('the tree is damaged');
    }
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('latin1', space + 1, end),
      id: objectId(bytes.toString('hex', end + 1, end + 1 + idBytes)),
    });
    at = end + 1 + idBytes;
  }
  return entries;
}

export function formatTree(entries: Iterable<TreeEntry>): Buffer {
  const sorted = [...entries].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, id }) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(id, 'hex'),
    ]),
  );
}

export function isFolder(entry: TreeEntry): boolean {
  // Some writers of old put a zero in front.
  return entry.mode === FOLDER_MODE || entry.mode === `0${FOLDER_MODE}`;
}

/** Git compares a folder as if its name ended in a slash. */
function sortKey(entry: TreeEntry): string {
  return isFolder(entry) ? `${entry.name}/` : entry.name;
}
