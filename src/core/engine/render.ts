import { err, ok, type Result } from '../base/result.ts';
import { parseTemplate, referencesIn, renderTemplate } from '../domain/expression.ts';
import type { Reference, Scope, ScopeValue } from '../domain/expression.ts';
import { evaluateCondition, parseCondition, referencesInCondition } from '../domain/condition.ts';
import type { Failure } from '../domain/failure.ts';
import type { StepId, TaskId } from '../domain/ids.ts';
import { hasEnded, isDone, isFine, type RunState, type TaskState } from '../domain/runState.ts';
import type { Names, PlannedTask, RunPlan } from '../domain/workflow.ts';
import type { BlobPort } from './parts.ts';

/** Bytes of an output that may stand in a text; what is longer is read from `SLUICE_NEEDS`. */
const LONGEST_OUTPUT = 1024 * 1024;

export interface RenderContext {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly blobs: BlobPort;
}

/**
 * Fills in `${{ inputs.x }}`, `${{ matrix.y }}`, `${{ steps.z.output }}`, `${{ run.id }}`.
 * @param where for the message
 */
export async function renderText(
  text: string,
  where: string,
  names: Names,
  context: RenderContext,
): Promise<Result<string, Failure>> {
  if (!text.includes('${{')) {
    return ok(text);
  }
  const template = parseTemplate(text);
  if (!template.ok) {
    return err({ reason: 'expression', where, message: template.error.message });
  }
  const scope = await scopeFor(referencesIn(template.value), where, names, context);
  if (!scope.ok) {
    return scope;
  }
  const rendered = renderTemplate(template.value, scope.value);
  return rendered.ok
    ? rendered
    : err({ reason: 'expression', where, message: rendered.error.message });
}

/** Every value of a record filled in. */
export async function renderRecord(
  record: Readonly<Record<string, string>>,
  where: string,
  names: Names,
  context: RenderContext,
): Promise<Result<Record<string, string>, Failure>> {
  const rendered = Object.create(null) as Record<string, string>;
  for (const [key, text] of Object.entries(record)) {
    const value = await renderText(text, `${where}.${key}`, names, context);
    if (!value.ok) {
      return value;
    }
    rendered[key] = value.value;
  }
  return ok(rendered);
}

/** Whether all conditions of a task hold. The first that does not decides. */
export async function judge(
  task: PlannedTask,
  context: RenderContext,
): Promise<Result<boolean, Failure>> {
  const needed = task.needs.flatMap((need) => context.state.tasks.get(need) ?? []);
  const ends = {
    failed: needed.some((need) => hasEnded(need) && !isFine(need)),
    allDone: task.needs.every((need) => {
      const at = context.state.tasks.get(need);
      return at !== undefined && (task.barrier.includes(need) ? isFine(at) : isDone(at));
    }),
  };
  const where = `${task.step.id}.if`;
  for (const { text, names } of task.conditions) {
    const condition = parseCondition(text);
    if (!condition.ok) {
      return err({ reason: 'expression', where, message: condition.error.message });
    }
    const references = referencesInCondition(condition.value);
    const scope = await scopeFor(references, where, names, context);
    if (!scope.ok) {
      return scope;
    }
    const holds = evaluateCondition(condition.value, scope.value, ends);
    if (!holds.ok) {
      return err({ reason: 'expression', where, message: holds.error.message });
    }
    if (!holds.value) {
      return ok(false);
    }
  }
  return ok(true);
}

/** The values that references name, and no others: outputs are read only when they are asked for. */
async function scopeFor(
  references: readonly Reference[],
  where: string,
  names: Names,
  context: RenderContext,
): Promise<Result<Scope, Failure>> {
  // Names like __proto__ are names like any other.
  const inputs = Object.create(null) as Record<string, string>;
  const steps: Record<string, Record<string, ScopeValue>> = {};
  for (const { names: path } of references) {
    const [root, name, member] = path;
    if (root.name === 'inputs' && name !== undefined) {
      const value = await inputValue(name.name, where, names, context);
      if (value !== undefined && !value.ok) {
        return value;
      }
      if (value !== undefined) {
        inputs[name.name] = value.value;
      }
    } else if (root.name === 'steps' && name !== undefined) {
      const step = (steps[name.name] ??= {});
      const value = await stepValue(name.name, member?.name, names, context);
      if (value !== undefined && !value.ok) {
        return err({ reason: 'expression', where, message: value.error });
      }
      if (value !== undefined && member !== undefined) {
        step[member.name] = value.value;
      }
    }
  }
  return ok({ inputs, matrix: names.matrix, run: { id: context.state.run }, steps });
}

async function inputValue(
  name: string,
  where: string,
  { scope: number }: Names,
  context: RenderContext,
): Promise<Result<string, Failure> | undefined> {
  const scope = context.plan.scopes[number];
  const text =
    scope !== undefined && Object.hasOwn(scope.inputs, name) ? scope.inputs[name] : undefined;
  if (scope === undefined || text === undefined) {
    return undefined;
  }
  // An input of a nested workflow is a text of the step that runs it.
  return scope.within === undefined ? ok(text) : renderText(text, where, scope.within, context);
}

async function stepValue(
  step: string,
  member: string | undefined,
  names: Names,
  { state, blobs }: RenderContext,
): Promise<Result<string, string> | undefined> {
  const tasks = Object.hasOwn(names.steps, step) ? names.steps[step as StepId] : undefined;
  if (tasks === undefined) {
    return undefined;
  }
  if (member === 'status') {
    return ok(statusOf(tasks.flatMap((task) => state.tasks.get(task) ?? [])));
  }
  if (member !== 'output') {
    return undefined;
  }
  const outputs: string[] = [];
  for (const task of tasks) {
    const output = await outputOf(task, state.tasks.get(task), blobs);
    if (!output.ok) {
      return output;
    }
    outputs.push(output.value);
  }
  return ok(outputs.join('\n\n'));
}

/** How a step ended: that of its lanes which takes most away. */
function statusOf(tasks: readonly TaskState[]): string {
  const kinds = tasks.map(({ kind }) => (kind === 'approved' ? 'succeeded' : kind));
  return (
    (['failed', 'cancelled', 'skipped', 'succeeded'] as const).find((kind) =>
      kinds.includes(kind),
    ) ?? 'pending'
  );
}

/** A done task's output as text without its last line end. Never an empty text in place of a missing one. */
export async function outputOf(
  name: TaskId,
  task: TaskState | undefined,
  blobs: BlobPort,
): Promise<Result<string, string>> {
  if (task?.kind === 'approved') {
    return task.choice === undefined
      ? err(`${name} is a gate that asks for no answer, and has no output.`)
      : ok(task.choice);
  }
  if (task?.kind !== 'succeeded') {
    const how = task?.kind === 'pending' || task === undefined ? 'has not run' : `is ${task.kind}`;
    return err(`${name} ${how} and has no output.`);
  }
  if (task.output.bytes > LONGEST_OUTPUT) {
    return err(
      `The output of ${name} is ${task.output.bytes} bytes, too long to stand in a text: read it from the folder SLUICE_NEEDS.`,
    );
  }
  const text = new TextDecoder().decode(await blobs.read(task.output.digest));
  return ok(text.replace(/\r?\n$/, ''));
}
