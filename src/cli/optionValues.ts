import { InvalidArgumentError } from 'commander';
import type { Author } from '../core/domain/landing.ts';
import { parseAuthor } from '../core/domain/isolation.ts';
import { AUTHOR_RULE, branchPrefixFault } from './isolationSettings.ts';

// How values of options are read. What cannot be is refused with the rule, before anything is done.

export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

export function collectInput(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at <= 0) {
    throw new InvalidArgumentError('Write it as key=value.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function repeated(value: string, before: string[]): string[] {
  return [...before, value];
}

export function branchPrefix(text: string): string {
  const fault = branchPrefixFault(text);
  if (fault !== undefined) {
    throw new InvalidArgumentError(`It ${fault}.`);
  }
  return text;
}

export function author(text: string): Author {
  const read = parseAuthor(text);
  if (read === undefined) {
    throw new InvalidArgumentError(`It must be ${AUTHOR_RULE}.`);
  }
  return read;
}

/** It stands on a line of its own in commit messages. */
export function correlationId(text: string): string {
  if (!/^[\x21-\x7e]{1,200}$/.test(text)) {
    throw new InvalidArgumentError(
      'It must be 1 to 200 letters, digits and signs, without blanks.',
    );
  }
  return text;
}

const AGE = /^(\d{1,6})(m|h|d|w)$/;
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** @returns milliseconds */
export function age(text: string): number {
  const [, amount, unit] = AGE.exec(text) ?? [];
  if (amount === undefined) {
    throw new InvalidArgumentError('It must be minutes, hours, days or weeks: 30m, 12h, 30d, 8w.');
  }
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

const DURATION = /^(\d{1,6})(s|m|h)$/;

/** A timer counts no longer. */
const LONGEST_MS = UNITS.w;

/** @returns milliseconds, more than none */
export function duration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  const ms =
    Number(amount ?? 0) * { s: 1000, m: 60_000, h: 3_600_000 }[(unit ?? 's') as 's' | 'm' | 'h'];
  if (ms === 0 || ms > LONGEST_MS) {
    throw new InvalidArgumentError(
      'It must be seconds, minutes or hours, at most a week: 90s, 10m, 2h.',
    );
  }
  return ms;
}
