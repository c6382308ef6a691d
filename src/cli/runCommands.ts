import process from 'node:process';
import { formatDuration, oneLine } from '../core/base/text.ts';
import { formatDiagnostic } from '../core/domain/diagnostic.ts';
import type { Decision } from '../core/domain/event.ts';
import type { RunId } from '../core/domain/ids.ts';
import { census, runDuration, shownStatus, taskRows } from '../core/projections/taskRows.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import type { StartedRun } from '../core/sluice.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exitCodes.ts';
import { headLine, Progress, runLines } from './progress.ts';
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
    terminal.err(entry.diagnostics.map((problem) => `${formatDiagnostic(problem)}\n`).join(''));
    throw new CommandFailure(`${entry.name} cannot run before its problems are solved.`);
  }
  const started = await sluice.start({
    workflow: entry.workflow,
    inputs: options.input,
    maxParallel: options.sequential ? 1 : options.maxParallel,
    approveGate: (gate) => options.approve.includes('all') || options.approve.includes(gate),
    leaveAtGates: true,
  });
  if (!started.ok) {
    throw new CommandFailure(started.error.message);
  }
  return follow(session, started.value, options.json ?? false);
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
  const resumed = await sluice.resume(id, { leaveAtGates: true });
  if (!resumed.ok) {
    throw new CommandFailure(resumed.error.message, EXIT.failed);
  }
  return follow(session, resumed.value, options.json ?? false);
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
    const { sluice, terminal } = session;
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
    const started = sluice.active(id);
    if (started !== undefined) {
      return follow(session, started, options.json ?? false);
    }
    terminal.out(`${gate} of ${id} is ${decision}; another program goes on with the run.\n`);
    return EXIT.succeeded;
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
      : `${runLines(terminal, entry, now()).join('\n')}\n`,
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

/** Shows the run until it ends; Ctrl+C cancels it, and waits until nothing of it is left. */
async function follow(
  { sluice, terminal, now }: Session,
  started: StartedRun,
  json: boolean,
): Promise<ExitCode> {
  const progress = new Progress(terminal);
  const entry = (): ReadableRun => findRun(sluice, started.run);
  const update = () => {
    if (!json) {
      progress.update(entry(), now());
    }
  };
  const events = sluice.onDidAppend((appended) => {
    for (const event of appended) {
      if (json && event.run === started.run) {
        terminal.out(`${JSON.stringify(event)}\n`);
      }
    }
  });
  const changes = sluice.onDidChange(update);
  const tick = terminal.live ? setInterval(update, 1000) : undefined;
  const interrupt = () => {
    void sluice.request(started.run, { kind: 'cancel', by: sluice.actor });
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  if (!json && !terminal.live) {
    terminal.out(`${started.run}\n`);
  }
  update();
  try {
    const end = await started.ended;
    if (json) {
      terminal.out(
        `${JSON.stringify({ type: 'end', ...runFacts(entry(), now()), tasks: taskFacts(entry()) })}\n`,
      );
    } else {
      progress.end(entry(), now());
    }
    if (end.kind === 'broken') {
      throw new CommandFailure(`${started.run} could not go on: ${end.error.message}`, EXIT.failed);
    }
    if (end.kind === 'waiting' && !json) {
      tellGates(
        sluice
          .openGates()
          .filter((gate) => gate.run === started.run)
          .map(({ task }) => task),
        started.run,
        terminal,
      );
    }
    return exitCodeOf(end);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    clearInterval(tick);
    changes.dispose();
    events.dispose();
  }
}

function tellGates(tasks: readonly string[], id: RunId, terminal: Session['terminal']): void {
  for (const task of tasks) {
    terminal.out(`Answer with: sluice approve ${id} ${task}   or: sluice reject ${id} ${task}\n`);
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
