import type { SourcePath } from '../definitions/source/sourceDocument.ts';

/** A path as a text that no other path has. */
export function pathKey(path: SourcePath): string {
  return JSON.stringify(path);
}
