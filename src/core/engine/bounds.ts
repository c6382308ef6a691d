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
  readonly never: readonly Glob[];
  /** As they were rendered. */
  readonly texts: Pick<Terms, 'owns' | 'never'>;
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
    never: forbidden.value,
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
export function isOwned(file: string, { owns = [], never }: Bounds): boolean {
  const covers = (glob: Glob) => globCovers(glob, file);
  return owns.some(covers) && !never.some(covers);
}

function isInside(file: string, { owns, never }: Bounds): boolean {
  const covers = (glob: Glob) => globCovers(glob, file);
  return (owns === undefined || owns.some(covers)) && !never.some(covers);
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
