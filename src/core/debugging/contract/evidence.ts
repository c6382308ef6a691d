import { plainText } from '../../base/text.ts';
import type { TestReport } from '../../domain/testReport.ts';

// What a failure printed, cut to the lines that speak of it, and as words that can be compared with names.

/** Characters of a log that are read, from its end. */
const MOST_LOG = 64 * 1024;
/** Characters of a line. */
const MOST_LINE = 1000;
/** Lines of all there is, from the end of the log. */
const MOST_LINES = 400;

/** `test`: the name of a test that failed; `message`: what was said of it; `stack`: where in the code. */
export type EvidenceKind = 'test' | 'message' | 'stack';

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly line: string;
  /** As `wordsOf` has it. */
  readonly words: string;
  readonly identifiers: ReadonlySet<string>;
}

/** A test that passed, as runners print it. */
const PASSED = /^\s*(?:[✓✔√]|ok\b|pass(?:ed)?\b|--- PASS|test .* \.\.\. ok$|.*\bPASSED\b)/iu;
const TEST_FAILED =
  /^\s*(?:not ok\b|[✗✘✖×]|--- FAIL|FAIL(?:ED)?\b|\d+\) |test .* \.\.\. FAILED$|_{3,} .* _{3,}$)/u;
const STACK =
  /^\s*at\s|^\s*File "|^\s*-->\s|^[^\s:()]+\.\w{1,5}(?::\d+|\(\d+)|^\s+[^\s:()]+\.\w{1,5}:\d+|\(.*:\d+(?::\d+)?\)$/u;
const FAILURE =
  /error|exception|fail|assert|expect|actual|panic|undefined|cannot|unable|missing|mismatch|unexpected|timed? ?out|^\s*E\s/iu;

/** Each line once; those of test reports first, then those of the log, the last ones first. */
export function evidenceOf(tests: readonly TestReport[], log: string): readonly Evidence[] {
  const seen = new Map<string, Evidence>();
  const add = (kind: EvidenceKind, text: string): void => {
    const line = text.slice(0, MOST_LINE).trim();
    if (line !== '' && !seen.has(line) && seen.size < MOST_LINES) {
      seen.set(line, { kind, line, words: wordsOf(line), identifiers: identifiersOf(line) });
    }
  };
  for (const { name, message } of tests.flatMap(({ failures }) => failures)) {
    add('test', plainText(name));
    for (const line of plainText(message).split('\n')) {
      add(STACK.test(line.slice(0, MOST_LINE)) ? 'stack' : 'message', line);
    }
  }
  const lines = plainText(log.slice(-MOST_LOG)).split('\n').reverse();
  for (const whole of lines) {
    const line = whole.slice(0, MOST_LINE);
    const kind = PASSED.test(line)
      ? undefined
      : TEST_FAILED.test(line)
        ? 'test'
        : STACK.test(line)
          ? 'stack'
          : FAILURE.test(line)
            ? 'message'
            : undefined;
    if (kind !== undefined) {
      add(kind, line);
    }
  }
  return [...seen.values()];
}

/** Small letters and digits, each word between two blanks: `parseTask_01` is ` parse task 01 `. */
export function wordsOf(text: string): string {
  const parts = text
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return parts === null ? '' : ` ${parts.join(' ')} `;
}

function identifiersOf(line: string): ReadonlySet<string> {
  return new Set(line.match(/[\p{L}\p{N}_$]+/gu) ?? []);
}
