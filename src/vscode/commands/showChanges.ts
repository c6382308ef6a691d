import * as vscode from 'vscode';
import { count } from '../../core/base/text.ts';
import type { RunId, TaskId } from '../../core/domain/ids.ts';
import type { FileChange } from '../../core/domain/merge.ts';
import { plannedById } from '../../core/projections/taskRows.ts';
import type { Command, CommandTarget } from '../contributions.ts';
import { tell } from '../messages.ts';
import { openGate, shownGate } from '../gates/gateTarget.ts';
import type { GateTabs } from '../gates/gateTabs.ts';
import { guardedBy, type ReadableRun } from '../offers.ts';
import { openComparison, type ComparedFile } from '../output/changesEditor.ts';
import type { Project, Projects } from '../project.ts';
import { chooseRun, readableRun, type GateChoice, type RunChoice } from './picks.ts';

/** Shows what a task, a whole run, or what a gate guards has done to files. */
export function showChanges(projects: Projects, tabs: GateTabs): Command {
  return {
    id: 'sluice.showChanges',
    execute: async (called) => {
      const target = called ?? tabs.active();
      const chosen = await chooseRun(projects, target, QUESTION, 'changes');
      if (chosen === undefined) {
        return;
      }
      const { project, entry } = chosen;
      const gate = target?.kind === 'task' ? openGate(target) : undefined;
      if (gate !== undefined) {
        await showGateChanges({ project, gate }, tabs);
        return;
      }
      const tasks = await chooseTasks(chosen, target);
      if (tasks !== undefined) {
        await openChanges(project, entry.run, tasks);
      }
    },
  };
}

/** What a gate guards, as it is now: an answer from that editor counts for this alone. */
export async function showGateChanges(
  { project, gate }: GateChoice,
  tabs: Pick<GateTabs, 'shows'>,
): Promise<void> {
  const entry = readableRun(project, gate.run);
  if (entry !== undefined) {
    const shown = guarded(entry, gate.task);
    tabs.shows(shown.title, shownGate(project, gate));
    await openChanges(project, gate.run, shown);
  }
}

function guarded({ run, plan }: ReadableRun, gate: TaskId): Shown {
  return { title: `What ${gate} of ${run} guards`, tasks: guardedBy(plan, gate) };
}

const QUESTION = {
  placeHolder: 'The run whose changes to show',
  nothing: 'No task has changed a file yet.',
};

/** Whose changes are shown, and what stands on the tab before how many they are. */
interface Shown {
  readonly title: string;
  readonly tasks: readonly TaskId[];
}

async function chooseTasks(
  { project, entry }: RunChoice,
  target: CommandTarget | undefined,
): Promise<Shown | undefined> {
  const { run, plan } = entry;
  if (target?.kind === 'task') {
    const planned = plannedById(plan).get(target.task);
    return planned?.step.kind === 'gate'
      ? guarded(entry, target.task)
      : { title: `${target.task} of ${run}`, tasks: [target.task] };
  }
  const whole: Shown = { title: run, tasks: plan.tasks.map(({ id }) => id) };
  const changed = whole.tasks.flatMap((task) => {
    const files = project.sluice.results.changes(run, task).length;
    return files === 0 ? [] : [{ task, files }];
  });
  if (target !== undefined || changed.length < 2) {
    return whole;
  }
  const items = [
    { label: 'All of the run', description: count(changed.length, 'task'), shown: whole },
    ...changed.map(({ task, files }) => ({
      label: task,
      description: count(files, 'file'),
      shown: { title: `${task} of ${run}`, tasks: [task] },
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: `Whose changes in ${run} to show`,
  });
  return picked?.shown;
}

/** VS Code puts their number behind the title: `build of code-quality-1 (3 files)`. What nobody changed is told. */
async function openChanges(project: Project, run: RunId, { title, tasks }: Shown): Promise<void> {
  const changes = tasks.flatMap((task) =>
    project.sluice.results.changes(run, task).map((change) => ({ task, change })),
  );
  if (changes.length === 0) {
    void tell('information', vscode.l10n.t('{0}: no file was changed.', title));
    return;
  }
  await openComparison(project, title, changes.map(comparedFile));
}

/** Two tasks may have changed one path: so each stands below its task's name. */
function comparedFile({
  task,
  change,
}: {
  readonly task: TaskId;
  readonly change: FileChange;
}): ComparedFile {
  const { path, was, is } = change;
  return { path: `${task}/${path}`, was, is };
}

/** What those tasks of a run did to files, as one. */
export async function showChangesOf(
  project: Project,
  run: RunId,
  tasks: readonly TaskId[],
): Promise<void> {
  if (readableRun(project, run) !== undefined) {
    await openChanges(project, run, { title: run, tasks });
  }
}
