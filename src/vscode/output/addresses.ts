import * as vscode from 'vscode';
import type { RunId, TaskId } from '../../core/domain/ids.ts';
import type { Project } from '../project.ts';

// An address names the project in its query and run, task and file in its path, so a document restored after a reload
// finds its text again.

export const OUTPUT = 'sluice-output';
export const ARTIFACT = 'sluice-artifact';
export const MERGE = 'sluice-merge';

export function outputUri(project: Project, run: RunId, task: TaskId): vscode.Uri {
  return vscode.Uri.from({
    scheme: OUTPUT,
    path: `/${run}/${task}.log`,
    query: project.folder.uri.toString(),
  });
}

export function artifactUri(project: Project, run: RunId, task: TaskId, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: ARTIFACT,
    path: `/${run}/${task}/${path}`,
    query: project.folder.uri.toString(),
  });
}

/** What the check printed that a merge of the run stopped at. */
export function mergeLogUri(project: Project, run: RunId): vscode.Uri {
  return vscode.Uri.from({
    scheme: MERGE,
    path: `/${run}/merge of ${run}.log`,
    query: project.folder.uri.toString(),
  });
}
