import { forecastLines, forecastMark } from '../core/projections/forecastText.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { interruptible } from './interrupting.ts';
import { CommandFailure, findRun, type Session } from './session.ts';

/** `sluice forecast`: which results could not be merged now, file by file. */
export async function forecast(
  { sluice, terminal }: Session,
  [text = '']: readonly string[],
  { json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
  const { run } = findRun(sluice, text);
  const looked = await interruptible((signal) => sluice.results.forecast(run, signal));
  if (looked === undefined) {
    return EXIT.cancelled;
  }
  if (!looked.ok) {
    throw new CommandFailure(`There is no forecast of ${run}: ${looked.error}.`, EXIT.failed);
  }
  const found = looked.value;
  if (json) {
    terminal.out(`${JSON.stringify({ run, ...found })}\n`);
  } else {
    const lines = [`${run}: ${forecastMark(found)}`, ...forecastLines(found, found.base)];
    terminal.out(lines.map((line) => `${line}\n`).join(''));
  }
  // Of what was not compared nobody knows that it can be merged.
  return found.conflicts.length + found.uncompared.length === 0 ? EXIT.succeeded : EXIT.failed;
}
