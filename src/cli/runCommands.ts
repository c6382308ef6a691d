import process from 'node:process';
import { formatDuration, oneLine, plainText } from '../core/base/text.ts';
import { formatDiagnostic } from '../core/domain/diagnostic.ts';
import type { Decision } from '../core/domain/event.ts';
import type { RunId } from '../core/domain/ids.ts';
import { census, runDuration, shownStatus, taskRows } from '../core/projections/taskRows.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exitCodes.ts';
import { afterLines, headLine, Progress, runLines } from './progress.ts';
import { CommandFailure, findRun, type Session } from './session.ts';
import { table } from './terminal.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

interface JsonOption {
  readonly json?: true;
}

export async function run(
  session: Session,
  [name = '']: readonly string[],
  options: JsonOption & {
    readonly input: Readonly<Record<string, string>>;
    readonly maxParallel?: number;
    readonly sequential?: true;
    readonly approve: readonly string[];
  },
): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const entry = await sluice.findWorkflow(name);
  if (entry === undefined) {
    const known = sluice.definitions.workflows.map((workflow) => workflow.name).join(', ');
    throw new CommandFailure(
      `There is no workflow "${name}" here${known === '' ? '' : `, only ${known}`}.`,
    );
  }
  if (entry.kind === 'invalid') {
    terminal.err(
      entry.diagnostics.map((problem) => `${plainText(formatDiagnostic(problem))}\n`).join(''),
    );
    throw new CommandFailure(`${entry.name} cannot run before its problems are solved.`);
  }
  const gates = entry.workflow.steps.flatMap((step) => (step.kind === 'gate' ? step.id : []));
  const stranger = options.approve.find((gate) => ![...gates, 'all'].includes(gate));
  if (stranger !== undefined) {
    throw new CommandFailure(
      `${entry.name} has no gate "${stranger}"${gates.length === 0 ? '' : `, only ${gates.join(', ')}`}.`,
    );
  }
  if (sluice.notice !== undefined) {
    terminal.err(`${sluice.notice}\n`);
  }
  return follow(session, options.json ?? false, async () => {
    const started = await sluice.start({
      workflow: entry.workflow,
      inputs: options.input,
      maxParallel: options.sequential ? 1 : options.maxParallel,
      approveGate: (gate) => options.approve.includes('all') || options.approve.includes(gate),
      leaveAtGates: true,
    });
    if (!started.ok) {
      throw new CommandFailure(
        started.error.message,
        started.error.kind === 'request' ? EXIT.usage : EXIT.failed,
      );
    }
    return started.value.run;
  });
}

export async function resume(
  session: Session,
  [text = '']: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const { sluice } = session;
  const { run: id, state } = findRun(sluice, text);
  if (state.phase.kind === 'finished') {
    throw new CommandFailure(`${id} has finished: ${state.phase.status}.`);
  }
  return follow(session, options.json ?? false, async () => {
    const resumed = await sluice.resume(id, { leaveAtGates: true });
    if (!resumed.ok) {
      throw new CommandFailure(resumed.error.message, EXIT.failed);
    }
    return id;
  });
}

export async function cancel(session: Session, [text = '']: readonly string[]): Promise<ExitCode> {
  const { sluice, terminal } = session;
  const { run: id } = findRun(sluice, text);
  const outcome = await sluice.request(id, { kind: 'cancel', by: sluice.actor });
  if (outcome.kind === 'refused') {
    throw new CommandFailure(`${id} was not cancelled: ${outcome.why}.`, EXIT.failed);
  }
  await sluice.active(id)?.ended;
  terminal.out(`${headLine(terminal, findRun(sluice, id), session.now())}\n`);
  return EXIT.succeeded;
}

/** `sluice approve` and `sluice reject`: answers, and when nobody else drives the run, goes on with it. */
export function answer(decision: Decision) {
  return async (
    session: Session,
    [text = '', gate = '']: readonly string[],
    options: JsonOption & { readonly message?: string },
  ): Promise<ExitCode> => {
    const { sluice } = session;
    const { run: id } = findRun(sluice, text);
    const open = sluice
      .openGates()
      .find((candidate) => candidate.run === id && candidate.task === gate);
    if (open === undefined) {
      const waiting = sluice.openGates().filter((candidate) => candidate.run === id);
      throw new CommandFailure(
        waiting.length === 0
          ? `${id} has no gate that waits for an answer.`
          : `"${gate}" does not wait for an answer; ${waiting.map(({ task }) => task).join(', ')} does.`,
      );
    }
    return follow(session, options.json ?? false, async () => {
      const outcome = await sluice.request(id, {
        kind: 'answer',
        task: open.task,
        digest: open.digest,
        decision,
        by: sluice.actor,
        note: options.message,
      });
      if (outcome.kind === 'refused') {
        throw new CommandFailure(`The answer did not count: ${outcome.why}.`, EXIT.failed);
      }
      return id;
    });
  };
}

export function runs(
  { sluice, terminal, now }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const entries = sluice.runs();
  if (options.json) {
    for (const entry of entries) {
      terminal.out(`${JSON.stringify(runFacts(entry, now()))}\n`);
    }
    return Promise.resolve(EXIT.succeeded);
  }
  if (entries.length === 0) {
    terminal.out('Nothing has run here yet.\n');
  }
  terminal.out(
    table(
      entries.map((entry) =>
        entry.kind === 'unreadable'
          ? [entry.run, 'unreadable', entry.why]
          : [
              entry.run,
              shownStatus(entry.state, entry.driven),
              new Date(entry.state.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
              formatDuration(runDuration(entry.state, now())),
              census(entry.state),
            ],
      ),
    ),
  );
  return Promise.resolve(EXIT.succeeded);
}

export function show(
  { sluice, terminal, now }: Session,
  [text = '']: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const entry = findRun(sluice, text);
  terminal.out(
    options.json
      ? `${JSON.stringify({ ...runFacts(entry, now()), tasks: taskFacts(entry) })}\n`
      : `${[...runLines(terminal, entry, now()), ...afterLines(terminal, entry)].join('\n')}\n`,
  );
  if (entry.damage !== undefined) {
    terminal.err(`The end of its journal cannot be read: ${entry.damage}\n`);
  }
  return Promise.resolve(EXIT.succeeded);
}

export function gates(
  { sluice, terminal }: Session,
  _args: readonly string[],
  options: JsonOption,
): Promise<ExitCode> {
  const open = sluice.openGates();
  if (options.json) {
    for (const gate of open) {
      terminal.out(`${JSON.stringify(gate)}\n`);
    }
  } else if (open.length === 0) {
    terminal.out('No gate waits for an answer.\n');
  } else {
    terminal.out(table(open.map((gate) => [gate.run, gate.task, oneLine(gate.ask, 120)])));
  }
  return Promise.resolve(EXIT.succeeded);
}

/**
 * Shows a run until this program lets it go; Ctrl+C cancels it, and waits until nothing of it is left.
 * @param begin makes this program drive the run, unless another one does
 */
async function follow(
  session: Session,
  json: boolean,
  begin: () => Promise<RunId>,
): Promise<ExitCode> {
  const { sluice, terminal, now } = session;
  const progress = new Progress(terminal);
  let run: RunId | undefined;
  const seen = { isOurs: false, isInterrupted: false };
  const update = () => {
    if (run !== undefined && !json) {
      progress.update(findRun(sluice, run), now());
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
      terminal.out(json ? '' : `The answer counts; another program goes on with ${run}.\n`);
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
      if (status === 'waiting') {
        tellGates(session, run);
      }
    }
    if (end?.kind === 'broken') {
      throw new CommandFailure(`${run} could not go on: ${end.error.message}`, EXIT.failed);
    }
    return exitCodeOf(status);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.off('SIGHUP', hangUp);
    clearInterval(tick);
    changes.dispose();
    events.dispose();
  }
}

function tellGates({ sluice, terminal }: Session, run: RunId): void {
  for (const { task } of sluice.openGates().filter((gate) => gate.run === run)) {
    terminal.out(`Answer with: sluice approve ${run} ${task}   or: sluice reject ${run} ${task}\n`);
  }
}

function runFacts(entry: BookEntry, now: number): object {
  return entry.kind === 'unreadable'
    ? { run: entry.run, status: 'unreadable', why: entry.why }
    : {
        run: entry.run,
        workflow: entry.state.workflow,
        status: shownStatus(entry.state, entry.driven),
        createdAt: entry.state.createdAt,
        durationMs: runDuration(entry.state, now),
        by: entry.state.by,
        damage: entry.damage,
      };
}

function taskFacts({ plan, state }: ReadableRun): object[] {
  return taskRows(plan, state).map((row) => {
    const at = state.tasks.get(row.task);
    return {
      task: row.task,
      agent: row.step.kind === 'agent' ? row.step.agent : undefined,
      state: row.state,
      detail: row.detail,
      durationMs: row.durationMs,
      failure: at?.kind === 'failed' ? at.failure : undefined,
      artifacts: row.artifacts,
      branch: row.branch,
    };
  });
}
