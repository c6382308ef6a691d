import { err, ok, type Result } from './base/result.ts';
import { isOtherDrawn, type ShareRules } from './compare/share.ts';
import type { WorkflowEntry } from './definitions/project.ts';
import type { Workflow } from './domain/workflow.ts';
import type { Sluice, StartedRun, StartProblem, StartRequest } from './sluice.ts';
import { resolveInputs } from './startRequest.ts';

export interface DrawnStart {
  readonly started: Result<StartedRun, StartProblem>;
  /** What whoever asked has to know: another workflow runs, or was to and cannot. A sentence; `undefined`: nothing. */
  readonly told: string | undefined;
}

/**
 * Starts a workflow for a person, or, in the share of its runs that the settings say, the other one in its place. What
 * cannot take its place leaves the one that was asked for. A run says in its plan what was drawn, whichever it was: so
 * both are known as parts of one experiment.
 * @param random from 0 up to 1
 */
export async function startDrawn(
  sluice: Pick<Sluice, 'start' | 'findWorkflow'>,
  request: StartRequest,
  rules: ShareRules,
  random: () => number,
): Promise<DrawnStart> {
  const asked = request.workflow.name;
  const rule = rules.get(asked);
  if (rule === undefined) {
    return { started: await sluice.start(request), told: undefined };
  }
  const { with: other, share } = rule;
  const isOther = isOtherDrawn(rule, random());
  const found = fitting(await sluice.findWorkflow(other), request.inputs);
  if (!found.ok) {
    // It would have run in any case: that is no part of the experiment.
    const started = await sluice.start(request);
    return { started, told: isOther ? unfit(asked, other, found.error) : undefined };
  }
  const drawn = { asked, other, share };
  if (!isOther) {
    return { started: await sluice.start({ ...request, drawn }), told: undefined };
  }
  const started = await sluice.start({ ...request, workflow: found.value, drawn });
  return !started.ok && started.error.kind === 'request'
    ? {
        started: await sluice.start(request),
        told: unfit(asked, other, started.error.message),
      }
    : {
        started,
        told: `${other} runs in place of ${asked}: by your settings it does so in ${shareText(share)} of the runs.`,
      };
}

/** The error is a sentence. */
function fitting(
  entry: WorkflowEntry | undefined,
  inputs: StartRequest['inputs'],
): Result<Workflow, string> {
  if (entry?.kind !== 'valid') {
    return err(entry === undefined ? 'there is no such workflow.' : 'its file has problems.');
  }
  const resolved = resolveInputs(entry.workflow, inputs);
  return resolved.ok ? ok(entry.workflow) : err(resolved.error.message);
}

function unfit(asked: string, other: string, why: string): string {
  return `${asked} runs. By your settings it was ${other}'s turn, which cannot take its place: ${why}`;
}

function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
