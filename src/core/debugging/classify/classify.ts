import { oneLine } from '../../base/text.ts';
import type { FaultKind } from '../../domain/debugging.ts';
import type { Failure } from '../../domain/failure.ts';
import type { TestReport } from '../../domain/testReport.ts';
import { linesOf, type LogLine } from './logLines.ts';
import type { AutoFix } from './packages.ts';
import type { LogRule, Seen, Step } from './rule.ts';
import { CODE_RULES, SERVICE_RULES, SYNTAX_RULES, VALUE_RULES } from './rules/code.ts';
import { CONTRACT_RULES } from './rules/contract.ts';
import { MISSING_RULES } from './rules/missing.ts';
import { TIMEOUT_RULES } from './rules/timeouts.ts';

/** What is known of a failure that may be mended. */
export interface FaultEvidence {
  readonly failure: Failure;
  /** The end of what it printed, at most 64 KB. */
  readonly log: string;
  readonly tests: readonly TestReport[];
  /** Exit codes of the failed check, run again at once in the same copy; `undefined`: it gave none. */
  readonly again: readonly (number | undefined)[];
}

export interface FaultFinding {
  readonly kind: FaultKind;
  /** What shows it: one sentence, quoting the line that decided. */
  readonly why: string;
  /** There where mending it needs no understanding. */
  readonly autoFix?: AutoFix;
}

/** One way to see what a failure is; `undefined`: it does not say. */
type Way = (clues: Clues) => FaultFinding | undefined;

interface Clues {
  readonly evidence: FaultEvidence;
  readonly lines: readonly LogLine[];
}

/**
 * The steps of the log, causes before their consequences:
 * 1. What is not there makes whatever needs it fail in any way at all.
 * 2. Code that cannot be parsed has no exports, methods or types: their lack is no breach of what was agreed.
 * 3. Where tests and work do not speak of the same interface, what values come out says little.
 * 4. A wrong value is a fact. Waiting does not make one, but what stops at a wrong value may let others wait.
 * 5. A service that refuses is told at once; who asks it again and again runs out of time.
 * 6. Of a timeout the runner makes an exception, and after it hooks throw others.
 * 7. What is left to say that code is wrong.
 */
const STEPS = {
  missing: { name: 'something is not there', rules: MISSING_RULES },
  syntax: { name: 'it cannot be parsed', rules: SYNTAX_RULES },
  contract: { name: 'it is not as agreed', rules: CONTRACT_RULES },
  values: { name: 'it gives wrong values', rules: VALUE_RULES },
  services: { name: 'somebody does not answer', rules: SERVICE_RULES },
  timeouts: { name: 'it does not end', rules: TIMEOUT_RULES },
  code: { name: 'the code is wrong', rules: CODE_RULES },
} as const satisfies Readonly<Record<string, Step>>;

/** By name, for tests. */
export const LOG_RULES: readonly LogRule[] = Object.values(STEPS).flatMap(({ rules }) => rules);

/**
 * Tried in this order. What Sluice saw itself goes before what a program printed, and what a program printed before the
 * code it ended with, unless the code is one that only says so of something else: 127 of a command that is not there,
 * 124 of `timeout`.
 */
const WAYS: readonly Way[] = [
  itPassedWhenRunAgain,
  itsReasonSaysSo,
  inLog(STEPS.missing),
  endedWith([127], 'missing_dependency', 'It ended with code 127: a command was not found'),
  inLog(STEPS.syntax),
  inLog(STEPS.contract),
  endedWith([124], 'timeout', 'It ended with code 124: a time limit stopped it'),
  inLog(STEPS.values),
  inLog(STEPS.services),
  inLog(STEPS.timeouts),
  inLog(STEPS.code),
  endedWith(
    [126],
    'implementation_bug',
    'It ended with code 126: a file is no program that may be run',
  ),
  endedWith([132, 134, 135, 136, 139], 'implementation_bug', 'It crashed'),
  aSignalSaysSo,
];

/** What a failure is. Of everything it is given it reads a bounded part, and it never throws. */
export function classifyFault(evidence: FaultEvidence): FaultFinding {
  const clues = { evidence, lines: linesOf(...printedBy(evidence)) };
  for (const way of WAYS) {
    const finding = way(clues);
    if (finding !== undefined) {
      return finding;
    }
  }
  const last = clues.lines.at(-1);
  return last === undefined
    ? { kind: 'test_failure', why: 'It failed and printed nothing.' }
    : { kind: 'test_failure', why: quoting('No rule says more than its last line', last.text) };
}

/** The part of the log that is of the check which failed, and what its report says. */
function printedBy({ failure, log, tests }: FaultEvidence): readonly string[] {
  const tail = 'tail' in failure ? failure.tail : '';
  const printed = failure.reason === 'check-failed' ? ofCheck(log, failure.command) : log;
  const messages = tests.flatMap(({ failures }) => failures.map(({ message }) => message));
  return [printed.trim() === '' ? tail : printed, ...messages];
}

/** Before it stand what the attempt and other checks printed; each check begins with its command behind a `$`. */
function ofCheck(log: string, command: string): string {
  const wanted = unquoted(`$ ${command}`);
  const lines = log.split('\n');
  const at = lines.findLastIndex((line) => line.startsWith('$ ') && unquoted(line) === wanted);
  return at === -1 ? log : lines.slice(at + 1).join('\n');
}

function unquoted(line: string): string {
  return line.replace(/['"\\]/g, '').trim();
}

function itPassedWhenRunAgain({ evidence: { again } }: Clues): FaultFinding | undefined {
  const at = again.indexOf(0);
  return at === -1
    ? undefined
    : {
        kind: 'flaky_test',
        why: `The same check passed when it was run again in the same copy (run ${at + 2} of ${again.length + 1}).`,
      };
}

/** What Sluice itself found, and no program printed. */
function itsReasonSaysSo({ evidence: { failure } }: Clues): FaultFinding | undefined {
  switch (failure.reason) {
    case 'timed-out':
      return {
        kind: 'timeout',
        why:
          failure.limit === 'wall'
            ? 'It ran longer than it may.'
            : 'It was silent for longer than it may be.',
      };
    case 'bad-product':
      return {
        kind: 'spec_mismatch',
        why: quoting(
          `The file ${oneLine(failure.path, 80)} is not as its schema says`,
          failure.problems[0] ?? '',
        ),
      };
    // Nothing is to be agreed on: the work is not finished, or went too far.
    case 'not-produced':
      return {
        kind: 'implementation_bug',
        why: quoting('It ended without having made a file it declares', failure.paths[0] ?? ''),
      };
    case 'out-of-bounds':
      return {
        kind: 'implementation_bug',
        why: quoting('It changed a file that is not its own', failure.paths[0] ?? ''),
      };
    default:
      return undefined;
  }
}

const CRASHES: ReadonlySet<string> = new Set(
  'SIGSEGV SIGABRT SIGBUS SIGILL SIGFPE SIGTRAP SIGSYS'.split(' '),
);

function aSignalSaysSo({ evidence: { failure } }: Clues): FaultFinding | undefined {
  if (failure.reason !== 'signalled') {
    return undefined;
  }
  const signal = oneLine(failure.signal, 40);
  if (failure.signal === 'SIGXCPU') {
    return { kind: 'timeout', why: `It was ended by ${signal}: it used up its time.` };
  }
  // Who sent another one is not known: it may have been the system for want of memory, or a person.
  return CRASHES.has(failure.signal)
    ? { kind: 'implementation_bug', why: `It crashed, ended by ${signal}.` }
    : { kind: 'test_failure', why: `It was ended by ${signal}, and nobody said why.` };
}

function endedWith(codes: readonly number[], kind: FaultKind, says: string): Way {
  return ({ evidence: { failure }, lines }) => {
    const code = 'code' in failure ? failure.code : undefined;
    return code !== undefined && codes.includes(code)
      ? { kind, why: quoting(says, lines.at(-1)?.text ?? '') }
      : undefined;
  };
}

function inLog({ rules }: Step): Way {
  return ({ lines }) => {
    for (const at of lines.keys()) {
      for (const rule of rules) {
        const seen = seenBy(rule, lines, at);
        if (seen !== undefined) {
          return findingOf(rule, seen);
        }
      }
    }
    return undefined;
  };
}

function seenBy(rule: LogRule, lines: readonly LogLine[], at: number): Seen | undefined {
  const line = lines[at];
  if (line === undefined || (line.isRetold && rule.retold !== true)) {
    return undefined;
  }
  const match = rule.pattern.exec(line.text);
  if (match === null) {
    return undefined;
  }
  const group = match.slice(1).find((one: string | undefined) => one !== undefined) ?? '';
  const seen = { lines, at, group };
  return rule.holds === undefined || rule.holds(seen) ? seen : undefined;
}

function findingOf(rule: LogRule, seen: Seen): FaultFinding {
  const autoFix = rule.autoFix?.(seen);
  const line = rule.quotes?.(seen) ?? seen.lines[seen.at]?.text ?? '';
  const why = quoting(rule.says, line);
  return { kind: rule.kind, why, ...(autoFix === undefined ? {} : { autoFix }) };
}

const LONGEST_QUOTE = 200;

/** `A program is not installed: "sh: 1: jq: not found".` */
function quoting(says: string, line: string): string {
  const quoted = oneLine(line, LONGEST_QUOTE);
  return quoted === '' ? `${says}.` : `${says}: "${quoted}".`;
}
