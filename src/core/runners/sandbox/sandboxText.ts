import type { SandboxKind, SandboxRule } from '../../domain/sandbox.ts';

/** What of a rule somebody holds a command to. */
export interface Held {
  /** Processors; `undefined`: it may take any. */
  readonly cpus: number | undefined;
  readonly memory: boolean;
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** `no network, 1 CPU, 2 GB memory, 1 GB disk, 5 min`. What is not held to is said to be without a limit. */
export function amountsOf(rule: SandboxRule, { cpus, memory }: Held): string {
  return [
    'no network',
    cpus === undefined ? 'any CPU' : `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
    memory ? `${sizeText(rule.memoryBytes)} memory` : 'any memory',
    `${sizeText(rule.diskBytes)} disk`,
    timeText(rule.timeoutMs),
  ].join(', ');
}

/** First line of the log of what runs in a sandbox. */
export function sandboxLine(kind: SandboxKind, held: string): string {
  return `sandbox: ${kind}, ${held}`;
}

/** First line of the log of what was to run in a sandbox and does not. */
export function outsideLine(why: string): string {
  return `sandbox: none, it runs outside as a person allowed: ${why}`;
}

function sizeText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  for (; amount >= 1024 && unit < UNITS.length - 1; unit += 1) {
    amount /= 1024;
  }
  return `${Number(amount.toFixed(1))} ${UNITS[unit] ?? ''}`;
}

function timeText(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 60 || seconds % 60 !== 0
    ? `${Number(seconds.toFixed(1))} s`
    : `${seconds / 60} min`;
}
