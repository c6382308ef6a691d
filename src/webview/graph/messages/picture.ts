import type {
  GraphFix,
  GraphLane,
  GraphMoment,
  GraphNode,
  GraphNodeState,
  GraphPicture,
  GraphRun,
  ShownStatus,
} from '../../../core/projections/graphPicture.ts';
import {
  isCount,
  isFlag,
  isMaybe,
  isNumber,
  isRecord,
  isText,
  isTexts,
  isWordOf,
  listOf,
} from '../../shared/checks.ts';

export const STATES: Readonly<Record<GraphNodeState, true>> = {
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
export const KINDS: Readonly<Record<GraphNode['kind'], true>> = {
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

/** `undefined` for anything that is not wholly a picture. */
export function readPicture(value: unknown): GraphPicture | undefined {
  if (!isRecord(value) || !isText(value['workflow'])) {
    return undefined;
  }
  const nodes = readNodes(value['nodes']);
  const heads = readHeads(value);
  return nodes === undefined || heads === undefined
    ? undefined
    : { workflow: value['workflow'], run: heads.run, moment: heads.moment, nodes };
}

/** What a picture and changes to one both say of the run. */
export function readHeads(
  value: Readonly<Record<string, unknown>>,
): Pick<GraphPicture, 'run' | 'moment'> | undefined {
  const run = value['run'] === undefined ? undefined : readRun(value['run']);
  const moment = value['moment'] === undefined ? undefined : readMoment(value['moment']);
  const isWhole =
    (run !== undefined) === (value['run'] !== undefined) &&
    (moment !== undefined) === (value['moment'] !== undefined);
  return isWhole ? { run, moment } : undefined;
}

/** No two of the same id. */
export function readNodes(value: unknown): readonly GraphNode[] | undefined {
  const nodes = listOf(value, readNode);
  const isUnique =
    nodes !== undefined && new Set(nodes.map((node) => node.id)).size === nodes.length;
  return isUnique ? nodes : undefined;
}

function readRun(value: unknown): GraphRun | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { id, status, done, reused, verbs } = value;
  const isWhole =
    isText(id) && isWordOf(STATUSES, status) && isCount(done) && isText(reused) && isTexts(verbs);
  return isWhole ? { id, status, done, reused, verbs } : undefined;
}

function readMoment(value: unknown): GraphMoment | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { seq, last, at } = value;
  return isCount(seq) && isCount(last) && isNumber(at) ? { seq, last, at } : undefined;
}

function readLane(value: unknown): GraphLane | undefined {
  return isRecord(value) && isText(value['step']) && isText(value['label'])
    ? { step: value['step'], label: value['label'] }
    : undefined;
}

/** `undefined` where it is none, and where there is none. */
function readMends(value: unknown): GraphFix | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { task, parent, depth, label } = value;
  return isText(task) && isMaybe(parent, isText) && isCount(depth) && isText(label)
    ? { task, parent, depth, label }
    : undefined;
}

function readNode(value: unknown): GraphNode | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { id, kind, subtitle, needs, groups, isCritical, estimateMs, state, detail } = value;
  const { isReused, reason, cause, live, isHeld, verbs } = value;
  const { runningSince, triesAgainAt, goesOnAt } = value;
  const lane = value['lane'] === undefined ? undefined : readLane(value['lane']);
  const mends = readMends(value['mends']);
  const isWhole =
    (mends !== undefined) === (value['mends'] !== undefined) &&
    isText(id) &&
    isWordOf(KINDS, kind) &&
    isText(subtitle) &&
    isTexts(needs) &&
    isTexts(groups) &&
    (lane !== undefined) === (value['lane'] !== undefined) &&
    isFlag(isCritical) &&
    isNumber(estimateMs) &&
    estimateMs >= 0 &&
    isWordOf(STATES, state) &&
    isText(detail) &&
    isFlag(isReused) &&
    isText(reason) &&
    isText(cause) &&
    isText(live) &&
    isMaybe(runningSince, isNumber) &&
    isMaybe(triesAgainAt, isNumber) &&
    isMaybe(goesOnAt, isNumber) &&
    isFlag(isHeld) &&
    isTexts(verbs);
  return isWhole
    ? {
        id,
        kind,
        subtitle,
        needs,
        groups,
        ...(mends === undefined ? {} : { mends }),
        lane,
        isCritical,
        estimateMs,
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
