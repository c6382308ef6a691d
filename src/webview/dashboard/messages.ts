import type {
  AgentMetrics,
  CacheMetrics,
  Cost,
  FaultMetrics,
  FixMetrics,
  MendingMetrics,
  MetricsPicture,
  MetricsWindow,
  Period,
  PeriodUnit,
  RunGroup,
  RunMetrics,
  TaskMetrics,
  TestMetrics,
  Tokens,
} from '../../core/projections/metricsPicture.ts';
import type {
  DashboardHostMessage,
  DashboardPicture,
  DashboardVerb,
  DashboardView,
  ShownFolder,
  ShownRun,
} from './protocol.ts';
import { isSortColumn, type Sort } from './sorting.ts';

/** What the page keeps over reloads. */
export interface SavedState {
  readonly view: DashboardView;
  readonly sort: Sort;
}

export const FIRST_STATE: SavedState = {
  view: { window: '7d', folder: undefined, group: undefined, most: 8 },
  sort: { column: 'tasks', isDescending: true },
};

/** What the extension sent; `undefined` for anything else, which is passed over. */
export function parseHostMessage(value: unknown): DashboardHostMessage | undefined {
  return isMessage(value) ? value : undefined;
}

/** What was kept before a reload; what a new dashboard begins with, when there is nothing to trust. */
export function parseSavedState(value: unknown): SavedState {
  return isSaved(value) ? value : FIRST_STATE;
}

type Guard<T> = (value: unknown) => value is T;

/** An object that has these, whatever else it has. The compiler asks for a check of each. */
function shape<T extends object>(checks: { readonly [Key in keyof T]-?: Guard<T[Key]> }): Guard<T> {
  const entries = Object.entries(checks) as readonly (readonly [string, Guard<unknown>])[];
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([key, isRight]) => isRight((value as Readonly<Record<string, unknown>>)[key]));
}

function list<T>(isItem: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

function optional<T>(isRight: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || isRight(value);
}

function word<T extends string>(words: Readonly<Record<T, true>>): Guard<T> {
  return (value): value is T => typeof value === 'string' && Object.hasOwn(words, value);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isFigure = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
/** More, and no `Date` can tell it. */
const isMoment = (value: unknown): value is number => isFigure(value) && Math.abs(value) <= 8.64e15;

const isWindow = word<MetricsWindow>({ '24h': true, '7d': true, '30d': true, all: true });
const isUnit = word<PeriodUnit>({ hour: true, day: true, week: true, month: true });
const isGroup = word<RunGroup>({
  running: true,
  paused: true,
  completed: true,
  terminated: true,
  failed: true,
});
const isStatus = word<RunMetrics['status']>({
  running: true,
  waiting: true,
  cancelling: true,
  pausing: true,
  paused: true,
  interrupted: true,
  succeeded: true,
  degraded: true,
  failed: true,
  cancelled: true,
});
const isVerb = word<DashboardVerb>({
  graph: true,
  pause: true,
  unpause: true,
  resume: true,
  cancel: true,
  takeOver: true,
  changes: true,
  forecast: true,
  checkout: true,
  merge: true,
  drop: true,
});

const isBare = shape<{ readonly kind: 'none' | 'unknown' }>({
  kind: word({ none: true, unknown: true }),
});
const isPriced = shape<{ readonly kind: 'known' | 'partly'; readonly usd: number }>({
  kind: word({ known: true, partly: true }),
  usd: isFigure,
});
const isCost = (value: unknown): value is Cost => isBare(value) || isPriced(value);

const isTokens = shape<Tokens>({ input: isFigure, output: isFigure, isEstimate: isFlag });

const taskChecks = {
  succeeded: isFigure,
  failed: isFigure,
  cancelled: isFigure,
  reused: isFigure,
  successRate: optional(isFigure),
  meanMs: optional(isFigure),
  p95Ms: optional(isFigure),
  retries: isFigure,
  tokens: isTokens,
  cost: isCost,
};

const fixChecks = {
  opened: isFigure,
  mended: isFigure,
  missed: isFigure,
  medianMs: optional(isFigure),
};

const isTests = shape<TestMetrics>({
  tasks: isFigure,
  passed: isFigure,
  failed: isFigure,
  skipped: isFigure,
  coverage: optional(
    shape<NonNullable<TestMetrics['coverage']>>({ lowest: isFigure, highest: isFigure }),
  ),
});

const isMetrics = shape<MetricsPicture>({
  window: isWindow,
  from: optional(isMoment),
  to: isMoment,
  runs: shape<MetricsPicture['runs']>({
    running: isFigure,
    paused: isFigure,
    completed: isFigure,
    terminated: isFigure,
    failed: isFigure,
  }),
  tasks: shape<TaskMetrics>(taskChecks),
  agents: list(
    shape<AgentMetrics>({
      agent: isText,
      ...taskChecks,
      fixes: optional(shape<FixMetrics>(fixChecks)),
    }),
  ),
  cache: shape<CacheMetrics>({
    reused: isFigure,
    missed: isFigure,
    rate: optional(isFigure),
    savedMs: isFigure,
    savedCalls: isFigure,
    savedTokens: isFigure,
    savedCost: isCost,
  }),
  mending: optional(
    shape<MendingMetrics>({
      withoutFix: isFigure,
      withFixes: isFigure,
      failed: isFigure,
      kinds: list(
        shape<FaultMetrics>({ fault: isText, ...fixChecks, asked: isFigure, givenUp: isFigure }),
      ),
    }),
  ),
  tests: optional(isTests),
  unit: isUnit,
  periods: list(
    shape<Period>({
      start: isMoment,
      completed: isFigure,
      terminated: isFigure,
      failed: isFigure,
      p95Ms: optional(isFigure),
      tokens: isFigure,
      cost: isCost,
    }),
  ),
});

const isView = shape<DashboardView>({
  window: isWindow,
  folder: optional(isText),
  group: optional(isGroup),
  most: (value): value is number => Number.isInteger(value) && (value as number) >= 1,
});

const isRun = shape<ShownRun>({
  folder: isText,
  verbs: list(isVerb),
  run: isText,
  workflow: isText,
  status: isStatus,
  group: isGroup,
  startedAt: isMoment,
  endedAt: optional(isMoment),
  tookMs: isFigure,
  done: isFigure,
  tasks: isFigure,
  tokens: isTokens,
  cost: isCost,
  reused: isFigure,
  missed: isFigure,
  fixes: optional(isFigure),
  tests: optional(isTests),
});

const isMessage = shape<DashboardHostMessage>({
  type: word({ dashboard: true }),
  picture: shape<DashboardPicture>({
    view: isView,
    folders: list(shape<ShownFolder>({ folder: isText, name: isText })),
    metrics: isMetrics,
    runs: list(isRun),
    runCount: isFigure,
    everCount: isFigure,
    notices: list(isText),
  }),
});

const isSaved = shape<SavedState>({
  view: isView,
  sort: shape<Sort>({ column: isSortColumn, isDescending: isFlag }),
});
