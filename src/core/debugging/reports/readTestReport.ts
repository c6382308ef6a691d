import type { TestReport } from '../../domain/testReport.ts';
import { readCoverage } from './coverage.ts';
import { readJsonReport } from './jsonReports.ts';
import { readJunit } from './junit.ts';
import { readTap } from './tap.ts';
import { readTextSummary } from './textSummary.ts';

export { readCoverage } from './coverage.ts';

/** Characters that are looked at, from the end: of a longer text the rest is not worth its time. */
const MOST_TEXT = 8 * 1024 * 1024;

/**
 * What a command reported of its tests, in whatever form it did: JUnit XML, the JSON of pytest or mocha, TAP, or the
 * closing lines that runners print for people. The text may be anybody's: it is only looked at, in linear time.
 * @param command as one line, kept in the report
 * @param text a file it wrote, or what it printed
 * @returns `undefined`: nothing in it tells how tests ended
 */
export function readTestReport(command: string, text: string): TestReport | undefined {
  const read = text.slice(-MOST_TEXT).replace(/\r\n?/g, '\n');
  const json = readJsonReport(read);
  if (json !== undefined) {
    return json.tally.report(command, json.format, readCoverage(read));
  }
  const junit = readJunit(read);
  if (junit !== undefined) {
    return junit.report(command, 'junit', readCoverage(read));
  }
  const tap = readTap(read);
  if (tap?.isSure === true) {
    return tap.tally.report(command, 'tap', readCoverage(read));
  }
  const summary = readTextSummary(read);
  return (
    summary?.report(command, 'text', readCoverage(read)) ??
    tap?.tally.report(command, 'tap', readCoverage(read))
  );
}
