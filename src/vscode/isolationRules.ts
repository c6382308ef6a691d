import { oneLine } from '../core/base/text.ts';
import { branchPrefixFault } from '../core/domain/branchPrefix.ts';
import {
  ISOLATION_FIELDS,
  parseAuthor,
  type IsolationField,
  type IsolationSettings,
} from '../core/domain/isolation.ts';
import { DEFAULT_LANDING_RULES } from '../core/domain/landing.ts';
import { settings, type Setting } from './ids.ts';

/** The settings of isolation as they are written: each may be anything; `undefined` is not written. */
export type WrittenIsolation = Readonly<Partial<Record<IsolationKey, unknown>>>;

export const ISOLATION_KEYS = ISOLATION_FIELDS satisfies readonly (keyof Setting)[];
export type IsolationKey = IsolationField;

/**
 * They weaken what protects the checkout, let tasks reach folders of it, or take the user's disk: what a folder says of
 * them does not count.
 */
export const OWN_KEYS: ReadonlySet<IsolationKey> = new Set<IsolationKey>([
  'checkout.onChange',
  'copies.maxSizeMb',
  'copies.link',
]);

export interface ReadIsolation {
  readonly settings: IsolationSettings;
  /** What is wrong in them and what counts until it is repaired, as sentences. */
  readonly problems: readonly string[];
}

const MB = 1024 * 1024;

/** @param alsoIncluded globs that VS Code's own setting names */
export function readIsolation(
  written: WrittenIsolation,
  alsoIncluded: readonly string[] = [],
): ReadIsolation {
  const problems: string[] = [];
  const tell = (key: IsolationKey, what: string, until: string) =>
    problems.push(`sluice.${key} ${what}; until then ${until}.`);
  const read = <Key extends IsolationKey>(key: Key, rule: string, until: string): Setting[Key] => {
    const value: unknown = written[key];
    const { accepts, default: usual } = settings[key];
    if (value === undefined) {
      return usual;
    }
    if (accepts(value)) {
      return value;
    }
    tell(key, rule, until);
    return usual;
  };
  const baseTree = read(
    'base',
    'must be "worktree" or "head"',
    'tasks begin with the working tree',
  );
  const onCheckoutChange = read(
    'checkout.onChange',
    'must be "stop" or "tell"',
    'a run whose checkout changes is paused',
  );
  const maxSizeMb = read(
    'copies.maxSizeMb',
    'must be a whole number from 1 to 1048576',
    `it is ${settings['copies.maxSizeMb'].default}`,
  );
  const include = read('copies.include', 'must be a list of globs', 'it names none');
  const link = read(
    'copies.link',
    'must be a list of names or globs',
    `${settings['copies.link'].default.join(' and ')} are linked`,
  );
  const usualPrefix = settings['git.branchPrefix'].default;
  const writtenPrefix = read('git.branchPrefix', 'must be a text', `it is ${usualPrefix}`);
  const fault = branchPrefixFault(writtenPrefix);
  if (fault !== undefined) {
    const named = oneLine(JSON.stringify(writtenPrefix), 60);
    tell('git.branchPrefix', `${named} ${fault}`, `branches begin with ${usualPrefix}`);
  }
  const usualAuthor = settings['git.author'].default;
  const writtenAuthor = read('git.author', 'must be a text', `commits are by ${usualAuthor}`);
  const author = parseAuthor(writtenAuthor);
  if (author === undefined) {
    const named = oneLine(JSON.stringify(writtenAuthor), 60);
    tell(
      'git.author',
      `${named} is no name and address such as Ada Lovelace <ada@example.org>`,
      `commits are by ${usualAuthor}`,
    );
  }
  return {
    settings: {
      baseTree,
      landing: {
        prefix: fault === undefined ? writtenPrefix : usualPrefix,
        author: author ?? DEFAULT_LANDING_RULES.author,
      },
      onCheckoutChange,
      copies: {
        maxBytes: maxSizeMb * MB,
        include: [...new Set([...include, ...alsoIncluded])],
        link,
      },
    },
    problems,
  };
}
