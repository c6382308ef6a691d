import { isDigest, type Digest } from '../../core/base/digest.ts';
import { isRunId, type RunId, type TaskId } from '../../core/domain/ids.ts';

// A version of a file that is shown because a gate asks about it says so in its address: an editor of it, also one that
// is restored, knows its gate.

export interface NamedGate {
  /** The project's folder, as a URI. */
  readonly folder: string;
  readonly run: RunId;
  readonly task: TaskId;
  readonly digest: Digest;
}

/** The query of an address, with the gate in it. */
export function withGate(
  query: string,
  { run, task, digest }: Pick<NamedGate, 'run' | 'task' | 'digest'>,
): string {
  const named = new URLSearchParams(query);
  named.set('gateRun', run);
  named.set('gateTask', task);
  named.set('gateDigest', digest);
  return named.toString();
}

/** `undefined`: it names none. */
export function gateIn(query: string): NamedGate | undefined {
  const named = new URLSearchParams(query);
  const [folder = '', run = '', task = '', digest = ''] = [
    ...['folder', 'gateRun', 'gateTask', 'gateDigest'].map((name) => named.get(name) ?? ''),
  ];
  return folder !== '' && isRunId(run) && task !== '' && isDigest(digest)
    ? { folder, run, task: task as TaskId, digest }
    : undefined;
}

/** VS Code puts the number of files behind the title of an editor of many. */
export function isTitledTab(label: string, title: string): boolean {
  return label.startsWith(`${title} (`);
}

/** VS Code puts words of the user's language before the name of a page that is shown rendered. */
export function isPageTab(label: string, name: string): boolean {
  return label === name || label.endsWith(` ${name}`);
}
