import { count, oneLine } from '../base/text.ts';
import type { LandingRequest } from '../domain/landing.ts';

/** Files named one by one; the tree has the rest. */
const MAX_LISTED = 100;

/**
 * The commit message: a subject, the files, and trailers that `git interpret-trailers` and
 * `git log --format='%(trailers)'` read. Made of the request alone, so that equal requests give equal commits.
 */
export function landingMessage(request: LandingRequest): string {
  const { run, task, agent } = request;
  const paths = request.artifacts.map((artifact) => artifact.path).sort();
  const more = paths.length - MAX_LISTED;
  return [
    `${task}: artifacts of ${run}`,
    '',
    ...paths.slice(0, MAX_LISTED).map((path) => `- ${oneLine(path, 300)}`),
    ...(more > 0 ? [`- and ${count(more, 'more file')}`] : []),
    '',
    trailer('Sluice-Workflow', request.workflow),
    trailer('Sluice-Run', run),
    trailer('Sluice-Task', task),
    trailer('Sluice-Attempt', String(request.attempt)),
    trailer(
      'Sluice-Agent',
      `${agent.name}${agent.version === undefined ? '' : `@${agent.version}`}`,
    ),
    trailer('Sluice-Prompt-SHA256', request.promptDigest),
    ...request.approvals.map(({ gate, by }) => trailer('Sluice-Approved-By', `${by} (${gate})`)),
    '',
  ].join('\n');
}

function trailer(name: string, value: string): string {
  return `${name}: ${oneLine(value)}`;
}
