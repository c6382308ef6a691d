import fs from 'node:fs';
import path from 'node:path';

type TreeState = ReadonlyMap<string, string>;

/** What every file and link of a tree is, by relative path, with `/`. Links are never followed. */
export function stateOfTree(tree: string): TreeState {
  const state = new Map<string, string>();
  for (const entry of fs.readdirSync(tree, { withFileTypes: true, recursive: true })) {
    if (!entry.isDirectory()) {
      const at = path.join(entry.parentPath, entry.name);
      const { mode, size, ino, mtimeNs, ctimeNs } = fs.lstatSync(at, { bigint: true });
      const identity = [mode, size, ino, mtimeNs, ctimeNs].join(' ');
      state.set(path.relative(tree, at).split(path.sep).join('/'), identity);
    }
  }
  return state;
}

/** Files and links that were added, changed or removed, in the order of their paths. */
export function changesSince(before: TreeState, tree: string): readonly string[] {
  const after = stateOfTree(tree);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file))
    .sort();
}
