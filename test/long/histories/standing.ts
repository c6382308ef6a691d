import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { BUSY_REF, OWN_REF, refsIn } from './git.ts';

/** Below the Git folder: what Sluice writes, what holds everybody's refs, and what the stand-in for `git lfs` keeps. */
const NOT_THE_USERS = /^(?:objects|sluice|lfs|packed-refs|refs|info\/refs)(?:\/|$)/;

/** All that is the user's, by what a failing comparison should name: files by path, refs by name. */
export type Standing = ReadonlyMap<string, string>;

/**
 * What lies in these folders byte for byte, with modes and times: work trees, HEAD, index, reflogs, settings, hooks; and
 * each ref that is nobody's else.
 * @param commonDir of the repository Sluice is opened in; of others everything counts
 */
export async function standingOf(
  folder: string,
  commonDir: string,
  roots: readonly string[],
): Promise<Standing> {
  const found = new Map<string, string>();
  const walk = (at: string) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name);
      const below = path.relative(commonDir, file);
      if (!below.startsWith('..') && NOT_THE_USERS.test(below)) {
        continue;
      }
      const isInGit = /\/\.git(?:\/|$)/.test(file);
      if (entry.isDirectory()) {
        if (!isInGit) {
          found.set(file, 'folder');
        }
        walk(file);
      } else {
        const { mode, mtimeMs } = fs.lstatSync(file);
        const bytes = entry.isSymbolicLink() ? fs.readlinkSync(file) : fs.readFileSync(file);
        found.set(file, `${mode} ${mtimeMs} ${createHash('sha1').update(bytes).digest('hex')}`);
      }
    }
  };
  roots.forEach(walk);
  for (const [ref, id] of await refsIn(folder)) {
    if (!OWN_REF.test(ref) && !BUSY_REF.test(ref)) {
      found.set(ref, id);
    }
  }
  return found;
}

/** @throws AssertionError that names what is not as it was */
export function assertUntouched(was: Standing, is: Standing, when: string): void {
  const names = new Set([...was.keys(), ...is.keys()]);
  const changed = [...names].filter((name) => was.get(name) !== is.get(name));
  assert.deepEqual(
    changed.map((name) => `${name}: ${was.get(name) ?? 'absent'} -> ${is.get(name) ?? 'absent'}`),
    [],
    `what is the user's is not as it was ${when}`,
  );
}
