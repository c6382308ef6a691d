import type { TestReport } from '../../domain/testReport.ts';

/**
 * What a command reported of its tests, in whatever form it did.
 * @param command as one line, kept in the report
 * @param text a file it wrote, or what it printed; of more than 1 MB only the end is read
 * @returns `undefined`: nothing in it tells of tests
 */
export function readTestReport(command: string, text: string): TestReport | undefined {
  void command;
  void text;
  return undefined;
}
