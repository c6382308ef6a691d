import type { BlobRef, EventBody } from '../domain/event.ts';
import type { TaskId } from '../domain/ids.ts';
import type { MendDecision, MendQuestion } from '../domain/mendQuestion.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import type { Desk } from './desk.ts';
import type { Message } from './effects.ts';
import type { BlobPort } from './parts.ts';
import { prepare } from './preparing.ts';

// A task that failed is looked at: rules say what its failure is and who mends it. What they are told is read
// here; what they decide is one event.

/** Of a log: more than the end says nothing of what failed. */
const MOST_LOG = 64 * 1024;
/** Of an output: a contract is smaller. */
const MOST_OUTPUT = 256 * 1024;
const MOST_OUTPUTS = 50;

/** What was decided of a task, by how its mending stood. */
export interface Debugged {
  readonly kind: 'debugged';
  readonly task: TaskId;
  readonly faults: number;
  readonly fixes: number;
  readonly decision: MendDecision;
}

export async function debug(id: TaskId, desk: Desk): Promise<Message> {
  const { parts } = desk;
  const question = await questionAbout(desk.task(id), desk);
  const { faults, fixes } = question.mending;
  const decision = parts.mend(question);
  return { kind: 'debugged', task: id, faults: faults.length, fixes: fixes.length, decision };
}

/** Nothing where the run has moved on meanwhile: then it is decided anew. */
export function debuggingEvents(
  { task, faults, fixes, decision }: Debugged,
  { state }: Desk,
): readonly EventBody[] {
  const mending = state.mending.get(task);
  const isSame = mending?.faults.length === faults && mending.fixes.length === fixes;
  if (!isSame || !state.frontier.faulty.has(task)) {
    return [];
  }
  return decision.kind === 'open'
    ? [{ type: 'fix-opened', fix: decision.fix }]
    : [{ type: 'task-given-up', task, failure: decision.failure }];
}

async function questionAbout(task: PlannedTask, desk: Desk): Promise<MendQuestion> {
  const { plan, state, parts } = desk;
  const mending = state.mending.get(task.id);
  const last = mending?.faults.at(-1);
  if (mending === undefined || last === undefined) {
    throw new Error(`Internal error: ${task.id} has not failed`);
  }
  const prepared = await prepare({ plan, state, task, step: desk.agentStep(task.id) }, parts);
  const outputs = new Map<TaskId, string>();
  for (const before of allBefore(task, desk)) {
    const made = state.tasks.get(before);
    if (
      made?.kind === 'succeeded' &&
      made.output.bytes <= MOST_OUTPUT &&
      outputs.size < MOST_OUTPUTS
    ) {
      outputs.set(before, await textOf(made.output, parts.blobs));
    }
  }
  return {
    task,
    plan,
    tasks: state.tasks,
    mending,
    log: last.log === undefined ? '' : (await textOf(last.log, parts.blobs)).slice(-MOST_LOG),
    prompt: prepared.ok ? prepared.value.prompt : '',
    outputs,
  };
}

/** All that it needs, directly or not; what is nearest first. */
function allBefore({ needs }: PlannedTask, { planned }: Desk): Iterable<TaskId> {
  const found = new Set([...needs].reverse());
  // The set grows while it is walked.
  for (const id of found) {
    planned.get(id)?.needs.forEach((need) => found.add(need));
  }
  return found;
}

async function textOf({ digest }: BlobRef, blobs: BlobPort): Promise<string> {
  return new TextDecoder().decode(await blobs.read(digest));
}
