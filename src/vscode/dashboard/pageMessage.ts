import type { MetricsWindow, RunGroup } from '../../core/projections/metricsPicture.ts';
import type {
  DashboardPageMessage,
  DashboardVerb,
  DashboardView,
  FirstStep,
} from '../../webview/dashboard/protocol.ts';

// Records, so that the compiler asks for a new word here too.
const WINDOWS: Readonly<Record<MetricsWindow, true>> = {
  '24h': true,
  '7d': true,
  '30d': true,
  all: true,
};
const GROUPS: Readonly<Record<RunGroup, true>> = {
  running: true,
  paused: true,
  completed: true,
  terminated: true,
  failed: true,
};
const VERBS: Readonly<Record<DashboardVerb, true>> = {
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
};
const STEPS: Readonly<Record<FirstStep, true>> = {
  'run-workflow': true,
  'new-workflow': true,
  'add-pack': true,
};

/** Rows that one picture holds at most: more nobody reads, and each costs the page time. */
export const MOST_RUNS = 1000;

export const FIRST_VIEW: DashboardView = {
  window: '7d',
  folder: undefined,
  group: undefined,
  most: 8,
};

/** What the page sent, or nothing when it is not one of its messages. */
export function parseDashboardMessage(raw: unknown): DashboardPageMessage | undefined {
  if (!isRecord(raw)) {
    return undefined;
  }
  switch (raw['type']) {
    case 'view': {
      const view = parseView(raw['view']);
      return view && { type: 'view', view };
    }
    case 'verb': {
      const { folder, run, verb } = raw;
      return typeof folder === 'string' && typeof run === 'string' && isKeyOf(VERBS, verb)
        ? { type: 'verb', folder, run, verb }
        : undefined;
    }
    case 'first-step': {
      const { step } = raw;
      return isKeyOf(STEPS, step) ? { type: 'first-step', step } : undefined;
    }
    case 'export':
      return { type: 'export' };
    default:
      return undefined;
  }
}

function parseView(raw: unknown): DashboardView | undefined {
  if (!isRecord(raw)) {
    return undefined;
  }
  const { window, folder, group, most } = raw;
  const isComplete =
    isKeyOf(WINDOWS, window) &&
    (folder === undefined || typeof folder === 'string') &&
    (group === undefined || isKeyOf(GROUPS, group)) &&
    typeof most === 'number' &&
    Number.isInteger(most) &&
    most >= 1;
  return isComplete ? { window, folder, group, most: Math.min(most, MOST_RUNS) } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isKeyOf<K extends string>(record: Readonly<Record<K, true>>, value: unknown): value is K {
  return typeof value === 'string' && Object.hasOwn(record, value);
}
