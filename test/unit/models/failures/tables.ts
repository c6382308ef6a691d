import { CALL_FAILURES, type CallFailureKind } from '../../../../src/core/domain/call.ts';
import {
  DETECTION,
  type DetectionRule,
  type ProviderFamily,
} from '../../../../src/core/models/failures/detection.ts';
import { REMEDIES } from '../../../../src/core/models/failures/remedy.ts';

// The tables of docs/failures.md, made from the code they are about.

const FAMILIES: Readonly<Record<ProviderFamily, string>> = {
  any: 'any',
  anthropic: 'Anthropic',
  openai: 'OpenAI and those like it',
  google: 'Google',
  vscode: 'VS Code',
};

export function detectionTable(): string {
  return table([
    ['failure', 'provider', 'status', 'name, type or code in the error', 'words'],
    ...DETECTION.map((rule) => [
      `\`${rule.kind}\``,
      FAMILIES[rule.of ?? 'any'],
      (rule.statuses ?? []).join(', '),
      (rule.codes ?? []).map((code) => `\`${code}\``).join(', '),
      words(rule),
    ]),
  ]);
}

function words({ says, withoutRetryAfter, page }: DetectionRule): string {
  return [
    says === undefined ? '' : `\`${says.source.replaceAll('|', '\\|')}\``,
    withoutRetryAfter === true ? 'no Retry-After' : '',
    page === true ? 'a web page instead of JSON' : '',
  ]
    .filter((text) => text !== '')
    .join('; ');
}

export function remedyTable(): string {
  return table([
    ['failure', 'tries', 'wait before the next', 'next model', 'who is told'],
    ...CALL_FAILURES.map((kind) => [
      `\`${kind}\``,
      tries(kind),
      wait(kind),
      { never: 'no', 'at-once': 'at once', after: 'when the tries are used up' }[
        REMEDIES[kind].fallback
      ],
      REMEDIES[kind].told,
    ]),
  ]);
}

function tries(kind: CallFailureKind): string {
  const { attempts } = REMEDIES[kind];
  return attempts === 1 ? '1' : String(attempts);
}

function wait(kind: CallFailureKind): string {
  const { attempts, firstMs, lastMs } = REMEDIES[kind];
  if (attempts === 1) {
    return '–';
  }
  const [first, last] = [firstMs / 1000, lastMs / 1000];
  return first === last ? `up to ${first} s` : `up to ${first} s, doubling up to ${last} s`;
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Cells of all tables of a page, without what a formatter does to them. */
export function rowsOf(page: string): readonly string[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) => line.replace(/\s*(?<!\\)\|\s*/g, '|'));
}
