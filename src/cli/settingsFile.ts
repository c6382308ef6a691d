import fs from 'node:fs/promises';
import { hasCode } from '../core/base/disk.ts';
import type { Log } from '../core/base/log.ts';
import { thrownMessage } from '../core/base/text.ts';

/**
 * What a file of the user's settings holds as JSON; `undefined`: it is not there, or has a fault, which is told and
 * passed over, as most commands do without it. @param file absolute
 */
export async function readSettingsFile(
  file: string,
  log: Log,
): Promise<{ readonly value: unknown } | undefined> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      log.warn(`${file} cannot be read: ${thrownMessage(error)}`);
    }
    return undefined;
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    log.warn(`${file} is not JSON, so none of its settings count: ${thrownMessage(error)}`);
    return undefined;
  }
}
