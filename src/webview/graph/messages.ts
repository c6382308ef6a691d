import type {
  GraphNode,
  GraphNodeState,
  GraphPicture,
  ShownStatus,
} from '../../core/projections/graphPicture.ts';
import type { GraphHostMessage } from '../protocol.ts';
import type { SavedView } from './viewport.ts';

// Records, so that the compiler asks for a new state or status here too.
const STATES: Readonly<Record<GraphNodeState, true>> = {
  pending: true,
  running: true,
  asking: true,
  waiting: true,
  unknown: true,
  succeeded: true,
  approved: true,
  failed: true,
  skipped: true,
  cancelled: true,
};
const KINDS: Readonly<Record<GraphNode['kind'], true>> = {
  agent: true,
  gate: true,
  workflow: true,
};
const STATUSES: Readonly<Record<ShownStatus, true>> = {
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
};

/** What the extension sent; `undefined` for anything else, which is passed over. */
export function parseHostMessage(value: unknown): GraphHostMessage | undefined {
  if (!isRecord(value) || value['type'] !== 'picture') {
    return undefined;
  }
  const picture = parsePicture(value['picture']);
  return picture === undefined ? undefined : { type: 'picture', picture };
}

/** The view kept before a reload; `undefined` when there is none to trust. */
export function parseSavedView(state: unknown): SavedView | undefined {
  const view = isRecord(state) ? state['view'] : undefined;
  if (!isRecord(view)) {
    return undefined;
  }
  const { mode, scale, x, y } = view;
  if (mode !== 'auto' && mode !== 'fit' && mode !== 'free') {
    return undefined;
  }
  return isNumber(scale) && scale > 0 && isNumber(x) && isNumber(y)
    ? { mode, scale, x, y }
    : undefined;
}

function parsePicture(value: unknown): GraphPicture | undefined {
  if (!isRecord(value) || typeof value['workflow'] !== 'string' || !Array.isArray(value['nodes'])) {
    return undefined;
  }
  const run = value['run'] === undefined ? undefined : parseRun(value['run']);
  if (value['run'] !== undefined && run === undefined) {
    return undefined;
  }
  const nodes = new Map<string, GraphNode>();
  for (const item of value['nodes'] as readonly unknown[]) {
    const node = parseNode(item);
    if (node === undefined || nodes.has(node.id)) {
      return undefined;
    }
    nodes.set(node.id, node);
  }
  return { workflow: value['workflow'], run, nodes: [...nodes.values()] };
}

function parseRun(value: unknown): GraphPicture['run'] {
  if (!isRecord(value)) {
    return undefined;
  }
  const { id, status, done, reused, verbs } = value;
  const isComplete =
    typeof id === 'string' &&
    isKeyOf(STATUSES, status) &&
    isNumber(done) &&
    typeof reused === 'string' &&
    isStrings(verbs);
  return isComplete ? { id, status, done, reused, verbs } : undefined;
}

function parseNode(value: unknown): GraphNode | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { id, kind, subtitle, needs, state, detail, isReused, reason, cause, live } = value;
  const { runningSince, triesAgainAt, goesOnAt, isHeld, verbs } = value;
  const isComplete =
    typeof id === 'string' &&
    isKeyOf(KINDS, kind) &&
    typeof subtitle === 'string' &&
    isStrings(needs) &&
    isKeyOf(STATES, state) &&
    typeof detail === 'string' &&
    typeof isReused === 'boolean' &&
    typeof reason === 'string' &&
    typeof cause === 'string' &&
    typeof live === 'string' &&
    isTime(runningSince) &&
    isTime(triesAgainAt) &&
    isTime(goesOnAt) &&
    typeof isHeld === 'boolean' &&
    isStrings(verbs);
  return isComplete
    ? {
        id,
        kind,
        subtitle,
        needs,
        state,
        detail,
        isReused,
        reason,
        cause,
        live,
        runningSince,
        triesAgainAt,
        goesOnAt,
        isHeld,
        verbs,
      }
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || isNumber(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isKeyOf<K extends string>(record: Readonly<Record<K, true>>, value: unknown): value is K {
  return typeof value === 'string' && Object.hasOwn(record, value);
}
