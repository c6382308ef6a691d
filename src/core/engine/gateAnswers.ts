import { makersOf } from '../domain/gateMakers.ts';
import type { TaskId } from '../domain/ids.ts';
import type { RunRequest } from '../domain/request.ts';
import { choiceFault } from '../domain/workflow.ts';
import { foldsUp, takenAlong } from './takenAlong.ts';
import { record, refuse, type Circumstances, type Verdict } from './verdict.ts';

type Answer = Extract<RunRequest, { readonly kind: 'answer' }>;

/** What becomes of an answer to a gate. Pure. */
export function onAnswer(request: Answer, circumstances: Circumstances): Verdict {
  const { state, planned } = circumstances;
  const { task, digest, decision, by, note, choice, seal } = request;
  const gate = state.tasks.get(task);
  const step = planned.get(task)?.step;
  if (gate === undefined) {
    return refuse(`the run has no gate "${task}"`);
  }
  if (gate.kind !== 'waiting' || step?.kind !== 'gate') {
    return refuse(`"${task}" is not waiting for an answer, it is ${gate.kind}`);
  }
  if (gate.digest !== digest) {
    return refuse('what was shown has changed since; look again');
  }
  if (decision === 'changes-requested') {
    return onChanges(request, circumstances);
  }
  const fault = decision === 'approved' ? choiceFault(step, choice) : undefined;
  if (fault !== undefined) {
    return refuse(fault);
  }
  return record({
    type: 'gate-answered',
    ...{ task, digest, decision, by, note },
    ...(decision === 'approved' && choice !== undefined && { choice }),
    ...(seal !== undefined && { seal }),
  });
}

function onChanges(request: Answer, { state, plan, planned, graph }: Circumstances): Verdict {
  const { task, digest, decision, by, note, seal } = request;
  if (note === undefined || note.trim() === '') {
    return refuse('it does not say what is to be changed');
  }
  const redo = request.redo ?? makersOf(task, planned, state.tasks);
  const [first] = redo;
  if (first === undefined) {
    return refuse(`nobody can make again what "${task}" asks about; reject it instead`);
  }
  const before = graph.ancestors(task);
  const stranger = redo.find((one) => !isRemade(one, before, planned, state));
  if (stranger !== undefined) {
    return refuse(`"${stranger}" is no task before the gate that an agent has done`);
  }
  const behind = takenAlong(redo, graph, state.tasks, ({ kind }) => kind !== 'pending');
  const running = behind.find((one) => state.tasks.get(one)?.kind === 'running');
  if (running !== undefined) {
    return refuse(`"${running}", which works on what is to be changed, is running; stop it first`);
  }
  const reset = graph.ids.filter((one) => redo.includes(one) || behind.includes(one));
  return record(
    {
      type: 'gate-answered',
      ...{ task, digest, decision, by, note, changes: { redo, reset } },
      ...(seal !== undefined && { seal }),
    },
    ...foldsUp(plan, reset),
  );
}

function isRemade(
  task: TaskId,
  before: ReadonlySet<TaskId>,
  planned: Circumstances['planned'],
  { tasks }: Circumstances['state'],
): boolean {
  return (
    before.has(task) &&
    planned.get(task)?.step.kind === 'agent' &&
    tasks.get(task)?.kind === 'succeeded'
  );
}
