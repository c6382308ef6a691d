import { unreachable } from '../base/exhaustive.ts';
import type { FaultKind, Fix } from '../domain/debugging.ts';
import { count, oneLine } from '../base/text.ts';
import type { MendingNow } from './mending.ts';
import type { TestReport } from '../domain/testReport.ts';

// Words for what fails and is mended, the same in every face.

/** `implementation bug` */
export function faultText(kind: FaultKind): string {
  return kind.replaceAll('_', ' ');
}

/** What a fix is for and who works on it: `implementation bug → coder`; of a gate `asks you: implementation bug`. */
export function fixText({ fault, agent }: Pick<Fix, 'fault' | 'agent'>): string {
  return agent === undefined
    ? `asks you: ${faultText(fault)}`
    : `${faultText(fault)} → ${oneLine(agent, 60)}`;
}

/** `1 fix`, `2 fixes` */
export function fixesText(fixes: number): string {
  return count(fixes, 'fix', 'fixes');
}

/** What reports of tests come to together. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Percent, the lowest and the highest; `undefined`: none says. */
  readonly coverage: readonly [number, number] | undefined;
}

export function testCounts(reports: readonly TestReport[]): TestCounts {
  const sums = { passed: 0, failed: 0, skipped: 0 };
  const covered: number[] = [];
  for (const { passed, failed, skipped, coverage } of reports) {
    sums.passed += passed;
    sums.failed += failed;
    sums.skipped += skipped;
    covered.push(...(coverage === undefined ? [] : [coverage]));
  }
  const coverage =
    covered.length === 0 ? undefined : ([Math.min(...covered), Math.max(...covered)] as const);
  return { ...sums, coverage };
}

/** `12 tests passed, 1 failed, 2 skipped, 84 % covered`; empty where nothing is known of tests. */
export function testsText(reports: readonly TestReport[] | undefined): string {
  if (reports === undefined || reports.length === 0) {
    return '';
  }
  const { passed, failed, skipped, coverage } = testCounts(reports);
  return [
    passed + failed + skipped === 0 ? 'no tests ran' : `${count(passed, 'test')} passed`,
    ...(failed === 0 ? [] : [`${failed.toLocaleString('en')} failed`]),
    ...(skipped === 0 ? [] : [`${skipped.toLocaleString('en')} skipped`]),
    ...(coverage === undefined ? [] : [`${coverageText(coverage)} covered`]),
  ].join(', ');
}

function coverageText([lowest, highest]: readonly [number, number]): string {
  const percent = (value: number) => String(Math.round(value * 10) / 10);
  return lowest === highest
    ? `${percent(lowest)} %`
    : `${percent(lowest)} to ${percent(highest)} %`;
}

/** What a task waits for while it is mended, or what its next attempt is for. */
export function mendingText(mending: MendingNow): string {
  switch (mending.kind) {
    case 'deciding':
      return 'to be mended';
    case 'fix':
      return `mended by ${mending.fix}`;
    case 'asks':
      return `waits for you at ${mending.gate}`;
    case 'proof':
      return `to be proved with ${mending.fix}`;
    default:
      return unreachable(mending);
  }
}
