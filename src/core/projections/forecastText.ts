import { count, oneLine } from '../base/text.ts';
import type { ConflictKind, MergeSide } from '../domain/merge.ts';
import type { RunConflict, RunForecast } from './forecast.ts';

/** Conflicts and paths that are told one by one. */
const MOST_LINES = 200;

/** `no conflicts`, `2 conflicts`. */
export function forecastMark({ conflicts, uncompared }: RunForecast): string {
  const found = conflicts.length === 0 ? 'no conflicts' : count(conflicts.length, 'conflict');
  return uncompared.length === 0
    ? found
    : `${found} found, ${count(uncompared.length, 'file')} not compared`;
}

/**
 * One sentence for each conflict, and for what was not looked.
 * @param base name of the branch the run began on
 */
export function forecastLines(forecast: RunForecast, base: string): readonly string[] {
  const lines = [
    ...forecast.conflicts.map(
      (conflict) => `${path(conflict.path)}: ${conflictText(conflict, base, path)}`,
    ),
    ...forecast.uncompared.map((each) => `${path(each)}: not compared, there is too much to merge`),
  ];
  return [
    ...cut(lines, (more) => `and ${more} more`),
    ...(forecast.baseMoved === undefined
      ? [`It was not looked whether ${oneLine(base)} has moved.`]
      : []),
  ];
}

/** The forecast as a Markdown page. Names and paths are shown and do nothing. */
export function forecastPage(forecast: RunForecast, run: string, base: string): string {
  const { conflicts, clean, uncompared, tasks } = forecast;
  const byPath = new Map<string, RunConflict[]>();
  for (const conflict of conflicts) {
    byPath.set(conflict.path, [...(byPath.get(conflict.path) ?? []), conflict]);
  }
  const told = [...byPath].map(([each, found]) =>
    [code(each), ...found.map((one) => `- ${conflictText(one, code(base), code)}`)].join('\n\n'),
  );
  const listed = (paths: readonly string[]) =>
    cut(
      paths.map((each) => `- ${code(each)}`),
      (more) => `- and ${more} more`,
    ).join('\n');
  return [
    `# Forecast: ${oneLine(run)}`,
    `**If the results of ${count(tasks.length, 'task')} were merged now: ${forecastMark(forecast)}.** ${baseText(forecast, base)}`,
    ...(told.length === 0
      ? []
      : ['## Conflicts', cut(told, (more) => `and ${count(more, 'more file')}`).join('\n\n')]),
    ...(uncompared.length === 0
      ? []
      : [
          '## Not compared',
          'There is too much to merge to look at it beforehand.',
          listed(uncompared),
        ]),
    ...(clean.length === 0 ? [] : ['## Changed by several, and merged', listed(clean)]),
    ...(tasks.length === 0
      ? []
      : ['## Order', tasks.map((task, at) => `${at + 1}. ${code(task)}`).join('\n')]),
  ]
    .join('\n\n')
    .concat('\n');
}

function baseText({ baseMoved }: RunForecast, base: string): string {
  switch (baseMoved) {
    case undefined:
      return `It was not looked whether ${code(base)} has moved.`;
    case true:
      return `${code(base)} has moved since the run began.`;
    case false:
      return `${code(base)} has not moved since the run began.`;
  }
}

function conflictText(
  { path: whole, kind, between, beside }: RunConflict,
  base: string,
  name: (text: string) => string,
): string {
  const [one, other] = between;
  const task = (side: MergeSide) => (side.by === 'base' ? base : name(side.task));
  const withBase = one.by === 'base' || other.by === 'base';
  const isDouble = kind === 'added' && beside !== undefined;
  if (withBase) {
    const why = isDouble
      ? `${name(beside)} is the same file on many machines`
      : beside === undefined
        ? WITH_BASE[kind]
        : `${WITH_BASE[kind]}: ${name(beside)}`;
    const who = task(one.by === 'base' ? other : one);
    return `${who} conflicts with ${base}, which has moved since (${why})`;
  }
  if (isDouble) {
    return `${task(other)} made it, and ${task(one)} made ${name(beside)}, which is the same file on many machines`;
  }
  if (beside === undefined) {
    return `${task(one)} and ${task(other)} ${BETWEEN_TASKS[kind]}`;
  }
  return beside.length < whole.length
    ? `${task(one)} made a file of ${name(beside)}, where ${task(other)} needs a folder`
    : `${task(other)} made a file of it, where ${task(one)} needs a folder for ${name(beside)}`;
}

const BETWEEN_TASKS: Readonly<Record<ConflictKind, string>> = {
  content: 'changed the same lines',
  added: 'both made it, and differently',
  removed: 'do not agree: one changed it, the other removed it',
  binary: 'both changed it, and it has no lines to merge or is too large',
  folder: 'do not agree whether it is a file or a folder',
  mode: 'both made it, and only one made it executable',
  kind: 'met a link or a submodule there',
};

const WITH_BASE: Readonly<Record<ConflictKind, string>> = {
  content: 'the same lines',
  added: 'both made it, and differently',
  removed: 'one changed it, the other removed it',
  binary: 'it has no lines to merge or is too large',
  folder: 'a file of the one is a folder of the other',
  mode: 'only one made it executable',
  kind: 'a link or a submodule is there now',
};

function path(text: string): string {
  return oneLine(text, 300);
}

/** In Markdown, as code: nothing in it has a meaning but the backtick. */
function code(text: string): string {
  const line = oneLine(text, 300);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const isTight = !line.startsWith('`') && !line.endsWith('`') && line !== '';
  return isTight ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

function cut(lines: readonly string[], rest: (more: number) => string): readonly string[] {
  const more = lines.length - MOST_LINES;
  return more > 0 ? [...lines.slice(0, MOST_LINES), rest(more)] : lines;
}
