import * as vscode from 'vscode';
import type { RunRequest } from '../../core/domain/request.ts';
import type { RunChoice } from './picks.ts';

/**
 * Asks something of a run; a refusal is told with its reason.
 * @param undone what did not happen then: `lint of code-quality-3 was not stopped`
 */
export async function ask(
  { project, entry }: RunChoice,
  request: RunRequest,
  undone: string,
): Promise<void> {
  const outcome = await project.sluice.request(entry.run, request);
  if (outcome.kind === 'refused') {
    void vscode.window.showWarningMessage(`${undone}: ${outcome.why}.`);
  }
}
