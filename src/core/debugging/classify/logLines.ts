import { plainText } from '../../base/text.ts';

// A log is what programs printed, some of them hostile. What is read of it is bounded here, so that no rule
// needs to think of it: so many lines, each so long.

/** The end of a log, in characters. */
const MOST_READ = 65_536;
/** A longer line is cut: no tool says in its 500th character what is wrong. */
const LONGEST_LINE = 500;
/** Of the end. A log of 64 KB with more has lines of a dozen characters: a progress bar, or nonsense. */
const MOST_LINES = 5000;

export interface LogLine {
  /** Without the runner's margin (pytest's `E`, the `#` of TAP); never empty. */
  readonly text: string;
  /**
   * True for a line that tells what others said: one side of a comparison, or what an assertion compared. A program
   * under test may print the words of any error.
   */
  readonly isRetold: boolean;
  /** True where pytest marks it as a part of what went wrong; beside it stand lines of the source. */
  readonly isMarked: boolean;
}

/** @param texts oldest first; each ends with its last line */
export function linesOf(...texts: readonly string[]): readonly LogLine[] {
  return texts
    .flatMap((text) => plainText(text.slice(-MOST_READ)).split('\n'))
    .flatMap(lineOf)
    .slice(-MOST_LINES);
}

function lineOf(line: string): LogLine[] {
  const whole = line.slice(0, LONGEST_LINE).trim();
  const text = whole.replace(MARGIN, '');
  return text === ''
    ? []
    : [{ text, isRetold: RETOLD.test(text), isMarked: PYTEST_MARGIN.test(whole) }];
}

const PYTEST_MARGIN = /^E {2,}/;
const MARGIN = /^(?:E {2,}|# (?=\w*Error\b))/;
/** `-a`, `+ a`, but not `--- FAIL` or `+++ Timeout`; and the line in which an assertion compares. */
const RETOLD =
  /^(?:[-+](?![-+])|(?:\w+\.)*Assert\w*(?: \[\w+\])?: |assert |(?:Expected|Received|expected|actual)\b[^:]{0,30}: )/;
