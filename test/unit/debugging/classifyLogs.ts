import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import {
  classifyFault,
  type FaultEvidence,
  type FaultFinding,
} from '../../../src/core/debugging/classify/classify.ts';
import { FAULT_KINDS, type FaultKind } from '../../../src/core/domain/debugging.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/failure-logs');

/** `tuning`: looked at while the rules were written; `held-out`: not. */
export const LOG_SETS = ['tuning', 'held-out'] as const;
export type LogSet = (typeof LOG_SETS)[number];

/** What a tool printed when it failed, and what a person says the failure is. */
export interface FailureLog {
  readonly name: string;
  readonly set: LogSet;
  readonly tool: string;
  readonly kind: FaultKind;
  readonly evidence: FaultEvidence;
}

/** The beginning of such a file. */
interface Front {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly kind: FaultKind;
  readonly reason: string;
  /** Left out: it gave none. */
  readonly code?: number;
  readonly again: readonly number[];
  readonly made: 'by the tool' | 'by hand';
}

export function readFailureLogs(set: LogSet): readonly FailureLog[] {
  const folder = path.join(FOLDER, set);
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => readLog(set, path.join(folder, file)));
}

function readLog(set: LogSet, file: string): FailureLog {
  const [, front = '', log = ''] =
    /^---\n(.*?)\n---\n(.*)$/s.exec(fs.readFileSync(file, 'utf8')) ?? [];
  const { tool, command, kind, reason, code, again } = parse(front) as Front;
  const name = path.basename(file, '.txt');
  assert.ok(FAULT_KINDS.includes(kind), name);
  assert.equal(reason, 'check-failed', name);
  const failure: Failure = { reason: 'check-failed', command, code, tail: log.slice(-2000) };
  return { name, set, tool, kind, evidence: { failure, log, tests: [], again } };
}

export interface Judged {
  readonly log: FailureLog;
  readonly finding: FaultFinding;
}

export function judge(logs: readonly FailureLog[]): readonly Judged[] {
  return logs.map((log) => ({ log, finding: classifyFault(log.evidence) }));
}

export function isRight({ log, finding }: Judged): boolean {
  return log.kind === finding.kind;
}

/** Of 1. */
export function accuracyOf(judged: readonly Judged[]): number {
  return judged.filter(isRight).length / judged.length;
}

/** A row for each kind that is labelled, with how many of them were taken for which kind. */
export function confusionOf(judged: readonly Judged[]): readonly (readonly (string | number)[])[] {
  return FAULT_KINDS.map((kind) => {
    const labelled = judged.filter(({ log }) => log.kind === kind);
    return [
      kind,
      ...FAULT_KINDS.map(
        (taken) => labelled.filter(({ finding }) => finding.kind === taken).length,
      ),
    ];
  });
}

/** `pytest-flaky: timeout, labelled flaky_test: <why>`, one a line. */
export function mistakesOf(judged: readonly Judged[]): string {
  return judged
    .filter((one) => !isRight(one))
    .map(({ log, finding }) => `${log.name}: ${finding.kind}, labelled ${log.kind}: ${finding.why}`)
    .join('\n');
}
