import { err, ok, type Result } from '../base/result.ts';
import { parseTemplate, referencesIn, renderTemplate, type Scope } from '../domain/expression.ts';
import type { Failure } from '../domain/failure.ts';
import { taskIdOf } from '../domain/ids.ts';
import type { RunState } from '../domain/runState.ts';
import type { RunPlan, Step } from '../domain/workflow.ts';
import type { BlobPort } from './parts.ts';

/** Bytes of an output that may stand in a text; what is longer is read from `SLUICE_NEEDS`. */
const LONGEST_OUTPUT = 1024 * 1024;

export interface RenderContext {
  readonly plan: RunPlan;
  readonly state: RunState;
  /** The step the text belongs to: it sees the outputs of the steps it needs. */
  readonly step: Step;
}

/** Fills in `${{ inputs.x }}`, `${{ steps.y.output }}` and `${{ run.id }}`. @param where for the message */
export async function renderText(
  text: string,
  where: string,
  context: RenderContext,
  blobs: BlobPort,
): Promise<Result<string, Failure>> {
  const template = parseTemplate(text);
  if (!template.ok) {
    return err({ reason: 'expression', where, message: template.error.message });
  }
  const steps: Record<string, { output: string }> = {};
  for (const { names } of referencesIn(template.value)) {
    const [root, step] = names;
    if (root.name !== 'steps' || step === undefined || Object.hasOwn(steps, step.name)) {
      continue;
    }
    const output = await outputText(step.name, context, blobs);
    if (output !== undefined && !output.ok) {
      return err({ reason: 'expression', where, message: output.error });
    }
    if (output !== undefined) {
      steps[step.name] = { output: output.value };
    }
  }
  const scope: Scope = {
    inputs: context.plan.inputs,
    run: { id: context.state.run },
    steps,
  };
  const rendered = renderTemplate(template.value, scope);
  return rendered.ok
    ? rendered
    : err({ reason: 'expression', where, message: rendered.error.message });
}

/** Every value of a record filled in. */
export async function renderRecord(
  record: Readonly<Record<string, string>>,
  where: string,
  context: RenderContext,
  blobs: BlobPort,
): Promise<Result<Record<string, string>, Failure>> {
  const rendered: Record<string, string> = {};
  for (const [key, text] of Object.entries(record)) {
    const value = await renderText(text, `${where}.${key}`, context, blobs);
    if (!value.ok) {
      return value;
    }
    rendered[key] = value.value;
  }
  return ok(rendered);
}

/** A done step's output as text without its last line end; `undefined` when it has none. */
async function outputText(
  name: string,
  { plan, state }: RenderContext,
  blobs: BlobPort,
): Promise<Result<string, string> | undefined> {
  const step = plan.workflow.steps.find(({ id }) => id === name);
  const task = step === undefined ? undefined : state.tasks.get(taskIdOf(step.id));
  if (task?.kind !== 'succeeded') {
    return undefined;
  }
  if (task.output.bytes > LONGEST_OUTPUT) {
    return err(
      `The output of ${name} is ${task.output.bytes} bytes, too long to stand in a text: read it from the folder SLUICE_NEEDS.`,
    );
  }
  const text = new TextDecoder().decode(await blobs.read(task.output.digest));
  return ok(text.replace(/\r?\n$/, ''));
}
