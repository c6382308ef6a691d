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

/**
 * As `readSettingsFile`, of a file whose settings are the fields of an object.
 * @param fields the names there are; another one is told
 */
export async function readSettingsFields(
  file: string,
  fields: readonly string[],
  log: Log,
): Promise<Readonly<Record<string, unknown>>> {
  const read = await readSettingsFile(file, log);
  if (read === undefined) {
    return {};
  }
  const { value } = read;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    log.warn(`${file} must hold an object, so none of its settings count.`);
    return {};
  }
  for (const stranger of Object.keys(value).filter((name) => !fields.includes(name))) {
    log.warn(`${file} has ${JSON.stringify(stranger)}, which is none of ${fields.join(', ')}.`);
  }
  return value as Readonly<Record<string, unknown>>;
}
