import { formatBytes, formatDuration, oneLine } from '../../core/base/text.ts';
import { attemptsOf, type GateAnswer, type TaskState } from '../../core/domain/runState.ts';
import type { DetailAttempt } from '../../core/projections/detailPicture.ts';
import type { TaskRow } from '../../core/projections/taskRows.ts';
import { clockTime } from '../clockTime.ts';
import type { CommandTarget } from '../contributions.ts';
import type { ReadableRun } from '../offers.ts';
import type { Project } from '../project.ts';
import type { Face, MakeRow } from './face.ts';
import { attemptSign } from './signs.ts';

// What stands below a task: its earlier attempts, the answers of a gate, what people want changed, and what it made.

export interface BelowParts<R> {
  readonly make: MakeRow<R>;
  readonly project: Project;
  readonly id: (...parts: readonly string[]) => string;
  /** `undefined`: not known yet. */
  readonly attempts: () => readonly DetailAttempt[] | undefined;
}

/** @param now of what is drawn, in milliseconds since 1970 @param isRoomy what is still to come is shown too */
export function rowsBelow<R>(
  entry: ReadableRun,
  row: TaskRow,
  now: number,
  isRoomy: boolean,
  parts: BelowParts<R>,
): R[] {
  return [
    ...wantedRows(entry, row, parts),
    ...answerRows(entry, row, now, parts),
    ...artifactRows(entry, row, isRoomy, parts),
    ...branchRows(row, parts),
    ...attemptRows(entry, row, now, parts),
  ];
}

/** What of it decides which rows there are: compared, so that a task without any is made at no cost. */
export function hasBelow({ state }: ReadableRun, row: TaskRow, isRoomy: boolean): boolean {
  const at = state.tasks.get(row.task);
  return (
    row.artifacts.length > 0 ||
    row.branch !== undefined ||
    (isRoomy && expectedPaths(row).length > 0) ||
    state.wanted.has(row.task) ||
    lapsedAnswer(at, state.answers.get(row.task)) !== undefined ||
    (at !== undefined && hasTriedBefore(at))
  );
}

function plain(
  face: Pick<Face, 'id' | 'label' | 'description' | 'sign' | 'context'> & Partial<Face>,
): Face {
  const said = [face.label, face.description].filter((text) => text !== '').join(', ');
  const lines = [face.label, face.description];
  return {
    ...{ said, folds: 'none', target: undefined, command: undefined, tooltip: () => lines },
    ...face,
  };
}

function artifactRows<R>(
  { run }: ReadableRun,
  row: TaskRow,
  isRoomy: boolean,
  { make, project, id }: BelowParts<R>,
): R[] {
  const made = row.artifacts.map(({ path, bytes }) => {
    const target: CommandTarget = { kind: 'artifact', project, run, task: row.task, path };
    return make(
      plain({
        id: id('artifact', path),
        label: path,
        description: formatBytes(bytes),
        sign: 'file',
        context: 'artifact',
        path,
        target,
        command: { id: 'sluice.openArtifact', title: 'Open Artifact' },
      }),
    );
  });
  const expected = isRoomy ? expectedPaths(row) : [];
  const toCome = expected.map((path) =>
    make(
      plain({
        id: id('artifact', path),
        label: path,
        description: 'to come',
        sign: 'expected',
        context: 'expected',
        tooltip: () => [path, `${row.task} is to make this file. Without it the task fails.`],
      }),
    ),
  );
  return [...made, ...toCome];
}

/** Files the task is to make, while it may still make them. */
function expectedPaths({ step, state }: TaskRow): readonly string[] {
  const isToCome = state === 'pending' || state === 'running';
  return isToCome && step.kind === 'agent'
    ? step.produces.map(({ path }) => path).filter((path) => !path.includes('${{'))
    : [];
}

function branchRows<R>({ branch }: TaskRow, { make, id }: BelowParts<R>): R[] {
  return branch === undefined
    ? []
    : [
        make(
          plain({
            id: id('branch'),
            label: branch,
            description: '',
            sign: 'branch',
            context: 'branch',
            said: `Branch ${branch}`,
            tooltip: () => [`The artifacts are on the local branch ${branch}`],
          }),
        ),
      ];
}

function wantedRows<R>({ state }: ReadableRun, row: TaskRow, { make, id }: BelowParts<R>): R[] {
  return (state.wanted.get(row.task) ?? []).map(({ gate, note, by, at }, place) =>
    make(
      plain({
        id: id('wanted', String(place)),
        label: oneLine(note, 120),
        description: `wanted by ${oneLine(by.name, 60)}`,
        sign: 'wanted',
        context: 'wanted',
        tooltip: () => [
          note,
          `${by.name} wanted this changed at ${gate}, ${new Date(at).toLocaleString()}. Each later attempt is told of it.`,
        ],
      }),
    ),
  );
}

const DECIDED: Readonly<Record<GateAnswer['decision'], string>> = {
  approved: 'approved by',
  rejected: 'rejected by',
  'changes-requested': 'changes wanted by',
};

/** The answer a gate had and has no more; one that stands is in the gate's own row. */
function lapsedAnswer(
  at: TaskState | undefined,
  answer: GateAnswer | undefined,
): GateAnswer | undefined {
  const isAskedAgain = at?.kind === 'pending' || at?.kind === 'waiting';
  return answer !== undefined && (isAskedAgain || answer.isDoubted) ? answer : undefined;
}

function answerRows<R>(
  { state }: ReadableRun,
  row: TaskRow,
  now: number,
  { make, id }: BelowParts<R>,
): R[] {
  const answer = lapsedAnswer(state.tasks.get(row.task), state.answers.get(row.task));
  if (answer === undefined) {
    return [];
  }
  const { decision, by, at, note, choice, isDoubted, ask } = answer;
  const why = isDoubted
    ? 'does not count: nobody with your key gave it'
    : decision === 'changes-requested'
      ? 'asked again once they are made'
      : 'lapsed: what it was for has changed';
  return [
    make(
      plain({
        id: id('answer'),
        label: `${DECIDED[decision]} ${oneLine(by.name, 60)}`,
        description: why,
        sign: 'lapsed',
        context: 'answer',
        tooltip: () => [
          `${DECIDED[decision]} ${by.name} at ${clockTime(at, now)}, and ${why}.`,
          ask,
          choice === undefined ? undefined : `Chosen: ${choice}`,
          note,
        ],
      }),
    ),
  ];
}

/** More than the attempt that is shown in the task's own row. */
function hasTriedBefore(at: TaskState): boolean {
  const made = attemptsOf(at);
  const isBetween = at.kind === 'pending' && at.parked === undefined;
  return made > 1 || (made === 1 && isBetween);
}

function attemptRows<R>(
  { state, run }: ReadableRun,
  row: TaskRow,
  now: number,
  { make, id, attempts, project }: BelowParts<R>,
): R[] {
  const at = state.tasks.get(row.task);
  if (at === undefined || !hasTriedBefore(at)) {
    return [];
  }
  const made = attemptsOf(at);
  const target: CommandTarget = { kind: 'task', project, run, task: row.task };
  const face = plain({
    id: id('attempts'),
    label: 'attempts',
    description: String(made),
    sign: 'attempts',
    context: 'attempts',
    folds: 'closed',
    tooltip: () => [`${made} attempts of ${row.task}`],
  });
  return [
    make(face, () => {
      const known = attempts();
      if (known === undefined) {
        return [
          make(
            plain({
              id: id('attempts', 'reading'),
              label: 'reading the journal…',
              description: '',
              sign: 'attempts',
              context: 'reading',
            }),
          ),
        ];
      }
      return known.map((attempt) => make(attemptFace(attempt, target, now, id)));
    }),
  ];
}

function attemptFace(
  { attempt, startedAt, endedAt, outcome, detail }: DetailAttempt,
  target: CommandTarget,
  now: number,
  id: BelowParts<unknown>['id'],
): Face {
  const took = endedAt === undefined ? '' : formatDuration(endedAt - startedAt);
  return plain({
    id: id('attempts', String(attempt)),
    label: `attempt ${attempt}`,
    description: [outcome, took, detail].filter((text) => text !== '').join(' · '),
    sign: attemptSign(outcome),
    context: 'attempt',
    target,
    command: { id: 'sluice.showOutput', title: 'Show Output' },
    tooltip: () => [
      `Attempt ${attempt}: ${outcome}`,
      detail,
      `Began at ${clockTime(startedAt, now)}${took === '' ? '' : `, took ${took}`}`,
    ],
  });
}
