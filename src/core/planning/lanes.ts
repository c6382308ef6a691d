import { slug, type TaskId } from '../domain/ids.ts';
import { MAX_TASKS, type Matrix } from '../domain/workflow.ts';
import { PlanFault } from './planFault.ts';

/** The values of one lane by their names, in the order the names are written. */
export type Lane = Readonly<Record<string, string>>;

/** Where a matrix cannot be told yet: the tasks whose outputs it takes. */
export interface UnknownLanes {
  readonly after: readonly TaskId[];
}

/**
 * Every combination of values, the last name changing fastest; one lane without values where there is
 * no matrix.
 * @param render fills in a text that gives values @param filesLike files that globs mean
 * @throws PlanFault
 */
export function lanesOf(
  matrix: Matrix | undefined,
  render: (text: string) => string | UnknownLanes,
  filesLike: (globs: readonly string[]) => readonly string[],
): Lane[] | UnknownLanes {
  const axes: { readonly name: string; readonly values: readonly string[] }[] = [];
  const after: TaskId[] = [];
  for (const [name, written] of Object.entries(matrix ?? {})) {
    const text = typeof written === 'string' ? render(written) : '';
    if (typeof text !== 'string') {
      after.push(...text.after);
      continue;
    }
    const values =
      typeof written === 'string'
        ? valuesIn(name, text)
        : 'files' in written
          ? filesLike(written.files)
          : written;
    axes.push({ name, values: [...new Set(values)] });
  }
  if (after.length > 0) {
    return { after: [...new Set(after)] };
  }
  const empty = axes.find(({ values }) => values.length === 0);
  if (empty !== undefined) {
    throw new PlanFault(`its matrix has no values for ${empty.name}; give one or more`);
  }
  const total = axes.reduce((product, { values }) => product * values.length, 1);
  if (total > MAX_TASKS) {
    throw new PlanFault(
      `its matrix has ${total} combinations; a run has at most ${MAX_TASKS} tasks`,
    );
  }
  // Pairs until the end: a name like __proto__ is a name like any other.
  let lanes: (readonly (readonly [string, string])[])[] = [[]];
  for (const { name, values } of axes) {
    lanes = lanes.flatMap((lane) => values.map((value) => [...lane, [name, value] as const]));
  }
  return lanes.map((lane) => Object.fromEntries(lane));
}

/** What stands for the lanes of a matrix that cannot be told yet: all names, without values. */
export function foldedLane(matrix: Matrix): Lane {
  return Object.fromEntries(Object.keys(matrix).map((name) => [name, '']));
}

/** What stands behind the step's id in the id of a lane's task. */
export function laneSlug(lane: Lane): string {
  return slug(Object.values(lane).join('-'));
}

/** Equal for lanes that have equal values for these names; `undefined` where a name is missing. */
export function laneKey(lane: Lane, names: readonly string[]): string | undefined {
  return names.every((name) => Object.hasOwn(lane, name))
    ? JSON.stringify(names.map((name) => lane[name]))
    : undefined;
}

/** A JSON list, or the lines that are not empty. */
function valuesIn(name: string, text: string): string[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[')) {
    return trimmed
      .split(/\r?\n|\r/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  const rule = 'write a list of texts, numbers or true and false, or one value a line';
  let list: unknown;
  try {
    list = JSON.parse(trimmed);
  } catch {
    throw new PlanFault(
      `the values of ${name} in its matrix begin with "[" and are no JSON list; ${rule}`,
    );
  }
  return (list as readonly unknown[]).map((value) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new PlanFault(
        `the values of ${name} in its matrix hold ${JSON.stringify(value)}, which cannot be a value; ${rule}`,
      );
    }
    return String(value);
  });
}
