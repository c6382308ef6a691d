import * as vscode from 'vscode';
import { thrownMessage } from '../../core/base/text.ts';
import type { TaskId } from '../../core/domain/ids.ts';
import type { TimelineMoment } from '../../core/projections/timelinePicture.ts';
import { clockTime } from '../clockTime.ts';
import type { Command, CommandTarget } from '../contributions.ts';
import { retry, showLog, showOutputOf, tell } from '../messages.ts';
import type { Moments } from '../moments.ts';
import type { ReadableRun } from '../offers.ts';
import type { Projects } from '../project.ts';
import { ask } from './ask.ts';
import { confirm } from './confirm.ts';
import { chooseRun, chooseTask, tellNothing, where, type RunChoice } from './picks.ts';

// What is shown of the past is never asked of it: every request is about the run as it is.

/** Shows a run as it was: tree, graph and panel go by the same moment. */
export function showMoment(projects: Projects, moments: Moments, now: () => number): Command {
  return {
    id: 'sluice.showMoment',
    execute: async (target) => {
      const chosen = await runToLookBackOn(projects, target);
      if (chosen === undefined) {
        return;
      }
      const { project, entry } = chosen;
      await tellFailure(entry, async () => {
        const timeline = await project.sluice.history.timeline(entry.run);
        const seq = await pickMoment(entry, timeline?.moments ?? [], now());
        if (seq !== undefined) {
          await moments.choose(project, entry.run, seq);
        }
      });
    },
  };
}

/** Shows the run as it is again; from the palette, every run. */
export function backToNow(projects: Projects, moments: Moments): Command {
  return {
    id: 'sluice.backToNow',
    execute: async (target) => {
      const runs =
        target !== undefined && 'run' in target ? [target] : shownRuns(projects, moments);
      await Promise.all(runs.map(({ project, run }) => moments.choose(project, run, undefined)));
    },
  };
}

/** On a task while an earlier moment is shown: back to now, and then as Rerun Task. */
export function rerunFromHere(projects: Projects, moments: Moments): Command {
  return {
    id: 'sluice.rerunFromHere',
    execute: async (target) => {
      const question = {
        placeHolder: 'The task to run again, with what came of it',
        nothing: 'No task has ended.',
      };
      const chosen = await chooseTask(projects, target, question, 'rerun');
      if (chosen === undefined) {
        return;
      }
      const { project, entry, row } = chosen;
      const { task } = row;
      if (!row.verbs.includes('rerun')) {
        const state = `${task} of ${entry.run} is ${row.state} now.`;
        void tell(
          'information',
          vscode.l10n.t('{0} It can be run again once it has ended.', state),
          showOutputOf({ kind: 'task', project, run: entry.run, task }),
        );
        return;
      }
      const moment = moments.momentOf(project, entry.run);
      if (await confirm(`Run ${task} again?`, explain(entry, task, moment !== undefined), 'Run')) {
        await moments.choose(project, entry.run, undefined);
        const { actor: by } = project.sluice;
        const again = { kind: 'rerun', task, prompt: undefined, model: undefined } as const;
        const undone = `${task} of ${entry.run} was not run again`;
        await ask({ project, entry }, { ...again, withoutCache: false, by }, undone);
      }
    },
  };
}

/** Tasks that are named one by one; more nobody reads. */
const MOST_NAMED = 12;

function explain(entry: ReadableRun, task: TaskId, isPast: boolean): readonly string[] {
  const behind = begunBehind(entry, task);
  const named = behind.slice(0, MOST_NAMED).map((id) => `• ${id}`);
  const more = behind.length - named.length;
  return [
    isPast ? 'You look at an earlier moment. Sluice goes back to now first.' : '',
    behind.length === 0
      ? 'Nothing that has begun works on what it made: only this task is made again.'
      : [
          'What came of it is made again too:',
          ...named,
          ...(more > 0 ? [`• and ${more} more`] : []),
        ].join('\n'),
    'It works on what the tasks before it have made until now. What ran before stays in the history.',
  ];
}

/** Tasks behind it that have begun: the engine resets them with it. In the order of the plan. */
export function begunBehind({ plan, state }: ReadableRun, task: TaskId): readonly TaskId[] {
  const behind = new Set<TaskId>([task]);
  let before = 0;
  // A plan is in no order of needs: until nothing is added.
  while (before !== behind.size) {
    before = behind.size;
    for (const { id, needs } of plan.tasks) {
      if (needs.some((need) => behind.has(need))) {
        behind.add(id);
      }
    }
  }
  return plan.tasks.flatMap(({ id }) =>
    id !== task && behind.has(id) && state.tasks.get(id)?.kind !== 'pending' ? id : [],
  );
}

/** The run of the row, or one the person picks among all that can be read. */
async function runToLookBackOn(
  projects: Projects,
  target: CommandTarget | undefined,
): Promise<RunChoice | undefined> {
  if (target !== undefined && 'run' in target) {
    return await chooseRun(projects, target, { placeHolder: '', nothing: '' });
  }
  const items = projects.all().flatMap((project) =>
    project.sluice.runs().flatMap((entry) => {
      const folder = where(projects, project);
      return entry.kind === 'readable'
        ? [
            {
              label: entry.run,
              description: `${entry.state.seq} events`,
              ...(folder === undefined ? {} : { detail: folder }),
              choice: { project, entry },
            },
          ]
        : [];
    }),
  );
  if (items.length === 0) {
    tellNothing(projects, 'No run is there to look back on.');
    return undefined;
  }
  const placeHolder = 'The run to look back on';
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.choice;
}

/** The newest first: what has just happened is what people look for. */
async function pickMoment(
  { run, state }: ReadableRun,
  moments: readonly TimelineMoment[],
  now: number,
): Promise<number | undefined> {
  const items = moments.toReversed().map(({ seq, at, text }) => ({
    label: text,
    description: `${clockTime(at, now)} · event ${seq} of ${state.seq}`,
    seq,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Show ${run} as it was`,
    placeHolder: 'The event after which to show it',
    matchOnDescription: true,
  });
  return picked?.seq;
}

function shownRuns(projects: Projects, moments: Moments) {
  return projects
    .all()
    .flatMap((project) =>
      project.sluice
        .runs()
        .flatMap(({ run }) =>
          moments.momentOf(project, run) === undefined ? [] : [{ project, run }],
        ),
    );
}

async function tellFailure(entry: ReadableRun, work: () => Promise<void>): Promise<void> {
  const { run } = entry;
  try {
    await work();
  } catch (thrown) {
    void tell(
      'error',
      vscode.l10n.t('The history of {0} cannot be read: {1}', run, thrownMessage(thrown)),
      retry(() => tellFailure(entry, work)),
      showLog(),
    );
  }
}
