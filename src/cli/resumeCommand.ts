import {
  previewText,
  resumePreview,
  type ResumePreview,
} from '../core/projections/resumePreview.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { follow, tellRun } from './follow.ts';
import { CommandFailure, findRun, type ReadableRun, type Session } from './session.ts';
import { isInterrupted } from './standing.ts';
import { table } from './terminal.ts';

interface ResumeOptions {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly takeOver?: boolean;
}

/** Goes on with a run: ends its pause, or drives it where nobody does. */
export async function resume(
  session: Session,
  [text = '']: readonly string[],
  { json = false, dryRun = false, takeOver = false }: ResumeOptions,
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const entry = findRun(sluice, text);
  const { run, state, driven } = entry;
  if (state.phase.kind === 'finished') {
    throw new CommandFailure(`${run} has finished: ${state.phase.status}.`);
  }
  const isPaused = state.phase.kind === 'paused';
  const isTaken = takeOver && driven.kind === 'elsewhere' && !driven.isLocal;
  // The driver of a paused run is asked to go on with it; any other goes on by itself.
  if (driven.kind === 'elsewhere' && !isTaken && !isPaused) {
    throw new CommandFailure(
      `${run} is driven by process ${driven.pid}${driven.isLocal ? '.' : OUT_OF_SIGHT}`,
      EXIT.failed,
    );
  }
  const found: ReadableRun = isTaken ? { ...entry, driven: { kind: 'nobody' } } : entry;
  const preview = previewOf(found);
  if (dryRun) {
    terminal.out(json ? `${JSON.stringify(preview)}\n` : groupLines(preview));
    return EXIT.succeeded;
  }
  if (isTaken) {
    terminal.err(
      `${run} is taken from process ${driven.pid} on another machine or in a container, which cannot be looked for from here.\n`,
    );
  }
  if (!json && isInterrupted(found)) {
    terminal.out(`${run} was interrupted: ${previewText(preview)}.\n`);
  }
  return follow(session, {
    json,
    begin: async () => {
      if (isTaken || !isPaused) {
        await drive(session, found, isTaken);
      }
      if (isPaused) {
        await unpause(session, entry);
      }
      return run;
    },
    elsewhere: (current) => tellRun(session, current, json),
  });
}

const OUT_OF_SIGHT =
  ' on another machine or in a container, which cannot be looked for from here. Make sure that it is gone, then take the run over with --take-over.';

async function drive(
  { sluice }: Session,
  { run, state }: ReadableRun,
  takeOver: boolean,
): Promise<void> {
  const resumed = await sluice.resume(run, { leaveAtGates: true, takeOver });
  if (!resumed.ok) {
    throw new CommandFailure(resumed.error.message, EXIT.failed);
  }
  if (state.phase.kind === 'paused') {
    // It finds nothing to do and lets go, so whoever ends the pause must not ask it.
    await resumed.value.ended;
  }
}

async function unpause({ sluice }: Session, { run, driven }: ReadableRun): Promise<void> {
  const outcome = await sluice.request(run, { kind: 'unpause', by: sluice.actor });
  if (outcome.kind === 'refused') {
    const isOutOfSight = driven.kind === 'elsewhere' && !driven.isLocal;
    const hint = isOutOfSight ? ` It is driven by process ${driven.pid}${OUT_OF_SIGHT}` : '';
    throw new CommandFailure(`${run} was not resumed: ${outcome.why}.${hint}`, EXIT.failed);
  }
}

function previewOf({ plan, state, driven }: ReadableRun): ResumePreview {
  const preview = resumePreview(plan, state);
  if (state.phase.kind === 'cancelling') {
    return { ...preview, goesOn: [], again: [], look: [], run: [], asked: [] };
  }
  if (driven.kind === 'nobody') {
    return preview;
  }
  // Nothing was cut off: what runs is about to end, and its driver sees to it.
  const { running } = state.frontier;
  const hasStopped = (task: ResumePreview['run'][number]) => !running.has(task);
  return {
    ...preview,
    goesOn: preview.goesOn.filter(hasStopped),
    again: preview.again.filter(hasStopped),
    look: preview.look.filter(hasStopped),
  };
}

/** A line a group, without the groups that are empty. */
function groupLines({ kept, goesOn, again, look, run, asked }: ResumePreview): string {
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['kept', kept],
    ['gone on with', goesOn],
    ['made again', again],
    ['need a look', look],
    ['run', run],
    ['asked', asked],
  ];
  return table(
    groups.flatMap(([name, tasks]) => (tasks.length === 0 ? [] : [[name, tasks.join(', ')]])),
  );
}
