import * as vscode from 'vscode';
import type { BookEntry } from '../../core/projections/runBook.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { census, shownStatus, type ShownStatus } from '../../core/projections/taskRows.ts';
import type { CommandTarget } from '../contributions.ts';
import type { Project, Projects } from '../project.ts';

// What a command works on: the row it was called on, else what the person picks.

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

export interface RunChoice {
  readonly project: Project;
  readonly entry: ReadableRun;
}

export interface GateChoice {
  readonly project: Project;
  readonly gate: OpenGate;
}

export function readableRun(project: Project, run: BookEntry['run']): ReadableRun | undefined {
  const entry = project.sluice.run(run);
  return entry?.kind === 'readable' ? entry : undefined;
}

export interface Question {
  readonly placeHolder: string;
  /** What to say when there is nothing to choose from, as a sentence. */
  readonly nothing: string;
}

/** The run of the row, or one the person picks among those whose status is asked for. */
export async function chooseRun(
  projects: Projects,
  target: CommandTarget | undefined,
  question: Question,
  fits: (status: ShownStatus) => boolean,
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
      const status = shownStatus(entry.state, entry.driven);
      return fits(status)
        ? [
            {
              label: entry.run,
              description: `${status} · ${census(entry.state)}`,
              detail: where(projects, project),
              choice: { project, entry },
            },
          ]
        : [];
    }),
  );
  return pickOne(projects, choices, question);
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
  return pickOne(projects, choices, { placeHolder, nothing: 'No gate waits for you.' });
}

/** One choice is no question; none is told. */
async function pickOne<T>(
  projects: Projects,
  choices: readonly (Omit<vscode.QuickPickItem, 'detail'> & {
    readonly detail: string | undefined;
    readonly choice: T;
  })[],
  { placeHolder, nothing }: Question,
): Promise<T | undefined> {
  const [only] = choices;
  if (choices.length <= 1) {
    if (only === undefined) {
      tellNothing(projects, nothing);
    }
    return only?.choice;
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

/** Says why there is nothing to choose from: what stands in the way of all, else the sentence. */
export function tellNothing(projects: Projects, nothing: string): void {
  const [problem] = projects.problems();
  void vscode.window.showInformationMessage(
    vscode.workspace.workspaceFolders === undefined
      ? 'Open a folder first: agents work in folders.'
      : vscode.workspace.isTrusted
        ? (problem ?? nothing)
        : 'You have not trusted this folder. Until you do, Sluice reads nothing in it and runs nothing.',
  );
}

/** The folder's name where the window has several. */
export function where(projects: Projects, project: Project): string | undefined {
  return projects.all().length > 1 ? project.folder.name : undefined;
}
