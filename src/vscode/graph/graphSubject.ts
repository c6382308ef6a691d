import { isRunId, type RunId } from '../../core/domain/ids.ts';

/** What a panel shows; kept by VS Code across reloads, so it is parsed when it comes back. */
export type GraphSubject =
  | { readonly folder: string; readonly run: RunId }
  | { readonly folder: string; readonly workflow: string };

export function titleOf(subject: GraphSubject): string {
  return 'run' in subject ? subject.run : subject.workflow;
}

/** The same for the same subject, and for no other. */
export function keyOf(subject: GraphSubject): string {
  return JSON.stringify([
    subject.folder,
    'run' in subject ? ['run', subject.run] : ['workflow', subject.workflow],
  ]);
}

/** The page keeps `{ subject, … }`, as it found it in its body. */
export function parseSubject(state: unknown): GraphSubject | undefined {
  if (typeof state !== 'object' || state === null || !('subject' in state)) {
    return undefined;
  }
  const { subject } = state;
  if (typeof subject !== 'object' || subject === null || !('folder' in subject)) {
    return undefined;
  }
  const { folder } = subject;
  if (typeof folder !== 'string') {
    return undefined;
  }
  if ('run' in subject && typeof subject.run === 'string' && isRunId(subject.run)) {
    return { folder, run: subject.run };
  }
  return 'workflow' in subject && typeof subject.workflow === 'string'
    ? { folder, workflow: subject.workflow }
    : undefined;
}
