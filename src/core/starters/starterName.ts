import * as problems from './starterProblems.ts';

export type StarterKind = 'agent' | 'workflow';

/** What has a name already, and where. */
export interface NameHolder {
  readonly name: string;
  /** Relative to the folder, with `/`. */
  readonly file: string;
}

/** Names that Windows takes for devices, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Why a new agent or workflow cannot have this name, as a sentence; `undefined`: it can. The name is
 * its file's too, so two names that differ in case alone are one on some systems.
 */
export function nameFault(
  kind: StarterKind,
  name: string,
  holders: readonly NameHolder[],
): string | undefined {
  if (name === '') {
    return problems.noName();
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,58}[A-Za-z0-9])?$/.test(name)) {
    return problems.badName(name);
  }
  if (/^readme/i.test(name)) {
    return problems.unlistedName(name);
  }
  if (DEVICE.test(name)) {
    return problems.deviceName(name);
  }
  const holder = holders.find((other) => other.name.toLowerCase() === name.toLowerCase());
  return holder && problems.takenName(kind, holder.name, holder.file);
}
