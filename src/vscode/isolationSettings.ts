import * as vscode from 'vscode';
import type { IsolationSettings } from '../core/domain/isolation.ts';
import { ISOLATION_KEYS, OWN_KEYS, readIsolation, type IsolationKey } from './isolationRules.ts';

/** As the settings say now. @param scope the folder, where there is one */
export function isolationSettings(scope?: vscode.Uri): IsolationSettings {
  return readIsolation(writtenIn(scope), gitIncludes(scope)).settings;
}

/** What is wrong in the settings of isolation, as sentences. */
export function isolationProblems(): readonly string[] {
  const passedOver = ISOLATION_KEYS.filter((key) => OWN_KEYS.has(key) && isSetByFolder(key)).map(
    (key) =>
      vscode.l10n.t(
        'sluice.{0} is set by this folder or workspace, where it does not count: a folder must not say so of itself. Set it in your user settings.',
        key,
      ),
  );
  return [...readIsolation(writtenIn(undefined)).problems, ...passedOver];
}

function writtenIn(scope: vscode.Uri | undefined): Partial<Record<IsolationKey, unknown>> {
  const section = vscode.workspace.getConfiguration('sluice', scope);
  return Object.fromEntries(
    ISOLATION_KEYS.map((key) => [
      key,
      OWN_KEYS.has(key) ? section.inspect<unknown>(key)?.globalValue : section.get<unknown>(key),
    ]),
  );
}

function isSetByFolder(key: IsolationKey): boolean {
  const said = vscode.workspace.getConfiguration('sluice').inspect<unknown>(key);
  return said?.workspaceValue !== undefined || said?.workspaceFolderValue !== undefined;
}

/** Globs that VS Code's own Git copies into its worktrees. */
function gitIncludes(scope: vscode.Uri | undefined): readonly string[] {
  const globs: unknown = vscode.workspace
    .getConfiguration('git', scope)
    .get<unknown>('worktreeIncludeFiles');
  return Array.isArray(globs)
    ? globs.filter((glob): glob is string => typeof glob === 'string' && glob !== '')
    : [];
}
