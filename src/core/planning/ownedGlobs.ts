import { folderOfGlob, globFault } from '../base/glob.ts';
import type { Names } from '../domain/workflow.ts';
import type { KnownTexts } from './knownTexts.ts';

/** In place of a value that is not known yet: a private use character that no path has. */
const ANY = '\ue000';

/**
 * The globs of what a task may change, with what is known filled in. Where a value is not known, or makes of the text
 * what is no glob, the glob takes all there is in the folder before it: rather too much than too little.
 */
export function ownedGlobs(
  globs: readonly string[],
  names: Names,
  known: KnownTexts,
): readonly string[] {
  if (!globs.some((glob) => glob.includes('${{'))) {
    return globs;
  }
  return [...new Set(globs.map((glob) => ownedGlob(glob, names, known)))];
}

function ownedGlob(written: string, names: Names, known: KnownTexts): string {
  const filled = known.filled(written, names, ANY);
  const at = filled?.indexOf(ANY) ?? -1;
  if (filled !== undefined && at !== -1) {
    return allIn(filled.slice(0, at));
  }
  return filled !== undefined && globFault(filled) === undefined
    ? filled
    : allIn(written.slice(0, written.indexOf('${{')));
}

/** @param start of a glob */
function allIn(start: string): string {
  const folder = folderOfGlob(start);
  const all = folder === '' ? '**' : `${folder}/**`;
  return globFault(all) === undefined ? all : '**';
}
