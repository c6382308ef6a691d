import type { OnCheckoutChange } from './checkout.ts';
import type { CopySettings } from './copySettings.ts';
import type { Author, LandingRules } from './landing.ts';
import type { BaseTreeKind } from './workflow.ts';

/** How runs are kept apart from the user's files, as the user has set it. */
export interface IsolationSettings {
  /** What copies are made of, where the workflow does not say. */
  readonly baseTree: BaseTreeKind;
  readonly landing: LandingRules;
  readonly onCheckoutChange: OnCheckoutChange;
  readonly copies: CopySettings;
}

/** Names of the settings, as they are VS Code's after `sluice.`. */
export const ISOLATION_FIELDS = [
  'base',
  'git.branchPrefix',
  'git.author',
  'checkout.onChange',
  'copies.maxSizeMb',
  'copies.include',
  'copies.link',
] as const;
export type IsolationField = (typeof ISOLATION_FIELDS)[number];

/** `Name <address>`; `undefined`: Git would not read it back as it was written. */
export function parseAuthor(text: string): Author | undefined {
  const [, name = '', email = ''] =
    /^\s*([^<>\p{Cc}]*[^<>\p{Cc}\s])\s*<([^<>\s\p{Cc}]+)>\s*$/u.exec(text) ?? [];
  // Git leaves such characters out at both ends, and takes no name of which nothing is left.
  const isNamed = /[^\s.,:;"'\\]/.test(name);
  return isNamed && email !== '' && text.length <= MAX_LENGTH
    ? { name: name.trim(), email }
    : undefined;
}

const MAX_LENGTH = 300;
