import type {
  TimelineBreak,
  TimelineMoment,
  TimelinePicture,
  TimelineRow,
  TimelineSlots,
  TimelineSpan,
} from '../../../core/projections/timelinePicture.ts';
import {
  isCount,
  isFlag,
  isMaybe,
  isNumber,
  isRecord,
  isText,
  isWordOf,
  listOf,
} from '../../shared/checks.ts';

const SPANS: Readonly<Record<TimelineSpan['kind'], true>> = {
  attempt: true,
  parked: true,
  asking: true,
  delay: true,
  gate: true,
};
const OUTCOMES: Readonly<Record<NonNullable<TimelineSpan['outcome']>, true>> = {
  succeeded: true,
  failed: true,
  cancelled: true,
  'cut off': true,
  approved: true,
  rejected: true,
  changes: true,
};

/** `undefined` for anything that is not wholly a time line. */
export function readTimeline(value: unknown): TimelinePicture | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { from, to, isOver, mostSlots } = value;
  const rows = listOf(value['rows'], readRow);
  const slots = listOf(value['slots'], readSlots);
  const moments = listOf(value['moments'], readMoment);
  // Left out where the run was driven all the time.
  const breaks = listOf(value['breaks'] ?? [], readBreak);
  const isWhole =
    isNumber(from) &&
    isNumber(to) &&
    isFlag(isOver) &&
    isCount(mostSlots) &&
    rows !== undefined &&
    slots !== undefined &&
    moments !== undefined &&
    breaks !== undefined;
  return isWhole ? { from, to, isOver, rows, slots, mostSlots, moments, breaks } : undefined;
}

function readRow(value: unknown): TimelineRow | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { task, reusedAt } = value;
  const spans = listOf(value['spans'], readSpan);
  return isText(task) && spans !== undefined && isMaybe(reusedAt, isNumber)
    ? { task, spans, reusedAt }
    : undefined;
}

function readSpan(value: unknown): TimelineSpan | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { from, to, kind, attempt, outcome, label } = value;
  const isWhole =
    isNumber(from) &&
    isMaybe(to, isNumber) &&
    isWordOf(SPANS, kind) &&
    isCount(attempt) &&
    (outcome === undefined || isWordOf(OUTCOMES, outcome)) &&
    isText(label);
  return isWhole ? { from, to, kind, attempt, outcome, label } : undefined;
}

function readSlots(value: unknown): TimelineSlots | undefined {
  return isRecord(value) && isNumber(value['at']) && isCount(value['used'])
    ? { at: value['at'], used: value['used'] }
    : undefined;
}

function readMoment(value: unknown): TimelineMoment | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { seq, at, text } = value;
  return isCount(seq) && isNumber(at) && isText(text) ? { seq, at, text } : undefined;
}

function readBreak(value: unknown): TimelineBreak | undefined {
  return isRecord(value) && isNumber(value['from']) && isNumber(value['to'])
    ? { from: value['from'], to: value['to'] }
    : undefined;
}
