import { count, formatDuration, oneLine, plainText } from '../base/text.ts';
import type { Fault, Mending, OpenedFix } from '../domain/debugging.ts';
import type { Artifact, FileVersion, RemovedFile } from '../domain/event.ts';
import { failureText } from '../domain/failureText.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunState, TaskState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import type { DetailFault, DetailFile, DetailFix, DetailMends } from './detailPicture.ts';
import { fixPlaces } from './mending.ts';
import { faultText, testsText } from './mendingWords.ts';

// The trail of a task that was mended: each failure, what was opened for it, what that changed, and what came of it.

/** Characters of what was printed that are shown of a failure; its log has the whole. */
const MOST_PRINTED = 4000;
/** Characters of what a failing test says. */
const MOST_MESSAGE = 1000;

/** `undefined`: the task is no fix. */
export function mendsDetail(plan: RunPlan, id: TaskId): DetailMends | undefined {
  const fix = plannedById(plan).get(id)?.fix;
  return fix === undefined
    ? undefined
    : {
        task: fix.of,
        parent: fix.parent,
        label: fixPlaces(plan).labels.get(id) ?? id,
        fault: faultText(fix.fault),
        why: plainText(fix.why),
      };
}

/** Oldest first; none where nothing of the task was to be mended. */
export function mendingDetail(plan: RunPlan, state: RunState, id: TaskId): readonly DetailFault[] {
  const mending = state.mending.get(id);
  return mending === undefined
    ? []
    : mending.faults.map((fault, place) => faultDetail(plan, state, id, mending, fault, place));
}

function faultDetail(
  plan: RunPlan,
  state: RunState,
  id: TaskId,
  mending: Mending,
  { attempt, at, failure, again, tests }: Fault,
  place: number,
): DetailFault {
  const { title, detail = '' } = failureText(failure);
  return {
    attempt,
    at,
    failure: oneLine(title),
    tests: testsText(tests),
    again: againText(again),
    failing: tests.flatMap(({ failures }) =>
      failures.map(({ name, message }) => ({
        name: oneLine(name),
        message: plainText(message).slice(0, MOST_MESSAGE),
      })),
    ),
    printed: plainText(detail).slice(-MOST_PRINTED).trimEnd(),
    fixes: mending.fixes.flatMap((opened) =>
      opened.fault === place ? (fixDetail(plan, state, id, mending, opened) ?? []) : [],
    ),
  };
}

/** `run again at once: failed 1 of 2 times` */
function againText(again: Fault['again']): string {
  const failed = again.filter((code) => code !== 0).length;
  return again.length === 0
    ? ''
    : `run again at once: failed ${failed} of ${count(again.length, 'time')}`;
}

function fixDetail(
  plan: RunPlan,
  state: RunState,
  id: TaskId,
  mending: Mending,
  opened: OpenedFix,
): DetailFix | undefined {
  const task = opened.fix;
  const fix = plannedById(plan).get(task)?.fix;
  const at = state.tasks.get(task);
  if (fix === undefined || at === undefined) {
    return undefined;
  }
  return {
    task,
    label: fixPlaces(plan).labels.get(task) ?? task,
    by: fix.agent === undefined ? '' : oneLine(fix.agent, 60),
    fault: faultText(fix.fault),
    why: plainText(fix.why),
    state: state.asking.has(task) ? 'asking' : at.kind,
    outcome: outcomeText(state, id, mending, opened, at),
    files: at.kind === 'succeeded' ? filesOf(at) : [],
  };
}

function outcomeText(
  state: RunState,
  id: TaskId,
  mending: Mending,
  opened: OpenedFix,
  at: TaskState,
): string {
  switch (at.kind) {
    case 'pending':
      return 'is to begin';
    case 'running':
      return 'is at work';
    case 'waiting':
      return 'waits for you';
    case 'unknown':
      return 'was cut off: did it happen?';
    case 'approved':
      return [
        `approved by ${oneLine(at.by.name, 60)}`,
        at.note === undefined ? '' : plainText(at.note),
      ]
        .filter((text) => text !== '')
        .join(': ');
    case 'failed':
      return `failed: ${oneLine(failureText(at.failure).title)}`;
    case 'skipped':
      return 'was skipped';
    case 'cancelled':
      return 'was cancelled';
    case 'succeeded': {
      const made = at.artifacts.length + at.removed.length;
      const changed = made === 0 ? 'changed nothing' : `changed ${count(made, 'file')}`;
      return `${changed} in ${formatDuration(at.durationMs)}, ${proofText(state, id, mending, opened)}`;
    }
  }
}

/** What the attempt that proved it came to. */
function proofText(state: RunState, id: TaskId, mending: Mending, opened: OpenedFix): string {
  const later = mending.faults[opened.fault + 1];
  const isLast = mending.fixes.at(-1) === opened;
  const kind = state.tasks.get(id)?.kind;
  if (later !== undefined) {
    return `and attempt ${later.attempt} failed all the same`;
  }
  if (!isLast) {
    return 'and another was opened after it';
  }
  switch (kind) {
    case 'succeeded':
      return 'which mended it';
    case 'running':
      return 'and is being proved';
    case 'pending':
      return 'and is to be proved';
    default:
      return 'which did not mend it';
  }
}

function filesOf({
  artifacts,
  removed,
}: {
  readonly artifacts: readonly Artifact[];
  readonly removed: readonly RemovedFile[];
}): DetailFile[] {
  const isSame = (one: FileVersion, was: FileVersion | undefined) =>
    was?.digest === one.digest && was.executable === one.executable;
  const made = artifacts.flatMap((artifact): DetailFile[] =>
    isSame(artifact, artifact.was)
      ? []
      : [
          {
            path: artifact.path,
            change: artifact.was === undefined ? 'added' : 'changed',
            bytes: artifact.bytes,
          },
        ],
  );
  const gone = removed.map(({ path, was }): DetailFile => ({
    path,
    change: 'removed',
    bytes: was.bytes,
  }));
  return [...made, ...gone].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The trail as lines of text, for pages and terminals: what a person reads who is asked, or looks back. */
export function trailLines(faults: readonly DetailFault[]): string[] {
  return faults.flatMap(({ attempt, failure, tests, again, failing, fixes }) => [
    [`Attempt ${attempt}: ${failure}`, tests, again].filter((text) => text !== '').join(' · '),
    ...failing.map(
      ({ name, message }) => `  ✗ ${name}${message === '' ? '' : `: ${oneLine(message)}`}`,
    ),
    ...fixes.flatMap(({ label, task, by, fault, why, outcome, files }) => [
      `  ${label} (${task}): ${fault}, ${by === '' ? 'a person is asked' : `by ${by}`}; ${outcome}`,
      `    ${oneLine(why, 400)}`,
      ...files.map(({ path, change }) => `    ${change} ${oneLine(path)}`),
    ]),
  ]);
}
