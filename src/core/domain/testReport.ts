/** What a command that runs tests has reported. */
export interface TestReport {
  /** The command, as one line. */
  readonly command: string;
  readonly format: TestReportFormat;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The first of them, at most `MOST_TEST_FAILURES`. */
  readonly failures: readonly TestFailure[];
  /** Lines that tests ran, in percent; left out: it does not say. */
  readonly coverage?: number | undefined;
}

export const TEST_REPORT_FORMATS = ['junit', 'tap', 'pytest-json', 'mocha-json', 'text'] as const;
/** `text`: the closing lines that runners print for people. */
export type TestReportFormat = (typeof TEST_REPORT_FORMATS)[number];

export interface TestFailure {
  /** With the suites it stands in, outermost first, joined by ` › `. */
  readonly name: string;
  /** Its first lines, at most 1,000 characters; may be empty. */
  readonly message: string;
}

export const MOST_TEST_FAILURES = 20;
