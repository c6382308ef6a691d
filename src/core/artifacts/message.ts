import { count, oneLine } from '../base/text.ts';
import type { LandingRequest } from '../domain/landing.ts';
import { trailerLines } from './trailers.ts';

/** Files named one by one; the tree has the rest. */
const MAX_LISTED = 100;
/** Characters of a subject, as far as names allow it: `git log --oneline` and most pages cut there. */
const LONGEST_SUBJECT = 72;

/**
 * The commit message: what was done in a line, the files, and trailers that say what made them. Made of the request
 * alone, so that equal requests give equal commits.
 */
export function landingMessage(request: LandingRequest): string {
  const { run, task, agent, model, artifacts, removed } = request;
  const listed = [
    ...artifacts.map(({ path }) => ({ path, line: `- ${oneLine(path, 300)}` })),
    ...removed.map(({ path }) => ({ path, line: `- ${oneLine(path, 300)} (removed)` })),
  ].sort((one, other) => (one.path < other.path ? -1 : 1));
  const more = listed.length - MAX_LISTED;
  return [
    subjectOf(request),
    '',
    ...listed.slice(0, MAX_LISTED).map(({ line }) => line),
    ...(more > 0 ? [`- and ${count(more, 'more file')}`] : []),
    '',
    ...trailerLines([
      ['Sluice-Workflow', request.workflow],
      ['Sluice-Run', run],
      ['Sluice-Task', task],
      ['Sluice-Attempt', String(request.attempt)],
      ['Sluice-Correlation', request.correlation],
      ['Sluice-Agent', `${agent.name}${agent.version === undefined ? '' : `@${agent.version}`}`],
      ['Sluice-Model-Requested', model?.requested],
      ['Sluice-Model-Served', model?.served],
      ['Sluice-Prompt-SHA256', request.promptDigest],
      ['Sluice-Cost-USD', request.usd === undefined ? undefined : dollars(request.usd)],
      ['Sluice-Files', String(listed.length)],
      ...request.gates.map(
        ({ gate, decision, by }) => ['Sluice-Gate', `${gate} ${decision} by ${by}`] as const,
      ),
    ]),
    '',
  ].join('\n');
}

/** `api: change src/api.ts`, `tests: add 12 files in test/unit (review-3)`. */
function subjectOf({ run, task, artifacts, removed }: LandingRequest): string {
  const paths = [...artifacts, ...removed].map(({ path }) => path).sort();
  const did = `${task}: ${verbOf(artifacts, removed)}`;
  const [first = 'nothing', second] = paths.map((path) => oneLine(path, 300));
  const named = paths.length > 2 || second === undefined ? first : `${first} and ${second}`;
  const folder = folderOf(paths);
  const counted = `${count(paths.length, 'file')}${folder === '' ? '' : ` in ${oneLine(folder)}`}`;
  const subjects = [
    ...(paths.length > 2 ? [] : [`${did} ${named} (${run})`, `${did} ${named}`]),
    `${did} ${counted} (${run})`,
    `${did} ${counted}`,
  ];
  return (
    subjects.find((subject) => subject.length <= LONGEST_SUBJECT) ??
    `${did} ${count(paths.length, 'file')}`
  );
}

function verbOf(
  artifacts: LandingRequest['artifacts'],
  removed: LandingRequest['removed'],
): 'add' | 'change' | 'remove' {
  if (artifacts.length === 0 && removed.length > 0) {
    return 'remove';
  }
  return removed.length === 0 && artifacts.every(({ was }) => was === undefined) ? 'add' : 'change';
}

/** The folder that all of the paths are in; `''` for the topmost. */
function folderOf(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  const folders = first.split('/').slice(0, -1);
  while (!others.every((path) => path.startsWith(`${folders.join('/')}/`)) && folders.length > 0) {
    folders.pop();
  }
  return folders.join('/');
}

/** Without an exponent, to a millionth. */
function dollars(usd: number): string {
  return usd.toFixed(6).replace(/\.?0+$/, '');
}
