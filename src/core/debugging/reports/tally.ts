import { oneLine, plainText } from '../../base/text.ts';
import {
  MOST_TEST_FAILURES,
  type TestFailure,
  type TestReport,
  type TestReportFormat,
} from '../../domain/testReport.ts';

const MOST_NAME = 500;
const MOST_MESSAGE = 1000;
/** Of a message this much is looked at: colours and blank lines are no part of what is kept. */
const MOST_RAW = 8000;

/** Tests counted while a report is read, with the first failures. */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  readonly failures: TestFailure[] = [];

  get total(): number {
    return this.passed + this.failed + this.skipped;
  }

  /** One that failed. @param path the suites it stands in, outermost first, and its own name */
  fail(path: readonly string[], message: string): void {
    this.failed += 1;
    this.tell(path, message);
  }

  /** What is known of one that is counted already. */
  tell(path: readonly string[], message: string): void {
    if (this.failures.length < MOST_TEST_FAILURES) {
      this.failures.push({ name: nameOf(path), message: firstLines(message) });
    }
  }

  /** What was counted elsewhere. @param suite that it all stands in; empty: in none */
  add(other: Tally, suite = ''): void {
    this.passed += other.passed;
    this.failed += other.failed;
    this.skipped += other.skipped;
    for (const { name, message } of other.failures) {
      if (this.failures.length < MOST_TEST_FAILURES) {
        this.failures.push({ name: nameOf([suite, name]), message });
      }
    }
  }

  report(command: string, format: TestReportFormat, coverage: number | undefined): TestReport {
    const { passed, failed, skipped, failures } = this;
    const counts = { command, format, passed, failed, skipped, failures };
    return coverage === undefined ? counts : { ...counts, coverage };
  }
}

function nameOf(path: readonly string[]): string {
  const parts = path.map((part) => oneLine(part, MOST_NAME)).filter((part) => part !== '');
  return oneLine(parts.join(' › '), MOST_NAME);
}

function firstLines(message: string): string {
  const text = plainText(message.slice(0, MOST_RAW))
    .replace(/^\s*\n/, '')
    .trimEnd();
  // A character outside of the basic plane is two of these, which are not parted.
  return text
    .slice(0, MOST_MESSAGE)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}

/** A count as a report writes it; 0 for what is none. */
export function countOf(written: string | undefined): number {
  const count = written !== undefined && /^\d{1,9}$/.test(written) ? Number(written) : 0;
  return count;
}
