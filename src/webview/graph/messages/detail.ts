import type {
  DetailAttempt,
  DetailFact,
  DetailFault,
  DetailFile,
  DetailFix,
  DetailGate,
  DetailMends,
  DetailOutput,
  DetailTool,
  TaskDetail,
} from '../../../core/projections/detailPicture.ts';
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
import { KINDS, STATES } from './picture.ts';

const TOOL_OUTCOMES: Readonly<Record<DetailTool['outcome'], true>> = {
  open: true,
  done: true,
  failed: true,
  refused: true,
  lost: true,
};
const FILE_CHANGES: Readonly<Record<DetailFile['change'], true>> = {
  added: true,
  changed: true,
  removed: true,
};
const ATTEMPT_OUTCOMES: Readonly<Record<DetailAttempt['outcome'], true>> = {
  running: true,
  parked: true,
  succeeded: true,
  failed: true,
  cancelled: true,
  'cut off': true,
  unknown: true,
};

/** `undefined` for anything that is not wholly a task's detail. */
export function readDetail(value: unknown): TaskDetail | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { task, kind, state, subtitle, prompt, wanted, verbs } = value;
  const facts = listOf(value['facts'], readFact);
  const tools = listOf(value['tools'], readTool);
  const files = listOf(value['files'], readFile);
  const attempts = listOf(value['attempts'], readAttempt);
  const output = value['output'] === undefined ? undefined : readOutput(value['output']);
  const problem = value['problem'] === undefined ? undefined : readProblem(value['problem']);
  const gate = value['gate'] === undefined ? undefined : readGate(value['gate']);
  const mends = value['mends'] === undefined ? undefined : readMends(value['mends']);
  const mending = value['mending'] === undefined ? undefined : listOf(value['mending'], readFault);
  const isWhole =
    (mends !== undefined) === (value['mends'] !== undefined) &&
    (mending !== undefined) === (value['mending'] !== undefined) &&
    isText(task) &&
    isWordOf(KINDS, kind) &&
    isWordOf(STATES, state) &&
    isText(subtitle) &&
    isMaybe(prompt, isText) &&
    isTexts(wanted) &&
    isTexts(verbs) &&
    facts !== undefined &&
    tools !== undefined &&
    files !== undefined &&
    attempts !== undefined &&
    (output !== undefined) === (value['output'] !== undefined) &&
    (problem !== undefined) === (value['problem'] !== undefined) &&
    (gate !== undefined) === (value['gate'] !== undefined);
  return isWhole
    ? {
        task,
        kind,
        state,
        subtitle,
        facts,
        prompt,
        output,
        problem,
        tools,
        files,
        ...(mends === undefined ? {} : { mends }),
        ...(mending === undefined ? {} : { mending }),
        attempts,
        gate,
        wanted,
        verbs,
      }
    : undefined;
}

function readFact(value: unknown): DetailFact | undefined {
  return isRecord(value) && isText(value['name']) && isText(value['value'])
    ? { name: value['name'], value: value['value'] }
    : undefined;
}

function readOutput(value: unknown): DetailOutput | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { text, before, isMarkdown, isLive } = value;
  return isText(text) && isCount(before) && isFlag(isMarkdown) && isFlag(isLive)
    ? { text, before, isMarkdown, isLive }
    : undefined;
}

function readProblem(value: unknown): TaskDetail['problem'] {
  if (!isRecord(value)) {
    return undefined;
  }
  const { title, fix } = value;
  return isText(title) && isMaybe(fix, isText) ? { title, fix } : undefined;
}

function readTool(value: unknown): DetailTool | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { name, summary, outcome, durationMs } = value;
  const isWhole =
    isText(name) &&
    isText(summary) &&
    isWordOf(TOOL_OUTCOMES, outcome) &&
    isMaybe(durationMs, isNumber);
  return isWhole ? { name, summary, outcome, durationMs } : undefined;
}

function readFile(value: unknown): DetailFile | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { path, change, bytes } = value;
  return isText(path) && isWordOf(FILE_CHANGES, change) && isCount(bytes)
    ? { path, change, bytes }
    : undefined;
}

function readAttempt(value: unknown): DetailAttempt | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { attempt, startedAt, endedAt, outcome, detail } = value;
  const isWhole =
    isCount(attempt) &&
    isNumber(startedAt) &&
    isMaybe(endedAt, isNumber) &&
    isWordOf(ATTEMPT_OUTCOMES, outcome) &&
    isText(detail);
  return isWhole ? { attempt, startedAt, endedAt, outcome, detail } : undefined;
}

function readMends(value: unknown): DetailMends | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { task, parent, label, fault, why } = value;
  return isText(task) && isText(parent) && isText(label) && isText(fault) && isText(why)
    ? { task, parent, label, fault, why }
    : undefined;
}

function readFault(value: unknown): DetailFault | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { attempt, at, failure, tests, again, printed } = value;
  const failing = listOf(value['failing'], readFailing);
  const fixes = listOf(value['fixes'], readFix);
  const isWhole =
    isCount(attempt) &&
    isNumber(at) &&
    isText(failure) &&
    isText(tests) &&
    isText(again) &&
    isText(printed) &&
    failing !== undefined &&
    fixes !== undefined;
  return isWhole ? { attempt, at, failure, tests, again, failing, printed, fixes } : undefined;
}

function readFailing(value: unknown): DetailFault['failing'][number] | undefined {
  return isRecord(value) && isText(value['name']) && isText(value['message'])
    ? { name: value['name'], message: value['message'] }
    : undefined;
}

function readFix(value: unknown): DetailFix | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { task, label, by, fault, why, state, outcome } = value;
  const files = listOf(value['files'], readFile);
  const isWhole =
    isText(task) &&
    isText(label) &&
    isText(by) &&
    isText(fault) &&
    isText(why) &&
    isWordOf(STATES, state) &&
    isText(outcome) &&
    files !== undefined;
  return isWhole ? { task, label, by, fault, why, state, outcome, files } : undefined;
}

function readGate(value: unknown): DetailGate | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const { ask, choices, takesText, digest, makers, evidence } = value;
  const { forecast, cost, lapsed, identical, takesChanges, isMarkdown } = value;
  const isWhole =
    isMaybe(isMarkdown, isFlag) &&
    isText(ask) &&
    isTexts(choices) &&
    isFlag(takesText) &&
    isText(digest) &&
    isTexts(makers) &&
    isTexts(evidence) &&
    isMaybe(forecast, isText) &&
    isText(cost) &&
    isMaybe(lapsed, isText) &&
    isCount(identical) &&
    isFlag(takesChanges);
  return isWhole
    ? {
        ask,
        ...(isMarkdown === undefined ? {} : { isMarkdown }),
        choices,
        takesText,
        digest,
        makers,
        evidence,
        forecast,
        cost,
        lapsed,
        identical,
        takesChanges,
      }
    : undefined;
}
