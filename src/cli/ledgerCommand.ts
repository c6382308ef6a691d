import { oneLine } from '../core/base/text.ts';
import { costText, tokensText } from '../core/projections/amounts.ts';
import { amountsText, changeText, ledgerOf, modelText } from '../core/projections/ledger.ts';
import { reusedAmountsText, runReuse } from '../core/projections/reasons.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { findRun, type Session } from './session.ts';
import { table } from './terminal.ts';

/** `sluice ledger`: what each task asked of which model, and what all of it cost. */
export function ledger(
  { sluice, terminal }: Session,
  [text = '']: readonly string[],
  options: { readonly json?: true },
): Promise<ExitCode> {
  const { run, state } = findRun(sluice, text);
  const page = ledgerOf(state);
  const reuse = runReuse(state);
  const reused = reuse.tasks === 0 ? '' : `Reused: ${reusedAmountsText(reuse)}\n`;
  if (options.json) {
    for (const account of page.tasks) {
      terminal.out(`${JSON.stringify({ run, ...account })}\n`);
    }
    terminal.out(`${JSON.stringify({ run, total: page.total, reused: reuse })}\n`);
    return Promise.resolve(EXIT.succeeded);
  }
  if (page.tasks.length === 0) {
    terminal.out(`${run} has asked no model.\n${reused}`);
    return Promise.resolve(EXIT.succeeded);
  }
  terminal.out(
    table(
      page.tasks.flatMap(({ task, models }) =>
        models.map((model) => [
          task,
          modelText(model),
          model.calls === 1 ? '1 call' : `${model.calls} calls`,
          tokensText(model.inputTokens + model.outputTokens),
          costText(model),
          model.failedCalls === 0 ? '' : `${model.failedCalls} failed`,
        ]),
      ),
    ),
  );
  for (const { task, changes } of page.tasks) {
    for (const { from, to, why } of changes) {
      const told = `${task} changed from ${from} to ${to}: ${changeText(why)}`;
      terminal.out(`${oneLine(told, Infinity)}\n`);
    }
  }
  terminal.out(`In all: ${amountsText(page.total)}\n${reused}`);
  return Promise.resolve(EXIT.succeeded);
}
