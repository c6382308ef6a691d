import * as vscode from 'vscode';
import type { RunRequest } from '../../core/domain/request.ts';
import { retry, showGraphOf, tell } from '../messages.ts';
import type { RunChoice } from './picks.ts';

/**
 * Asks something of a run; a refusal is told with its reason.
 * @param undone what did not happen then: `lint of code-quality-3 was not stopped`
 */
export async function ask(chosen: RunChoice, request: RunRequest, undone: string): Promise<void> {
  const { project, entry } = chosen;
  const outcome = await project.sluice.request(entry.run, request);
  if (outcome.kind === 'refused') {
    void tell(
      'warning',
      vscode.l10n.t('{0}, because {1}.', undone, outcome.why),
      showGraphOf({ kind: 'run', project, run: entry.run }),
      ...(outcome.passes === true ? [retry(() => ask(chosen, request, undone))] : []),
    );
  }
}
