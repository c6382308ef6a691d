import { oneLine } from '../core/base/text.ts';
import type { OnCheckoutChange } from '../core/domain/checkout.ts';
import { DEFAULT_COPY_SETTINGS } from '../core/domain/copySettings.ts';
import {
  parseAuthor,
  type IsolationField,
  type IsolationSettings,
} from '../core/domain/isolation.ts';
import { DEFAULT_LANDING_RULES } from '../core/domain/landing.ts';
import type { BaseTreeKind } from '../core/domain/workflow.ts';
import { branchPrefixFault } from '../core/domain/branchPrefix.ts';

export { branchPrefixFault };

export const DEFAULT_ISOLATION: IsolationSettings = {
  baseTree: 'worktree',
  landing: DEFAULT_LANDING_RULES,
  onCheckoutChange: 'stop',
  copies: DEFAULT_COPY_SETTINGS,
};

export const BASE_TREES: readonly BaseTreeKind[] = ['head', 'worktree'];
export const ON_CHECKOUT_CHANGE: readonly OnCheckoutChange[] = ['stop', 'tell'];

const MB = 1024 * 1024;
/** A terabyte. */
const MOST_MB = 1024 * 1024;

/**
 * What is wrong is told, as sentences, and the default counts in its place.
 * @param written each may be anything
 */
export function readIsolationSettings(
  written: Readonly<Partial<Record<IsolationField, unknown>>>,
): {
  readonly settings: IsolationSettings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  /** @param read `undefined` for what cannot be */
  const setting = <T>(
    field: IsolationField,
    usual: T,
    read: (value: unknown) => T | undefined,
    rule: (value: unknown) => string,
  ): T => {
    const value = written[field];
    const found = value === undefined ? usual : read(value);
    if (found === undefined) {
      problems.push(`${field} ${rule(value)}; until then ${usualText(usual)} counts.`);
    }
    return found ?? usual;
  };
  const { baseTree, landing, onCheckoutChange, copies } = DEFAULT_ISOLATION;
  const settings: IsolationSettings = {
    baseTree: setting('base', baseTree, oneOf(BASE_TREES), () => mustBeOneOf(BASE_TREES)),
    landing: {
      prefix: setting(
        'git.branchPrefix',
        landing.prefix,
        (value) =>
          typeof value === 'string' && branchPrefixFault(value) === undefined ? value : undefined,
        (value) =>
          typeof value === 'string'
            ? `cannot be ${oneLine(JSON.stringify(value), 60)}: it ${branchPrefixFault(value) ?? ''}`
            : 'must be what the names of branches start with, such as "ai/generated"',
      ),
      author: setting(
        'git.author',
        landing.author,
        (value) => (typeof value === 'string' ? parseAuthor(value) : undefined),
        () => `must be ${AUTHOR_RULE}`,
      ),
    },
    onCheckoutChange: setting(
      'checkout.onChange',
      onCheckoutChange,
      oneOf(ON_CHECKOUT_CHANGE),
      () => mustBeOneOf(ON_CHECKOUT_CHANGE),
    ),
    copies: {
      maxBytes: setting(
        'copies.maxSizeMb',
        copies.maxBytes,
        (value) => (isSize(value) ? value * MB : undefined),
        () => `must be a whole number from 1 to ${MOST_MB}`,
      ),
      include: setting('copies.include', copies.include, texts, () => MUST_BE_GLOBS),
      link: setting('copies.link', copies.link, texts, () => MUST_BE_GLOBS),
    },
  };
  return { settings, problems };
}

const MUST_BE_GLOBS = 'must be a list of names or globs, such as ["node_modules"]';

export const AUTHOR_RULE = 'a name and an address, such as "Ada Lovelace <ada@example.org>"';

function mustBeOneOf(values: readonly string[]): string {
  return `must be ${values.map((value) => `"${value}"`).join(' or ')}`;
}

function oneOf<T extends string>(values: readonly T[]): (value: unknown) => T | undefined {
  return (value) => values.find((one) => one === value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_MB;
}

function texts(value: unknown): readonly string[] | undefined {
  const isList =
    Array.isArray(value) &&
    value.every((one): one is string => typeof one === 'string' && one.trim() !== '');
  return isList ? value : undefined;
}

function usualText(usual: unknown): string {
  if (typeof usual === 'number') {
    return String(usual / MB);
  }
  return typeof usual === 'object' && usual !== null && 'email' in usual
    ? `"${DEFAULT_LANDING_RULES.author.name} <${DEFAULT_LANDING_RULES.author.email}>"`
    : JSON.stringify(usual);
}
