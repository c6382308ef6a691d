import { formatBytes, oneLine } from '../base/text.ts';
import { ageText } from '../domain/amounts.ts';
import type { TaskId } from '../domain/ids.ts';
import type { FileChange } from '../domain/merge.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan } from '../domain/workflow.ts';
import { plannedById } from '../journal/planGraph.ts';
import { costLine, gateCost, type GateCost, type PastRun } from './gateCost.ts';
import { evidenceTexts, gateEvidence, makerLines, type TaskEvidence } from './gateEvidence.ts';
import type { DetailFault } from './detailPicture.ts';
import type { OpenGate } from './gates.ts';
import { fixesIn } from './mending.ts';
import { mendingDetail, trailLines } from './mendingDetail.ts';

/** All that a person is shown who answers a gate. Texts are as they were written, and to be made safe by whoever shows them. */
export interface GatePage {
  readonly gate: OpenGate;
  /** As a sentence without its full stop; `undefined`: nobody has answered it before. */
  readonly lapsed: string | undefined;
  readonly made: readonly TaskEvidence[];
  /** Where it asks about a task whose failures were not mended: these, oldest first. Else empty. */
  readonly trail: readonly DetailFault[];
  /** What the tasks it guards did to files: an approval brings these to branches. In the order of the plan. */
  readonly files: readonly GuardedFile[];
  readonly cost: GateCost;
  /** What people wanted changed about what it asks about, oldest first: `ada to draft, 2 h ago: shorter, please`. */
  readonly wanted: readonly string[];
  /** Steps that wait for it right behind it. */
  readonly behind: readonly TaskId[];
}

/** What a task did to a path. */
export interface GuardedFile extends FileChange {
  readonly task: TaskId;
}

/**
 * @param now milliseconds since 1970
 * @param past other runs to learn from what tasks cost
 */
export function gatePage(
  plan: RunPlan,
  state: RunState,
  gate: OpenGate,
  now: number,
  past: readonly PastRun[] = [],
): GatePage {
  const { task, stuck } = gate;
  const fixes = fixesIn(state);
  const made = gateEvidence(plan, state, task, now).filter(
    (evidence) => stuck === undefined || fixes.has(evidence.task),
  );
  // What asks how a failure is to be mended guards nothing: no answer to it brings anything to a branch.
  const guarded = stuck === undefined ? guardedTasks(plan, task) : [];
  return {
    gate,
    lapsed: lapsedText(gate, now),
    made,
    trail: stuck === undefined ? [] : mendingDetail(plan, state, stuck),
    files: guarded.flatMap((id) => filesOf(state, id)),
    cost: gateCost(plan, state, past),
    wanted: guarded.flatMap((id) =>
      (state.wanted.get(id) ?? []).map(
        ({ by, at, note }) =>
          `${oneLine(by.name, 60)} to ${id}, ${ageText(now - at)}: ${oneLine(note, 400)}`,
      ),
    ),
    behind: plan.tasks.flatMap(({ id, needs }) => (needs.includes(task) ? id : [])),
  };
}

/** Why an answer given before does not count: `Approved by ada 2 h ago; docs/a.md changed since`. */
export function lapsedText({ lapsed }: Pick<OpenGate, 'lapsed'>, now: number): string | undefined {
  if (lapsed === undefined) {
    return undefined;
  }
  const { by, at, decision, changed } = lapsed;
  const who = oneLine(by, 60);
  const age = ageText(now - at);
  const said = {
    approved: `Approved by ${who} ${age}`,
    rejected: `Rejected by ${who} ${age}`,
    'changes-requested': `${who} wanted changes ${age}`,
  }[decision];
  if (changed.length === 0) {
    return decision === 'changes-requested' ? `${said}; nothing changed since` : said;
  }
  const told = changed.slice(0, MOST_CHANGES).map((line) => oneLine(line, 160));
  const more = changed.length - told.length;
  const since = more > 0 || CHANGED.test(told.at(-1) ?? '') ? ' since' : '';
  return `${said}; ${[...told, ...(more > 0 ? [`${more} more changed`] : [])].join(', ')}${since}`;
}

const CHANGED = / (?:changed|is new|is gone)$/;

/** More of what changed nobody reads in a line. */
const MOST_CHANGES = 3;

/** Gates that ask the same about the same content, as `gate` does; it is one of them. */
export function identicalGates(
  gates: readonly OpenGate[],
  gate: Pick<OpenGate, 'identical'>,
): OpenGate[] {
  return gates.filter(({ identical }) => identical === gate.identical);
}

/** The page as lines of a terminal, without its question. Safe to show. */
export function gateLines(page: GatePage): string[] {
  const { gate, lapsed, made, trail, files, cost, wanted } = page;
  const spent = costLine(cost);
  return [
    ...(lapsed === undefined ? [] : [lapsed]),
    ...trailLines(trail),
    ...makerLines(made).map((line) => `by ${line}`),
    ...evidenceTexts(made),
    ...files.map(fileText),
    ...wanted,
    ...(spent === '' ? [] : [spent]),
    ...answerText(gate),
  ].map((line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line, 400)}`);
}

/** `docs/a.md changed by draft (3.4 KB)` */
export function fileText(file: GuardedFile): string {
  const { task, path, is } = file;
  const size = is === undefined ? '' : ` (${formatBytes(is.bytes)})`;
  return `${oneLine(path, 200)} ${changeWord(file)} by ${task}${size}`;
}

export function changeWord({ was, is }: FileChange): 'added' | 'changed' | 'removed' {
  return is === undefined ? 'removed' : was === undefined ? 'added' : 'changed';
}

/** What an approval has to carry; nothing where it carries nothing. */
export function answerText({
  choices,
  takesText,
}: Pick<OpenGate, 'choices' | 'takesText'>): string[] {
  if (choices.length === 0) {
    return takesText ? ['It asks for an answer in words'] : [];
  }
  const listed = choices.map((choice) => oneLine(choice, 80)).join(', ');
  return [takesText ? `Choose one, or write another answer: ${listed}` : `Choose one: ${listed}`];
}

/** Everything upstream of the gate, in the order of the plan; what fixes made is told as made by what they mended. */
function guardedTasks(plan: RunPlan, gate: TaskId): TaskId[] {
  const byId = plannedById(plan);
  const upstream = new Set<TaskId>();
  const open = [...(byId.get(gate)?.needs ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (!upstream.has(id)) {
      upstream.add(id);
      open.push(...(byId.get(id)?.needs ?? []));
    }
  }
  return plan.tasks.flatMap(({ id, fix }) => (fix === undefined && upstream.has(id) ? id : []));
}

/** A file that is as it was is no change, also where it was to be made. */
function filesOf(state: RunState, task: TaskId): GuardedFile[] {
  const at = state.tasks.get(task);
  if (at?.kind !== 'succeeded') {
    return [];
  }
  const made = at.artifacts.filter(
    ({ digest, executable, was }) => was?.digest !== digest || was.executable !== executable,
  );
  const files: readonly GuardedFile[] = [
    ...made.map((artifact) => ({ task, path: artifact.path, was: artifact.was, is: artifact })),
    ...at.removed.map(({ path, was }) => ({ task, path, was, is: undefined })),
  ];
  return [...files].sort((one, other) =>
    one.path < other.path ? -1 : one.path > other.path ? 1 : 0,
  );
}
