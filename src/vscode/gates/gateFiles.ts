import type * as vscode from 'vscode';
import type { FileVersion } from '../../core/domain/event.ts';
import type { GuardedFile } from '../../core/projections/gatePage.ts';
import type { OpenGate } from '../../core/projections/gates.ts';
import { versionUri } from '../output/versionDocuments.ts';
import type { Project } from '../project.ts';
import { withGate } from './tabGate.ts';

/** Shows what became of one file that a gate guards; a file that is new, or gone, is shown as it is, or was. */
export function fileCommand(project: Project, gate: OpenGate, file: GuardedFile): vscode.Command {
  const { path, was, is, task } = file;
  const uriOf = (version: FileVersion) => {
    const uri = versionUri(project, version, path);
    return uri.with({ query: withGate(uri.query, gate) });
  };
  const title = `${path} by ${task} of ${gate.run}`;
  if (was !== undefined && is !== undefined) {
    return {
      command: 'vscode.diff',
      title: 'Show Changes',
      arguments: [uriOf(was), uriOf(is), title],
    };
  }
  const only = is ?? was;
  if (only === undefined) {
    throw new Error(`Internal error: nothing became of ${path}`);
  }
  return { command: 'vscode.open', title: 'Show File', arguments: [uriOf(only)] };
}
