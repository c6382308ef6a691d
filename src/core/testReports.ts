import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from './domain/agent.ts';
import type { TestReport } from './domain/testReport.ts';

/** Bytes of a report file that are read. */
const MOST_REPORT = 1024 * 1024;

/**
 * What a check has reported of tests: in the file it names, else in what it printed. A report that is not there, or is
 * none, counts as none.
 * @param folder of the copy, absolute
 */
export async function testReportOf(
  check: Check,
  printed: string,
  folder: string,
): Promise<TestReport | undefined> {
  // Its readers are loaded with the first check.
  const { readCoverage, readTestReport } = await import('./debugging/reports/readTestReport.ts');
  const command = check.command.join(' ');
  const written = check.report === undefined ? undefined : await fileIn(folder, check.report);
  const report = written === undefined ? undefined : readTestReport(command, written);
  if (report === undefined) {
    return readTestReport(command, printed);
  }
  // Coverage is mostly printed, also by those who write their report to a file.
  const coverage = report.coverage ?? readCoverage(printed);
  return coverage === undefined ? report : { ...report, coverage };
}

async function fileIn(folder: string, report: string): Promise<string | undefined> {
  try {
    const file = await open(path.join(folder, report));
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_REPORT) });
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
