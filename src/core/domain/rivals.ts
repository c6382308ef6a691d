import { globCovers, globFault, globsOverlap, parseGlob, type Glob } from '../base/glob.ts';
import type { TaskId } from './ids.ts';
import { termsOf, type PlannedTask, type RunPlan } from './workflow.ts';

// Tasks that may change the same path are rivals: one of them waits for the other.

/** What a task may change, told apart from what others may. Tasks that may change the same share it. */
interface Claim {
  readonly number: number;
  readonly owns: readonly Owned[];
  readonly never: readonly Glob[];
}

interface Owned {
  readonly glob: Glob;
  /** What stands before its first wildcard: no path it takes begins otherwise. */
  readonly folder: string;
}

/**
 * Answers whether a task may change what one of the others may, which may be itself and then does not count. A task
 * that says nothing of what it owns is nobody's rival.
 * @param agents of the plan: what they must never change keeps them apart too
 */
export function rivalsOf(
  tasks: readonly PlannedTask[],
  agents: RunPlan['agents'] = {},
): (one: TaskId, others: Iterable<TaskId>) => boolean {
  const claims = claimsOf(tasks, agents);
  const overlaps = new Map<string, boolean>();
  const rivals = new Map<number, boolean>();
  const overlap = (a: Owned, b: Owned): boolean => {
    if (!mayMeet(a.folder, b.folder)) {
      return false;
    }
    const key = JSON.stringify([a.glob.text, b.glob.text]);
    const known = overlaps.get(key) ?? globsOverlap(a.glob, b.glob);
    overlaps.set(key, known);
    return known;
  };
  const areRivals = (one: Claim, other: Claim): boolean => {
    if (!one.owns.some((a) => other.owns.some((b) => mayMeet(a.folder, b.folder)))) {
      // Most lanes have folders of their own: of them nothing is remembered.
      return false;
    }
    const [low, high] =
      one.number < other.number ? [one.number, other.number] : [other.number, one.number];
    const key = low * claims.size + high;
    const known =
      rivals.get(key) ??
      one.owns.some(
        (a) =>
          !keepsOut(other.never, a) &&
          other.owns.some((b) => !keepsOut(one.never, b) && overlap(a, b)),
      );
    rivals.set(key, known);
    return known;
  };
  return (one, others) => {
    const claim = claims.get(one);
    if (claim === undefined) {
      return false;
    }
    for (const other of others) {
      const rival = other === one ? undefined : claims.get(other);
      if (rival !== undefined && areRivals(claim, rival)) {
        return true;
      }
    }
    return false;
  };
}

function claimsOf(
  tasks: readonly PlannedTask[],
  agents: RunPlan['agents'],
): ReadonlyMap<TaskId, Claim> {
  const claims = new Map<TaskId, Claim>();
  const byText = new Map<string, Claim>();
  for (const { id, step, owns } of tasks) {
    if (owns === undefined || step.kind === 'gate') {
      continue;
    }
    const { never } = termsOf(step, agents[step.agent]);
    const key = JSON.stringify([owns, never]);
    let claim = byText.get(key);
    if (claim === undefined) {
      claim = {
        number: byText.size,
        owns: readable(owns).map((glob) => ({ glob, folder: plainFolder(glob.text) })),
        // One that holds a value of the task may mean anything: it keeps nobody out.
        never: readable(never.filter((text) => !text.includes('${{'))),
      };
      byText.set(key, claim);
    }
    claims.set(id, claim);
  }
  return claims;
}

function readable(globs: readonly string[]): readonly Glob[] {
  return globs.filter((text) => globFault(text) === undefined).map(parseGlob);
}

/** True where whoever must never change these changes nothing that the other may. */
function keepsOut(never: readonly Glob[], { folder }: Owned): boolean {
  return folder !== '' && never.some((glob) => globCovers(glob, folder));
}

/** False where no path begins with both. */
function mayMeet(one: string, other: string): boolean {
  return (
    one === other ||
    one === '' ||
    other === '' ||
    one.startsWith(`${other}/`) ||
    other.startsWith(`${one}/`)
  );
}

function plainFolder(text: string): string {
  const names = text.split('/').filter((name) => name !== '');
  const wild = names.findIndex((name) => /[*?[\]{}]/.test(name));
  return (wild === -1 ? names : names.slice(0, wild)).join('/');
}
