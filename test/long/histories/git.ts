import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gitEnvironment } from '../../support/tempRepository.ts';

const execFileDone = promisify(execFile);

/** Of today: a `gc` takes reflogs that are years old for expired, and with them what people still have. */
const environment = Object.fromEntries(
  Object.entries(gitEnvironment).filter(([name]) => !name.endsWith('_DATE')),
);

/** What a `git` of the user prints, without the line end. Rejects when it fails. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execFileDone('git', [...SMALL, ...args], {
    cwd: folder,
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.replace(/\n$/, '');
}

/**
 * Nothing goes on behind a command's back. No commit graph: where the last ref is gone, `gc --prune=now` leaves in it what
 * it has removed, and `fsck` then finds fault with Git's own work.
 */
const SMALL = ['gc.auto=0', 'maintenance.auto=false', 'gc.writeCommitGraph=false']
  .concat('protocol.file.allow=always')
  .flatMap((setting) => ['-c', setting]);

/** Names of refs that runs of histories may have: their prefixes are `PREFIXES`. */
export const OWN_REF = /^refs\/(?:heads\/(?:ai\/generated|bot\/made)\/|tags\/workflow_)/;
export const PREFIXES = ['ai/generated', 'bot/made'] as const;
/** Refs that another program writes all the time. */
export const BUSY_REF = /^refs\/others\//;

/** Refs by name with what they name, other refs' names resolved. */
export async function refsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const listed = await git(folder, 'for-each-ref', '--format=%(refname)%00%(objectname)');
  return new Map(
    listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\0') as [string, string]),
  );
}

/** What `git fsck` finds wrong; empty when the repository is sound. */
export async function problemsOf(folder: string): Promise<string> {
  try {
    const { stdout, stderr } = await execFileDone(
      'git',
      ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'],
      { cwd: folder, env: environment },
    );
    return /error|warning|bad|missing|broken/i.test(stderr) ? `${stdout}${stderr}` : '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
