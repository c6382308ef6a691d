import process from 'node:process';
import type { RunId } from '../core/domain/ids.ts';
import type { RunState } from '../core/domain/runState.ts';
import { shownStatus } from '../core/projections/taskRows.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exitCodes.ts';
import { runFacts, taskFacts } from './facts.ts';
import { headLine, Progress } from './progress.ts';
import { CommandFailure, findRun, type ReadableRun, type Session } from './session.ts';

export interface Followed {
  readonly json: boolean;
  /** Makes this program drive the run, unless another one does. */
  readonly begin: () => Promise<RunId>;
  /** Says what there is to say when another program drives the run. */
  readonly elsewhere: (entry: ReadableRun) => void;
}

/** Shows a run until this program lets it go; Ctrl+C cancels it, and waits until nothing of it is left. */
export async function follow(
  session: Session,
  { json, begin, elsewhere }: Followed,
): Promise<ExitCode> {
  const { sluice, terminal, now } = session;
  const progress = new Progress(terminal);
  let run: RunId | undefined;
  const seen = { isOurs: false, isInterrupted: false };
  const update = () => {
    if (run !== undefined && !json) {
      progress.update(findRun(sluice, run), now(), terminal.live ? sluice.heard(run) : undefined);
    }
  };
  const interrupt = () => {
    seen.isInterrupted = true;
    if (run !== undefined) {
      void sluice.request(run, { kind: 'cancel', by: sluice.actor });
    }
  };
  const events = sluice.onDidAppend((appended) => {
    seen.isOurs = true;
    if (json) {
      terminal.out(appended.map((event) => `${JSON.stringify(event)}\n`).join(''));
    }
  });
  const changes = sluice.onDidChange(update);
  const tick = terminal.live ? setInterval(update, 1000) : undefined;
  // The terminal was closed: nobody said that the run should end, so it is left to whoever resumes it.
  const hangUp = () => void sluice.close();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', hangUp);
  try {
    run = await begin();
    if (!seen.isOurs) {
      elsewhere(findRun(sluice, run));
      return EXIT.succeeded;
    }
    if (seen.isInterrupted) {
      interrupt();
    }
    if (!json && !terminal.live) {
      terminal.out(`${run}\n`);
    }
    update();
    const end = await sluice.active(run)?.ended;
    const entry = findRun(sluice, run);
    const status = shownStatus(entry.state, entry.driven);
    if (json) {
      const facts = { type: 'end', ...runFacts(entry, now()), tasks: taskFacts(entry) };
      terminal.out(`${JSON.stringify(facts)}\n`);
    } else {
      progress.end(entry, now());
      terminal.out(nextSteps(session, entry).join(''));
    }
    if (end?.kind === 'broken') {
      throw new CommandFailure(`${run} could not go on: ${end.error.message}`, EXIT.failed);
    }
    return end?.kind === 'waiting' ? EXIT.waiting : exitCodeOf(status);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.off('SIGHUP', hangUp);
    clearInterval(tick);
    changes.dispose();
    events.dispose();
  }
}

/** How a run stands that another program drives. */
export function tellRun({ terminal, now }: Session, entry: ReadableRun, json: boolean): void {
  const line = json ? JSON.stringify(runFacts(entry, now())) : headLine(terminal, entry, now());
  terminal.out(`${line}\n`);
}

/** What ends a pause; whoever did not ask for it is told why there is one. */
function pauseSteps(run: RunId, { phase }: RunState): readonly string[] {
  if (phase.kind !== 'paused') {
    return [];
  }
  const why =
    phase.because === 'checkout'
      ? [
          'It is paused because the checkout is not as it was. See that your files are as you want them.\n',
        ]
      : [];
  return [...why, `Go on with: sluice resume ${run}\n`];
}

/** How a person moves the run on, a line each. */
function nextSteps({ sluice }: Session, { run, state }: ReadableRun): string[] {
  if (state.phase.kind === 'finished' || state.phase.kind === 'cancelling') {
    return [];
  }
  const gates = sluice.openGates().filter((gate) => gate.run === run);
  return [
    ...gates.map(
      ({ task, makers, stuck }) =>
        `${stuck === undefined ? '' : `What was tried: sluice show ${run} ${task}\n`}Answer with: sluice approve ${run} ${task}${stuck === undefined ? '' : ' --message <what to try>'}   or: sluice reject ${run} ${task}\n${
          makers.length === 0
            ? ''
            : `Or have it changed: sluice request-changes ${run} ${task} --note <text>\n`
        }`,
    ),
    ...[...state.frontier.unknown].map(
      (task) =>
        `Look with: sluice exec ${run} ${task} -- <command>   then: sluice accept, rerun or skip ${run} ${task}\n`,
    ),
    ...[...state.held.keys()].map((task) => `Release with: sluice release ${run} ${task}\n`),
    ...pauseSteps(run, state),
  ];
}
