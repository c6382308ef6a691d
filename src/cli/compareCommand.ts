import process from 'node:process';
import { systemClock } from '../core/base/clock.ts';
import { count, formatDuration } from '../core/base/text.ts';
import { compare as compared, type Comparison } from '../core/compare/compare.ts';
import type { ComparedRun, WayId } from '../core/compare/comparedRun.ts';
import { notesOf, type Making } from '../core/compare/notes.ts';
import { sentencesOf } from '../core/compare/words.ts';
import { keptRuns } from '../core/comparedRuns.ts';
import {
  comparedFault,
  costOfRuns,
  inputsFor,
  isPaid,
  makeRuns,
  type RunsMade,
} from '../core/comparing.ts';
import type { WorkflowEntry } from '../core/definitions/project.ts';
import type { Workflow } from '../core/domain/workflow.ts';
import type { Preflight } from '../core/preflight/report.ts';
import { costText, verdictText } from '../core/preflight/words.ts';
import { comparisonText, endedLine } from './compareLines.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { preflightText } from './preflightCommand.ts';
import { CommandFailure, type Session } from './session.ts';
import { shellWord } from './shellWord.ts';

export interface CompareOptions {
  readonly json?: true;
  /** Of each way; left out: only runs that are there. */
  readonly runs?: number;
  readonly input: Readonly<Record<string, string>>;
  readonly atOnce?: number;
  readonly maxParallel?: number;
  readonly cache?: true;
  readonly approve: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number;
  readonly yes?: true;
  readonly withKept?: true;
  /** Milliseconds. */
  readonly since?: number;
  readonly last?: number;
  readonly drawn?: true;
}

type Ways<T> = Readonly<Record<WayId, T>>;

/** `sluice compare`: two ways of doing the same work, by runs that are made for it or that are there. */
export async function compare(
  session: Session,
  [nameA = '', nameB = '']: readonly string[],
  options: CompareOptions,
): Promise<ExitCode> {
  const { sluice } = session;
  refuseMixed(options);
  const [A, B] = await Promise.all([sluice.findWorkflow(nameA), sluice.findWorkflow(nameB)]);
  const names = { A: A?.name ?? nameA, B: B?.name ?? nameB };
  if (options.runs === undefined) {
    if (names.A === names.B) {
      throw new CommandFailure(`Name two workflows: ${names.A} cannot be compared with itself.`);
    }
    const runs = keptOf(session, names, options, []);
    for (const way of ['A', 'B'] as const) {
      if (!runs.some((run) => run.way === way)) {
        throw new CommandFailure(
          `No run of ${names[way]} is kept here that could be compared. Have some made: sluice compare ${shellWord(nameA)} ${shellWord(nameB)} --runs 5`,
        );
      }
    }
    tell(session, compared(names, runs), undefined, options);
    return EXIT.succeeded;
  }
  const entries = { A: foundOr(session, A, nameA), B: foundOr(session, B, nameB) };
  return await compareAnew(session, entries, { ...options, runs: options.runs });
}

async function compareAnew(
  session: Session,
  entries: Ways<WorkflowEntry>,
  options: CompareOptions & { readonly runs: number },
): Promise<ExitCode> {
  const { terminal } = session;
  const { runs, atOnce = 1, timeout: timeoutMs } = options;
  const workflows = {
    A: await ready(session, entries.A, options),
    B: await ready(session, entries.B, options),
  };
  const fault = comparedFault({ A: workflows.A.workflow, B: workflows.B.workflow }, options.input);
  if (fault !== undefined) {
    throw new CommandFailure(fault);
  }
  refuseUnknownGates(options.approve, workflows.A.workflow, workflows.B.workflow);
  const preflights = [workflows.A.preflight, workflows.B.preflight];
  if (!(await isWanted(session, preflights, options))) {
    return EXIT.cancelled;
  }
  const stop = new AbortController();
  const made = await interruptible(session, stop, () =>
    make(session, { A: workflows.A.workflow, B: workflows.B.workflow }, options, stop.signal),
  );
  const names = { A: entries.A.name, B: entries.B.name };
  const all = [
    ...made.runs,
    ...(options.withKept === true ? keptOf(session, names, options, made.runs) : []),
  ];
  if (all.length > 0) {
    tell(session, compared(names, all), { atOnce, timeoutMs }, options);
  }
  if (made.problem !== undefined) {
    throw new CommandFailure(
      `Only ${made.runs.length} of ${count(2 * runs, 'run')} were made: ${made.problem}`,
      EXIT.failed,
    );
  }
  if (stop.signal.aborted) {
    terminal.err(`Stopped after ${made.runs.length} of ${count(2 * runs, 'run')}.\n`);
    return EXIT.cancelled;
  }
  return EXIT.succeeded;
}

/** @throws CommandFailure for options that mean nothing together */
function refuseMixed({ runs, withKept, since, last, drawn, ...others }: CompareOptions): void {
  const ofKept = Object.entries({ '--since': since, '--last': last, '--drawn': drawn });
  const ofMaking = Object.entries({
    '--with-kept': withKept,
    '--at-once': others.atOnce,
    '--max-parallel': others.maxParallel,
    '--cache': others.cache,
    '--timeout': others.timeout,
    '--yes': others.yes,
    '--approve': others.approve[0],
    '--input': Object.keys(others.input)[0],
  });
  const isSaid = ([, value]: readonly [string, unknown]) => value !== undefined;
  const [stray] =
    runs === undefined
      ? (ofMaking.find(isSaid) ?? [])
      : withKept === undefined
        ? (ofKept.find(isSaid) ?? [])
        : [];
  if (stray !== undefined) {
    throw new CommandFailure(
      runs === undefined
        ? `${stray} is for runs that are made: say how many with --runs.`
        : `${stray} is for runs that are kept: add them with --with-kept.`,
    );
  }
}

function foundOr(
  { sluice }: Session,
  entry: WorkflowEntry | undefined,
  name: string,
): WorkflowEntry {
  if (entry !== undefined) {
    return entry;
  }
  const known = sluice.definitions.workflows.map((workflow) => workflow.name).join(', ');
  throw new CommandFailure(
    `There is no workflow "${name}" here${known === '' ? '' : `, only ${known}`}.`,
  );
}

/** A workflow that its pre-flight lets run. @throws CommandFailure for another, which is told */
async function ready(
  { sluice, terminal }: Session,
  entry: WorkflowEntry,
  { input, maxParallel, cache }: CompareOptions,
): Promise<{ readonly workflow: Workflow; readonly preflight: Preflight }> {
  const inputs = entry.kind === 'valid' ? inputsFor(entry.workflow, input) : {};
  const preflight = await sluice.preflight({
    ...{ workflow: entry, inputs, maxParallel },
    useCache: cache === true,
  });
  if (preflight.verdict === 'cannot' || entry.kind === 'invalid') {
    terminal.err(preflightText(terminal, preflight));
    throw new CommandFailure(`${entry.name} cannot run, so nothing was started.`);
  }
  if (preflight.verdict === 'warnings') {
    terminal.err(
      `${entry.name}: ${verdictText(preflight)}. To see them: sluice run ${shellWord(entry.name)} --dry-run\n`,
    );
  }
  return { workflow: entry.workflow, preflight };
}

function refuseUnknownGates(approve: readonly string[], ...workflows: readonly Workflow[]): void {
  const gates = workflows.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'gate' ? [step.id as string] : [])),
  );
  const stranger = approve.find((gate) => ![...gates, 'all'].includes(gate));
  if (stranger !== undefined) {
    throw new CommandFailure(
      `Neither workflow has a gate "${stranger}"${gates.length === 0 ? '' : `, only ${[...new Set(gates)].join(', ')}`}.`,
    );
  }
}

/** Says what is to come, and asks where it may cost something. @throws CommandFailure where nobody can be asked */
async function isWanted(
  { terminal }: Session,
  preflights: readonly Preflight[],
  { runs, yes }: { readonly runs: number; readonly yes?: true },
): Promise<boolean> {
  const cost = costOfRuns(preflights, runs);
  const spans = preflights.map(({ expected }) => expected.wall);
  const likelyMs = spans.reduce((sum, { span }) => sum + (span?.likelyMs ?? 0) * runs, 0);
  const isTimeKnown = spans.every(
    ({ span, unknownTasks }) => span !== undefined && unknownTasks === 0,
  );
  terminal.err(
    `${count(2 * runs, 'run')}: ${runs} of ${preflights.map(({ workflow }) => workflow.name).join(` and ${runs} of `)}. Expected: ${isTimeKnown ? formatDuration(likelyMs) : 'nobody knows how long'}, cost ${costText(cost)}.\n`,
  );
  if (!isPaid(cost) || yes === true) {
    return true;
  }
  if (terminal.confirm === undefined) {
    throw new CommandFailure('This may cost money. Say --yes if you want that.');
  }
  const isSure = await terminal.confirm(`Make ${count(2 * runs, 'run')}?`);
  if (!isSure) {
    terminal.err('Nothing was started.\n');
  }
  return isSure;
}

/** Ctrl+C stops what is under way; a closed terminal leaves it to whoever resumes it. */
async function interruptible(
  { sluice }: Session,
  stop: AbortController,
  work: () => Promise<RunsMade>,
): Promise<RunsMade> {
  const interrupt = () => stop.abort();
  const hangUp = () => void sluice.close();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', hangUp);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.off('SIGHUP', hangUp);
  }
}

async function make(
  { sluice, terminal, isolation }: Session,
  workflows: Ways<Workflow>,
  options: CompareOptions & { readonly runs: number },
  signal: AbortSignal,
): Promise<RunsMade> {
  const { runs, atOnce = 1, approve, json } = options;
  return await makeRuns(
    sluice,
    {
      ...{ workflows, inputs: options.input, runs, atOnce, timeoutMs: options.timeout },
      request: {
        maxParallel: options.maxParallel,
        useCache: options.cache === true,
        approveGate: (gate) => approve.includes('all') || approve.includes(gate),
        usualBaseTree: isolation.baseTree,
        landing: isolation.landing,
        onCheckoutChange: isolation.onCheckoutChange,
      },
    },
    {
      began: () => undefined,
      ended: (run, place) => {
        if (json === true) {
          terminal.out(`${JSON.stringify({ type: 'run', ...run })}\n`);
        } else {
          terminal.err(endedLine(run, place, 2 * runs));
        }
      },
    },
    systemClock,
    signal,
  );
}

function keptOf(
  { sluice, now }: Session,
  workflows: Ways<string>,
  { since, last, drawn }: CompareOptions,
  made: readonly ComparedRun[],
): readonly ComparedRun[] {
  return keptRuns(sluice.runs(), {
    workflows,
    since: since === undefined ? undefined : now() - since,
    last,
    onlyDrawn: drawn === true,
    without: new Set(made.map(({ run }) => run)),
    now: now(),
  });
}

function tell(
  { terminal }: Session,
  comparison: Comparison,
  making: Making | undefined,
  { json }: CompareOptions,
): void {
  const notes = notesOf(comparison, making);
  terminal.out(
    json === true
      ? `${JSON.stringify({ type: 'comparison', ...comparison, sentences: sentencesOf(comparison), notes })}\n`
      : `${making === undefined ? '' : '\n'}${comparisonText(terminal, comparison, notes)}`,
  );
}
