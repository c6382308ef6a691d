import { open } from 'node:fs/promises';
import type { Check } from '../domain/agent.ts';
import type { Failure } from '../domain/failure.ts';
import type { CheckOutcome } from '../domain/runner.ts';
import type { TestReport } from '../domain/testReport.ts';
import type { AttemptInput } from './inputs.ts';
import type { CopyPort, DriverParts } from './parts.ts';
import type { Prepared } from './preparing.ts';

/** How often a check that failed is run again to see whether it always does. */
const RUNS_AGAIN = 2;
/** How often in a row what once passed and once did not must pass to count as mended. */
const PASSES_IN_A_ROW = 3;
/** Of what a check printed, for its report of tests. */
const MOST_PRINTED = 1024 * 1024;

export interface Checked {
  /** The first check that is not passed; `undefined`: all are. */
  readonly failure: Failure | undefined;
  /** As in `Fault`. */
  readonly again: readonly (number | null)[];
  readonly tests: readonly TestReport[];
}

export interface CheckedWork extends Pick<Prepared, 'agent' | 'env' | 'terms'> {
  readonly input: Pick<AttemptInput, 'state' | 'task' | 'step' | 'attempt'>;
  readonly copy: Pick<CopyPort, 'folder' | 'scratch' | 'logFile'>;
  readonly parts: Pick<DriverParts, 'runCheck' | 'testReport'>;
}

/**
 * Runs the checks of a step one after another, up to the first that fails.
 * @param doubted command of a check that is known to pass at one time and fail at another
 */
export async function runChecks(
  work: CheckedWork,
  doubted: string | undefined,
  signal: AbortSignal,
): Promise<Checked> {
  const tests: TestReport[] = [];
  for (const check of work.input.step.checks) {
    const command = lineOf(check);
    const times = command === doubted ? PASSES_IN_A_ROW : 1;
    for (let time = 1; time <= times; time += 1) {
      const { outcome, report } = await runReported(check, work, signal);
      if (signal.aborted) {
        return { failure: { reason: 'cancelled' }, again: [], tests };
      }
      if (report !== undefined && time === 1) {
        tests.push(report);
      }
      if (outcome.code !== 0) {
        const { code, tail } = outcome;
        if (outcome.failure?.reason === 'no-sandbox') {
          // It says nothing of the work.
          return { failure: outcome.failure, again: [], tests };
        }
        const failure: Failure = { reason: 'check-failed', command, code, tail };
        return { failure, again: await againOf(check, code, [0], work, signal), tests };
      }
    }
  }
  return { failure: undefined, again: [], tests };
}

/** What a command whose work it is to judge has reported, and, where it failed, whether it always does. */
export async function checkedCommand(
  work: CheckedWork,
  failure: Failure | undefined,
  signal: AbortSignal,
): Promise<Checked> {
  const { agent, copy, parts } = work;
  if (agent.runner.kind !== 'command' || work.input.step.debug === undefined) {
    return { failure, again: [], tests: [] };
  }
  const { command, limits, successCodes } = agent.runner;
  const check: Check = { command, timeoutMs: limits.timeoutMs };
  const printed = await printedSince(copy.logFile, 0);
  const report = await parts.testReport(check, printed, copy.folder);
  const code = failure?.reason === 'exited' ? failure.code : undefined;
  return {
    failure,
    again: await againOf(check, code, successCodes, work, signal),
    tests: report === undefined ? [] : [report],
  };
}

/** Exit codes of a check that has failed, run again; ends with the first that is good. */
async function againOf(
  check: Check,
  code: number | undefined,
  good: readonly number[],
  work: CheckedWork,
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  const codes: (number | null)[] = [];
  // Who gave no code ran too long or could not be started: that is no matter of chance.
  const times = code === undefined || work.input.step.debug === undefined ? 0 : RUNS_AGAIN;
  while (codes.length < times && !signal.aborted && !codes.some((one) => isGood(one, good))) {
    codes.push((await work.parts.runCheck(requestOf(check, work), signal)).code ?? null);
  }
  return codes;
}

function isGood(code: number | null, good: readonly number[]): boolean {
  return code !== null && good.includes(code);
}

async function runReported(
  check: Check,
  work: CheckedWork,
  signal: AbortSignal,
): Promise<{ readonly outcome: CheckOutcome; readonly report: TestReport | undefined }> {
  const { copy, parts } = work;
  const begin = await sizeOf(copy.logFile);
  const outcome = await parts.runCheck(requestOf(check, work), signal);
  const printed = await printedSince(copy.logFile, begin);
  return { outcome, report: await parts.testReport(check, printed, copy.folder) };
}

function requestOf(check: Check, { input, copy, env, terms }: CheckedWork) {
  return {
    run: input.state.run,
    task: input.task.id,
    attempt: input.attempt,
    command: check.command,
    timeoutMs: check.timeoutMs,
    folder: copy.folder,
    scratch: copy.scratch,
    env,
    logFile: copy.logFile,
    sandbox: check.sandbox ?? terms.sandbox,
  };
}

export function lineOf({ command }: Pick<Check, 'command'>): string {
  return command.join(' ');
}

async function sizeOf(file: string): Promise<number> {
  const opened = await openOrNothing(file);
  try {
    return opened === undefined ? 0 : (await opened.stat()).size;
  } finally {
    await opened?.close();
  }
}

/** The end of what stands in the file from there on. */
async function printedSince(file: string, begin: number): Promise<string> {
  const opened = await openOrNothing(file);
  try {
    if (opened === undefined) {
      return '';
    }
    const { size } = await opened.stat();
    const from = Math.max(begin, size - MOST_PRINTED);
    const { buffer, bytesRead } = await opened.read({
      buffer: Buffer.alloc(Math.max(0, size - from)),
      position: from,
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await opened?.close();
  }
}

async function openOrNothing(file: string) {
  try {
    return await open(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw thrown;
  }
}
