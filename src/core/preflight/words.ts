import { unreachable } from '../base/exhaustive.ts';
import { count, formatBytes, formatDuration } from '../base/text.ts';
import { setTimeText } from '../domain/amounts.ts';
import { offText } from '../domain/cacheText.ts';
import { usualNamespace } from '../domain/cacheUse.ts';
import type { Location } from '../domain/diagnostic.ts';
import type { Budget } from '../domain/terms.ts';
import type { BaseTreeKind } from '../domain/workflow.ts';
import type {
  Cost,
  FolderReport,
  Lanes,
  Preflight,
  ProgramReport,
  Span,
  StepReport,
  Time,
  Total,
  TotalCost,
  WriteScope,
} from './report.ts';

// What every face says of a pre-flight in the same words. Texts from files stand in it as they are.

export function verdictText({ verdict, findings }: Preflight): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  switch (verdict) {
    case 'ready':
      return 'Ready to run';
    case 'warnings':
      return `Ready to run, with ${count(warnings, 'warning')}`;
    case 'cannot':
      return warnings === 0
        ? `It cannot work: ${count(errors, 'error')}`
        : `It cannot work: ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
    default:
      return unreachable(verdict);
  }
}

/** `path:line:column`, the form editors and terminals link. */
export function placeText({ file, range }: Location): string {
  return `${file}:${range.start.line}:${range.start.column}`;
}

export function timeText(time: Time): string {
  switch (time.kind) {
    case 'past': {
      const whose = time.of === 'agent' ? " of its agent's" : '';
      return `${spanText(time)}, from ${count(time.samples, 'past task')}${whose}`;
    }
    case 'unknown':
      return 'unknown';
    case 'person':
      return 'until somebody answers';
    default:
      return unreachable(time);
  }
}

/** For a table: what is likely, without where it comes from. */
export function shortTime(time: Time): string {
  return time.kind === 'past'
    ? formatDuration(time.likelyMs)
    : time.kind === 'person'
      ? 'a person'
      : 'unknown';
}

export function totalText({ span, unknownTasks }: Total): string {
  const unknown = count(unknownTasks, 'task');
  if (span === undefined) {
    return 'unknown';
  }
  return unknownTasks === 0
    ? spanText(span)
    : `at least ${formatDuration(span.leastMs)}; nothing is known of ${unknown}`;
}

function spanText({ leastMs, likelyMs, mostMs }: Span): string {
  const [least, likely, most] = [leastMs, likelyMs, mostMs].map(formatDuration);
  return least === most ? (likely ?? '') : `${likely} (${least} to ${most})`;
}

/** Of one task, or of all together. */
export function costText(cost: Cost | TotalCost): string {
  if (cost.kind === 'none') {
    return '0, no model is asked';
  }
  const most = budgetText(cost.most);
  return most === '' ? spendingText(cost) : `${spendingText(cost)}, at most ${most}`;
}

/** For a table: without what it is known from. */
export function shortCost(cost: Cost): string {
  switch (cost.kind) {
    case 'none':
      return '0';
    case 'past':
      return usdText(cost.likelyUsd);
    case 'guess':
      return `${usdText(cost.leastUsd)} to ${usdText(cost.mostUsd)}, guessed`;
    case 'unpriced':
    case 'unknown':
      return cost.kind;
    default:
      return unreachable(cost);
  }
}

function spendingText(cost: Exclude<Cost | TotalCost, { kind: 'none' }>): string {
  switch (cost.kind) {
    case 'past': {
      const whose = cost.of === 'agent' ? " of its agent's" : '';
      return `${usdText(cost.likelyUsd)} (${usdText(cost.leastUsd)} to ${usdText(cost.mostUsd)}), from ${count(cost.samples, 'past task')}${whose}`;
    }
    case 'guess':
      return `${usdText(cost.leastUsd)} to ${usdText(cost.mostUsd)}, guessed from its prompt and the price of ${cost.model}`;
    case 'unpriced':
      return `unpriced: nobody knows what ${cost.model} costs`;
    case 'unknown':
      return 'unknown';
    case 'sum':
      return sumText(cost);
    default:
      return unreachable(cost);
  }
}

function sumText({
  usd,
  isGuess,
  unpricedTasks,
  unknownTasks,
}: Extract<TotalCost, { kind: 'sum' }>): string {
  const without = [
    ...(unpricedTasks === 0 ? [] : [`${count(unpricedTasks, 'task')} unpriced`]),
    ...(unknownTasks === 0 ? [] : [`nothing is known of ${count(unknownTasks, 'task')}`]),
  ].join(', ');
  if (usd === undefined) {
    return unpricedTasks === 0 ? 'unknown' : without;
  }
  const range = `${usdText(usd.leastUsd)} to ${usdText(usd.mostUsd)}${isGuess ? ', partly guessed' : ''}`;
  return without === '' ? range : `${range}; ${without}`;
}

/** `$1.50`; of less than a cent two digits that say something. */
function usdText(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(1))}`;
}

function budgetText(budget: Budget | undefined): string {
  return [
    budget?.usd === undefined ? [] : `$${budget.usd}`,
    budget?.tokens === undefined ? [] : count(budget.tokens, 'token'),
    budget?.timeMs === undefined ? [] : formatDuration(budget.timeMs),
  ]
    .flat()
    .join(', ');
}

export function tasksText({ tasks, gates, maxParallel }: Preflight['expected']): string {
  const agents = count(tasks - gates, 'task');
  const asked = gates === 0 ? '' : ` and ${count(gates, 'gate')}`;
  return `${agents}${asked}, at most ${maxParallel} at once`;
}

/** `undefined`: the step is one task. */
export function lanesText(lanes: Lanes, tasks: number): string | undefined {
  switch (lanes.kind) {
    case 'one':
      return undefined;
    case 'many':
      return `${count(tasks, 'lane')}: ${listText(lanes.first, lanes.more)}`;
    case 'later': {
      const after = lanes.after.join(', ');
      const done = lanes.after.length === 1 ? `${after} is done` : `${after} are done`;
      return lanes.values.length === 0
        ? `as often as is known once ${done}`
        : `one for each value of ${lanes.values.join(', ')}, known once ${done}`;
    }
    default:
      return unreachable(lanes);
  }
}

/** `a, b and 37 more`. */
export function listText(first: readonly string[], more: number): string {
  return more === 0 ? first.join(', ') : `${first.join(', ')} and ${more} more`;
}

/** The first so many, and how many more there are. */
export function firstOf(names: readonly string[], most: number): string {
  // To leave one out would take more room than to name it.
  const shown = names.length <= most + 1 ? names : names.slice(0, most);
  return listText(shown, names.length - shown.length);
}

export function runnerText({ agent }: StepReport): string {
  if (agent === undefined) {
    return '';
  }
  const { runner, models, found, isServed } = agent;
  const [first] = found.flatMap(({ serves }) => serves ?? []);
  const chosen = first === undefined ? ', of your choice' : `, of your choice: ${first}`;
  const asks = models.length > 0 ? `, asks for ${models.join(', else ')}` : '';
  const kind = {
    acp: 'coding agent',
    'claude-code': 'Claude Code',
    model: 'model',
    command: 'command',
  }[runner];
  return `${kind}${runner === 'model' && models.length === 0 ? chosen : asks}${isServed ? '' : ', which nothing here runs'}`;
}

export function programText({ name, state, file }: ProgramReport): string {
  switch (state) {
    case 'found':
      return `${name} is there: ${file ?? ''}`;
    case 'missing':
      return `${name} is missing`;
    case 'unusable':
      return `${name} cannot be executed`;
    case 'unchecked':
      return `${name} is looked for when it runs`;
    case 'made':
      return `${name} is made by an earlier step`;
    default:
      return unreachable(state);
  }
}

export function writesText({ owns, never, produces, guarded, effects }: WriteScope): string {
  return [
    owns === undefined
      ? 'anything in its copy'
      : owns.length === 0
        ? 'nothing of the folder'
        : `owns ${owns.join(', ')}`,
    ...(never.length === 0 ? [] : [`never ${never.join(', ')}`]),
    ...(produces.length === 0 ? [] : [`produces ${produces.join(', ')}`]),
    ...(guarded.length === 0 ? [] : [`may change the protected ${guarded.join(', ')}`]),
    ...(effects === 'external' ? ['and changes more than its copy'] : []),
  ].join('; ');
}

/** What of a step's cache is not as usual; empty: it is, or it is told of the whole run. */
export function cacheText({ cache, agent }: StepReport): string {
  if (cache === undefined || agent === undefined) {
    return '';
  }
  if (cache.kind === 'off') {
    return cache.why === 'run' ? '' : `not asked: ${offText(cache.why)}`;
  }
  const { namespace, ttlMs, similar } = cache;
  return [
    ...(namespace === usualNamespace(agent.runner) ? [] : [`kept as ${namespace}`]),
    ...(ttlMs === undefined ? [] : [`stands for ${setTimeText(ttlMs)}`]),
    ...(similar === undefined
      ? []
      : [`also answers similar questions (${similar.model}, from ${similar.threshold})`]),
  ].join('; ');
}

/** Of the run as a whole; empty: each step's is used as it says. */
export function runCacheText({ steps }: Preflight): string {
  return steps.some(({ cache }) => cache?.kind === 'off' && cache.why === 'run')
    ? `not asked: ${offText('run')}`
    : '';
}

/** How far a step is shut in; empty: not at all. */
export function sandboxText({ sandbox }: Pick<StepReport, 'sandbox'>): string {
  if (sandbox === undefined) {
    return '';
  }
  const { cpus, memoryBytes, diskBytes, timeoutMs, image } = sandbox;
  return [
    'no network',
    count(cpus, 'processor'),
    `${formatBytes(memoryBytes)} of memory`,
    `${formatBytes(diskBytes)} of disk`,
    `at most ${setTimeText(timeoutMs)}`,
    ...(image === undefined ? [] : [`in the image ${image}`]),
  ].join(', ');
}

/** @param baseTree what tasks begin with; `undefined`: nobody knows */
export function folderText(
  { makesBranches, branch, commit, freeBytes }: FolderReport,
  baseTree?: BaseTreeKind,
): string {
  const at = `on ${branch ?? 'a detached HEAD'} at ${commit?.slice(0, 7) ?? ''}`;
  const base =
    baseTree === 'head'
      ? commit === undefined
        ? 'no files, because there is no commit yet'
        : `the last commit, ${at}, without what is not committed`
      : commit === undefined
        ? 'the folder as it is when the run starts'
        : `the folder as it is when the run starts, ${at}`;
  return [
    base,
    ...(makesBranches ? [] : ['no branch is made']),
    ...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free for copies`]),
  ].join('; ');
}

/** How two steps stand to each other. */
export type Relation = 'self' | 'beside' | 'apart' | 'clash';

/** Of the steps at two places. */
export function relationsIn({ steps, together }: Preflight): (a: number, b: number) => Relation {
  const clashes = new Set(together.clashes.map((clash) => JSON.stringify(clash.steps)));
  const isClash = (a: number, b: number) =>
    clashes.has(JSON.stringify([steps[a]?.step, steps[b]?.step]));
  return (a, b) => {
    if (a === b) {
      return 'self';
    }
    const ranges = together.apart[a] ?? [];
    return ranges.some(([from, to]) => b >= from && b <= to)
      ? 'apart'
      : isClash(a, b) || isClash(b, a)
        ? 'clash'
        : 'beside';
  };
}
