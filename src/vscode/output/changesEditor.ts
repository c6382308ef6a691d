import * as vscode from 'vscode';
import type { FileVersion } from '../../core/domain/event.ts';
import type { Project } from '../project.ts';
import { versionUri } from './versionDocuments.ts';

/** One file of a comparison; not both sides are `undefined`. */
export interface ComparedFile {
  /** What stands above it. */
  readonly path: string;
  /** `undefined`: no file. */
  readonly was: FileVersion | undefined;
  readonly is: FileVersion | undefined;
}

/** More at once, and VS Code's editor takes long to open. */
const MOST_FILES = 1000;

/**
 * VS Code's editor of changes in many files. One with the same title is replaced.
 * @param title VS Code puts the number of files behind it
 */
export async function openComparison(
  project: Project,
  title: string,
  files: readonly ComparedFile[],
): Promise<void> {
  const shown = files.slice(0, MOST_FILES).map(({ path, was, is }): ComparedUris => {
    const [before, after] = namesOf(path, was, is);
    return [
      vscode.Uri.joinPath(project.folder.uri, path),
      was && versionUri(project, was, before),
      is && versionUri(project, is, after),
    ];
  });
  const left = files.length - shown.length;
  const whole = left === 0 ? title : `${title}, the first ${MOST_FILES} shown`;
  await closeOlder(whole);
  await vscode.commands.executeCommand('vscode.changes', whole, shown);
}

type ComparedUris = [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined];

/** Where nothing but the executable bit differs, no line would tell it. */
function namesOf(
  path: string,
  was: FileVersion | undefined,
  is: FileVersion | undefined,
): readonly [string, string] {
  if (was === undefined || is === undefined || was.executable === is.executable) {
    return [path, path];
  }
  return is.executable
    ? [path, `${path} (now executable)`]
    : [path, `${path} (no longer executable)`];
}

/** The command opens an editor anew each time, and people would end with many alike. */
async function closeOlder(title: string): Promise<void> {
  const older = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.filter(({ label, input }) => label.startsWith(`${title} (`) && !isOtherKind(input)),
  );
  if (older.length > 0) {
    await vscode.window.tabGroups.close(older, true);
  }
}

/** VS Code tells extensions no kind for an editor of many files. */
function isOtherKind(input: unknown): boolean {
  return (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputTextDiff ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputWebview ||
    input instanceof vscode.TabInputNotebook ||
    input instanceof vscode.TabInputTerminal
  );
}
