import type { LogRule } from '../rule.ts';

const kind = 'timeout';

export const TIMEOUT_RULES: readonly LogRule[] = [
  {
    name: 'mocha-timeout',
    kind,
    pattern: /\b[Tt]imeout of \d+ms exceeded\b/,
    says: 'A test did not end in time',
  },
  {
    name: 'jest-timeout',
    kind,
    pattern:
      /\bExceeded timeout of \d+ ?ms for a (?:test|hook)|Async callback was not invoked within the/,
    says: 'A test did not end in time',
  },
  {
    // vitest, node:test, Playwright.
    name: 'js-timeout',
    kind,
    pattern:
      /\b(?:[Tt]est|[Hh]ook) timed out (?:in|after) \d+ ?ms|\bTest timeout of \d+ms exceeded|failureType: 'testTimeoutFailure'/,
    says: 'A test did not end in time',
  },
  {
    name: 'pytest-timeout',
    kind,
    pattern:
      /^(?:(?:FAILED|ERROR) .{1,200}? - )?Failed: Timeout (?:\(?>|>)|^\++ Timeout \++$|\bfrom pytest-timeout\b/,
    says: 'A test did not end in time',
  },
  {
    name: 'go-timeout',
    kind,
    pattern: /^panic: test timed out after|^\*\*\* Test killed(?: with quit)?: ran too long/,
    says: 'The tests did not end in time',
  },
  {
    name: 'nextest-timeout',
    kind,
    pattern: /^(?:TIMEOUT|TERMINATING) \[/,
    says: 'A test did not end in time',
  },
  {
    name: 'other-runners',
    kind,
    pattern:
      /\*{3}Timeout\b|\bTestTimedOutException\b|execution timed out after \d+ ms|Timed out retrying after \d+ms|\bTIMEOUT in \d+\.\d+s\b/,
    says: 'A test did not end in time',
  },
  {
    // That a connection takes no answer is told from one that is refused by the clock alone.
    name: 'waited-in-vain',
    kind,
    pattern:
      /\b(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w*_?TIMEOUT)\b|\bcontext deadline exceeded\b|^(?:\w+\.)*(?:TimeoutError|TimeoutExpired|ReadTimeout|ConnectTimeout|ReadTimeoutError|TimeoutException)\b|^Error: (?:deadline has elapsed|Elapsed\(\))|\bdeadline has elapsed\b/,
    says: 'It waited in vain for something',
  },
  {
    name: 'killed-by-the-clock',
    kind,
    pattern:
      /^Stopped after .{1,40}(?:, its time limit|without a word)|^timeout: sending signal |CPU time limit exceeded/,
    says: 'It did not end in time',
  },
  {
    // A warning, and only where nothing else is said the last word.
    name: 'rust-slow',
    kind,
    pattern: /^test .{1,300} has been running for over \d+ seconds$/,
    says: 'A test did not end in time',
  },
];
