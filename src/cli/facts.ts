import { stepCount } from '../core/projections/census.ts';
import { accountOf } from '../core/projections/ledger.ts';
import { questionsOf } from '../core/projections/questions.ts';
import type { BookEntry } from '../core/projections/runBook.ts';
import { cacheOffOf, runReuse } from '../core/projections/reasons.ts';
import { runDuration, shownStatus, taskRows } from '../core/projections/taskRows.ts';
import { checkoutFacts } from './checkoutLines.ts';
import type { ReadableRun } from './session.ts';
import { verbsOf } from './standing.ts';

// What `--json` tells of runs and tasks: the contract of `docs/cli.md`.

export function runFacts(entry: BookEntry, now: number): object {
  return entry.kind === 'unreadable'
    ? { run: entry.run, status: 'unreadable', why: entry.why }
    : {
        run: entry.run,
        workflow: entry.state.workflow,
        status: shownStatus(entry.state, entry.driven),
        createdAt: entry.state.createdAt,
        durationMs: runDuration(entry.state, now),
        steps: stepCount(entry.state),
        by: entry.state.by,
        spent: entry.state.ledger.total,
        reused: runReuse(entry.state),
        checkout: checkoutFacts(entry.state),
        merge: entry.state.merge?.place,
        drawn: entry.plan.drawn,
        damage: entry.damage,
      };
}

/** In the order written. */
export function taskFacts(entry: ReadableRun): { readonly task: string }[] {
  const { plan, state, driven } = entry;
  const estimates = new Map(plan.tasks.map(({ id, estimateMs }) => [id, estimateMs]));
  return taskRows(plan, state, driven).map((row) => {
    const at = state.tasks.get(row.task);
    const landing = state.landings.get(row.task);
    return {
      task: row.task,
      agent: row.step.kind === 'agent' ? row.step.agent : undefined,
      groups: row.groups,
      state: row.state,
      detail: row.detail,
      asks: questionsOf(state, row.task),
      triesAgainAt: row.triesAgainAt,
      goesOnAt: row.goesOnAt,
      estimateMs: row.step.kind === 'agent' ? estimates.get(row.task) : undefined,
      durationMs: row.durationMs,
      reuse: row.reused,
      miss: row.reused === undefined ? state.misses.get(row.task)?.why : undefined,
      cacheOff: cacheOffOf(plan, row.step),
      ledger: accountOf(state, row.task),
      failure: at?.kind === 'failed' ? at.failure : undefined,
      tests: at?.kind === 'succeeded' || at?.kind === 'failed' ? at.tests : undefined,
      mends: row.mends,
      mending: state.mending.get(row.task),
      artifacts: row.artifacts,
      removed: at?.kind === 'succeeded' ? at.removed : [],
      branch: row.branch,
      undone: landing?.kind === 'undone' ? { by: landing.by, at: landing.at } : undefined,
      verbs: verbsOf(entry, row.task),
    };
  });
}
