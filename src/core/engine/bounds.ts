import { globCovers, globFault, parseGlob, type Glob } from '../base/glob.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Failure } from '../domain/failure.ts';
import type { Terms } from '../domain/terms.ts';
import type { Names } from '../domain/workflow.ts';
import { renderText, type RenderContext } from './render.ts';

/** Paths named in a failure: whoever changed more than these has changed far too much. */
const MOST_PATHS = 20;

/** What a task may change in its copy. */
export interface Bounds {
  /** `undefined`: all that is not out of bounds. */
  readonly owns: readonly Glob[] | undefined;
  readonly never: readonly Never[];
  /** As they were rendered. */
  readonly texts: Pick<Terms, 'owns' | 'never'>;
}

/**
 * A path that a disk takes for one that must never be changed is none either, wherever it was made: the branch is
 * checked out elsewhere. What is owned is compared letter for letter.
 */
interface Never {
  readonly glob: Glob;
  /** For paths that are folded likewise. */
  readonly folded: Glob | undefined;
}

/** The bounds of a task with its own values in them; `undefined`: it may change anything. */
export async function boundsOf(
  { owns, never }: Terms,
  step: string,
  names: Names,
  context: RenderContext,
): Promise<Result<Bounds | undefined, Failure>> {
  if (owns === undefined && never.length === 0) {
    return ok(undefined);
  }
  const owned = await globsOf(owns ?? [], `${step}.owns`, names, context);
  if (!owned.ok) {
    return owned;
  }
  const forbidden = await globsOf(never, `${step}.never`, names, context);
  if (!forbidden.ok) {
    return forbidden;
  }
  const allowed = owns === undefined ? undefined : owned.value;
  const textsOf = (globs: readonly Glob[]) => globs.map(({ text }) => text);
  return ok({
    owns: allowed,
    never: forbidden.value.map((glob) => ({ glob, folded: foldedGlob(glob) })),
    texts: { owns: allowed && textsOf(allowed), never: textsOf(forbidden.value) },
  });
}

/** What keeps changes from counting: paths outside the bounds. */
export function outOfBounds(changed: readonly string[], bounds: Bounds): Failure | undefined {
  const paths = changed.filter((file) => !isInside(file, bounds));
  return paths.length === 0
    ? undefined
    : { reason: 'out-of-bounds', paths: paths.slice(0, MOST_PATHS), count: paths.length };
}

/** As the end of a sentence about the path; `undefined`: it may be changed. */
export function whyNotWrite(file: string, bounds: Bounds | undefined): string | undefined {
  return bounds === undefined || isInside(file, bounds)
    ? undefined
    : 'is not among the paths this task may change';
}

/** True where one of the globs that give the task its paths takes this one. */
export function isOwned(file: string, bounds: Bounds): boolean {
  return bounds.owns !== undefined && isInside(file, bounds);
}

function isInside(file: string, { owns, never }: Bounds): boolean {
  if (owns?.some((glob) => globCovers(glob, file)) === false) {
    return false;
  }
  const other = folded(file);
  return !never.some(
    (one) =>
      globCovers(one.glob, file) || (one.folded !== undefined && globCovers(one.folded, other)),
  );
}

/** One form for all spellings that a case-folding or composing file system takes for one. */
function folded(text: string): string {
  return text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** `undefined`: folding made of it what is no glob. */
function foldedGlob({ text }: Glob): Glob | undefined {
  const other = folded(text);
  return globFault(other) === undefined ? parseGlob(other) : undefined;
}

async function globsOf(
  texts: readonly string[],
  where: string,
  names: Names,
  context: RenderContext,
): Promise<Result<readonly Glob[], Failure>> {
  const globs: Glob[] = [];
  for (const text of texts) {
    const rendered = await renderText(text, where, names, context);
    if (!rendered.ok) {
      return rendered;
    }
    const fault = globFault(rendered.value);
    if (fault !== undefined) {
      return err({ reason: 'expression', where, message: `"${rendered.value}" ${fault}.` });
    }
    globs.push(parseGlob(rendered.value));
  }
  return ok(globs);
}
