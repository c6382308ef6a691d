import type * as vscode from 'vscode';
import { approvalsWith, keyOf, newKey, sharedKey } from '../core/approvalKeys.ts';
import type { Disk } from '../core/base/disk.ts';
import type { Log } from '../core/base/log.ts';
import { thrownMessage } from '../core/base/text.ts';
import type { Approvals } from '../core/domain/approvals.ts';

const SECRET = 'sluice.approvalKey';

/**
 * Seals what is answered in this window with a key that VS Code keeps, where no agent with a shell finds it. What the
 * user's terminal has sealed is taken too.
 */
export function windowApprovals(
  secrets: Pick<vscode.SecretStorage, 'get' | 'store'>,
  disk: Disk,
  configFolder: string,
  log: Log,
): () => Promise<Approvals> {
  const stored = async (): Promise<Uint8Array | undefined> => {
    const own = keyOf(await secrets.get(SECRET));
    if (own !== undefined) {
      return own;
    }
    await secrets.store(SECRET, newKey());
    // Another window may have stored one at the same moment: the one that stands counts.
    return keyOf(await secrets.get(SECRET));
  };
  const load = async (): Promise<Approvals> => {
    const shared = sharedKey(disk, configFolder);
    const own = await stored().catch((thrown: unknown) => {
      log.warn(`VS Code keeps no secrets here: ${thrownMessage(thrown)}`);
      return undefined;
    });
    if (own === undefined) {
      log.warn('Answers at gates are sealed with the key that the terminal uses');
    }
    return approvalsWith(own ?? shared, shared);
  };
  let loading: Promise<Approvals> | undefined;
  return () => {
    loading ??= load().catch((thrown: unknown) => {
      loading = undefined;
      throw thrown;
    });
    return loading;
  };
}
