import { oneLine } from '../base/text.ts';

// In a share of the runs of a workflow another one is started in its place, so that two ways of doing the same work
// are compared on what people really ask for.

export interface ShareRule {
  /** The other workflow's name. */
  readonly with: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** By the name of the workflow that is asked for. */
export type ShareRules = ReadonlyMap<string, ShareRule>;

export const NO_SHARES: ShareRules = new Map();

export interface ReadShares {
  readonly rules: ShareRules;
  /** What is wrong in them, as sentences; what is wrong is passed over. */
  readonly problems: readonly string[];
}

/** @param written may be anything @param setting what stands before the names, such as `sluice.compare.share` */
export function readShares(written: unknown, setting: string): ReadShares {
  if (written === undefined) {
    return { rules: NO_SHARES, problems: [] };
  }
  if (!isRecord(written)) {
    return { rules: NO_SHARES, problems: [`${setting} ${MUST_BE}; until then it does nothing.`] };
  }
  const problems: string[] = [];
  const rules: [string, ShareRule][] = [];
  for (const [name, rule] of Object.entries(written)) {
    const fault = faultOf(name, rule);
    if (fault !== undefined) {
      const named = oneLine(JSON.stringify(name), 60);
      problems.push(`${setting} of ${named} ${fault}; until then it does nothing.`);
    } else if (isRule(rule)) {
      rules.push([name, { with: rule.with, share: rule.share }]);
    }
  }
  return { rules: new Map(rules), problems };
}

/** @param random from 0 up to 1 */
export function isOtherDrawn({ share }: ShareRule, random: number): boolean {
  return random < share;
}

const MUST_BE =
  'must name workflows, what is started in their place and how often, such as {"build": {"with": "build-alone", "share": 0.5}}';

function faultOf(name: string, rule: unknown): string | undefined {
  if (!isRecord(rule)) {
    return 'must be such as {"with": "build-alone", "share": 0.5}';
  }
  const stranger = Object.keys(rule).find((key) => key !== 'with' && key !== 'share');
  if (stranger !== undefined) {
    return `has ${oneLine(JSON.stringify(stranger), 60)}, which is neither "with" nor "share"`;
  }
  if (typeof rule['with'] !== 'string' || rule['with'] === '') {
    return 'must say "with" which workflow it is compared';
  }
  if (rule['with'] === name) {
    return 'names itself: say another workflow under "with"';
  }
  return isRule(rule) ? undefined : 'must have a "share" from 0 to 1';
}

function isRule(rule: unknown): rule is ShareRule {
  return (
    isRecord(rule) &&
    typeof rule['with'] === 'string' &&
    typeof rule['share'] === 'number' &&
    rule['share'] >= 0 &&
    rule['share'] <= 1
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
