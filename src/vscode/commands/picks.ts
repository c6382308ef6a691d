import * as vscode from 'vscode';
import type { RunId, TaskId } from '../../core/domain/ids.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import type { AskedQuestion } from '../../core/projections/questions.ts';
import {
  census,
  plannedById,
  shownStatus,
  taskRow,
  taskRows,
  type TaskRow,
} from '../../core/projections/taskRows.ts';
import type { CommandTarget } from '../contributions.ts';
import { manageTrust, openFolder, retry, showLog, tell, type MessageAction } from '../messages.ts';
import {
  runOffers,
  taskOffers,
  type ReadableRun,
  type RunOffer,
  type TaskOffer,
} from '../offers.ts';
import type { Project, Projects } from '../project.ts';

// What a command works on: the row it was called on, else what the person picks.

export interface RunChoice {
  readonly project: Project;
  readonly entry: ReadableRun;
}

export interface TaskChoice extends RunChoice {
  readonly row: TaskRow;
}

export interface GateChoice {
  readonly project: Project;
  readonly gate: OpenGate;
}

export interface QuestionChoice {
  readonly project: Project;
  readonly question: AskedQuestion;
}

export function readableRun(project: Project, run: RunId): ReadableRun | undefined {
  const entry = project.sluice.run(run);
  return entry?.kind === 'readable' ? entry : undefined;
}

export interface Question {
  readonly placeHolder: string;
  /** What to say when there is nothing to choose from, as a sentence. */
  readonly nothing: string;
}

/** The run of the row, or one the person picks among those of which one of `offers` can be asked. */
export async function chooseRun(
  projects: Projects,
  target: CommandTarget | undefined,
  question: Question,
  ...offers: readonly RunOffer[]
): Promise<RunChoice | undefined> {
  if (target !== undefined && 'run' in target) {
    const entry = readableRun(target.project, target.run);
    return entry === undefined ? undefined : { project: target.project, entry };
  }
  const choices = projects.all().flatMap((project) =>
    project.sluice.runs().flatMap((entry) => {
      if (entry.kind !== 'readable') {
        return [];
      }
      const offered = runOffers(entry);
      return offers.some((offer) => offered.includes(offer))
        ? [
            {
              label: entry.run,
              description: `${shownStatus(entry.state, entry.driven)} · ${census(entry.state)}`,
              detail: where(projects, project),
              choice: { project, entry },
            },
          ]
        : [];
    }),
  );
  return pickOne(projects, choices, question);
}

/** The task of the row, or one the person picks among those of which `offer` can be asked, of the row's run or of all. */
export async function chooseTask(
  projects: Projects,
  target: CommandTarget | undefined,
  question: Question,
  offer: TaskOffer,
): Promise<TaskChoice | undefined> {
  if (target?.kind === 'task') {
    const entry = readableRun(target.project, target.run);
    const row = entry && rowOf(entry, target.task);
    return entry && row && { project: target.project, entry, row };
  }
  const runs: readonly RunChoice[] =
    target?.kind === 'run'
      ? [readableRun(target.project, target.run) ?? []]
          .flat()
          .map((entry) => ({ project: target.project, entry }))
      : projects
          .all()
          .flatMap((project) =>
            project.sluice
              .runs()
              .flatMap((entry) => (entry.kind === 'readable' ? { project, entry } : [])),
          );
  const choices = runs.flatMap(({ project, entry }) =>
    rowsOf(entry)
      .filter((row) => taskOffers(entry, row).includes(offer))
      .map((row) => ({
        label: row.task,
        description: [
          entry.run,
          row.state === 'unknown' ? vscode.l10n.t('needs a look') : row.state,
        ].join(' · '),
        detail: where(projects, project),
        choice: { project, entry, row },
      })),
  );
  // Nobody is to stop or skip a task whose name they have not seen.
  return pickOne(projects, choices, question, true);
}

/** `undefined`: the run has no such task. */
function rowOf({ plan, state, driven }: ReadableRun, task: TaskId): TaskRow | undefined {
  const planned = plannedById(plan).get(task);
  return planned && taskRow(plan, planned, state, driven);
}

function rowsOf({ plan, state, driven }: ReadableRun): TaskRow[] {
  return taskRows(plan, state, driven);
}

/** The gate of the row, or one the person picks among those that wait. */
export async function chooseGate(
  projects: Projects,
  target: CommandTarget | undefined,
  placeHolder: string,
): Promise<GateChoice | undefined> {
  if (target?.kind === 'task') {
    const gate = target.project.sluice
      .openGates()
      .find(({ run, task }) => run === target.run && task === target.task);
    return gate === undefined ? undefined : { project: target.project, gate };
  }
  const choices = projects.all().flatMap((project) =>
    project.sluice.openGates().map((gate) => ({
      label: gate.task,
      description: gate.run,
      detail: gate.ask,
      choice: { project, gate },
    })),
  );
  return pickOne(projects, choices, {
    placeHolder,
    nothing: vscode.l10n.t('No gate waits for you.'),
  });
}

/** The question of the row or of the row's task, or one the person picks among those that wait. */
export async function chooseQuestion(
  projects: Projects,
  target: CommandTarget | undefined,
  placeHolder: string,
): Promise<QuestionChoice | undefined> {
  const isMeant = ({ run, id, tasks }: AskedQuestion) =>
    target === undefined ||
    !('run' in target) ||
    (run === target.run &&
      (target.kind === 'question'
        ? id === target.question
        : target.kind !== 'task' || tasks.includes(target.task)));
  const choices = projects.all().flatMap((project) =>
    project.sluice
      .openQuestions()
      .filter((question) =>
        target !== undefined && target.project !== project ? false : isMeant(question),
      )
      .map((question) => ({
        label: question.tasks.join(', '),
        description: question.run,
        detail: question.text,
        choice: { project, question },
      })),
  );
  return pickOne(projects, choices, {
    placeHolder,
    nothing: vscode.l10n.t('No agent asks you anything.'),
  });
}

/** No choice is told. One is no question, unless a question says otherwise. */
async function pickOne<T>(
  projects: Projects,
  choices: readonly (Omit<vscode.QuickPickItem, 'detail'> & {
    readonly detail: string | undefined;
    readonly choice: T;
  })[],
  { placeHolder, nothing }: Question,
  evenOne = false,
): Promise<T | undefined> {
  const [first, ...others] = choices;
  if (first === undefined) {
    tellNothing(projects, nothing);
    return undefined;
  }
  if (others.length === 0 && !evenOne) {
    return first.choice;
  }
  const items = choices.map(({ detail, ...rest }) => ({
    ...rest,
    ...(detail === undefined ? {} : { detail }),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
  });
  return picked?.choice;
}

/**
 * Says why there is nothing to choose from: what stands in the way of all, else the sentence.
 * @param actions what makes something to choose from
 */
export function tellNothing(
  projects: Projects,
  nothing: string,
  ...actions: readonly MessageAction[]
): void {
  const [problem] = projects.problems();
  if (vscode.workspace.workspaceFolders === undefined) {
    void tell(
      'information',
      vscode.l10n.t('Open a folder first: agents work in folders.'),
      openFolder(),
    );
  } else if (!vscode.workspace.isTrusted) {
    void tell(
      'information',
      vscode.l10n.t(
        'You have not trusted this folder. Until you do, Sluice reads nothing in it and runs nothing.',
      ),
      manageTrust(),
    );
  } else if (problem !== undefined) {
    void tell(
      'warning',
      problem,
      showLog(),
      retry(() => vscode.commands.executeCommand('sluice.refresh')),
    );
  } else {
    void tell('information', nothing, ...actions);
  }
}

/** The folder's name where the window has several. */
export function where(projects: Projects, project: Project): string | undefined {
  return projects.all().length > 1 ? project.folder.name : undefined;
}
