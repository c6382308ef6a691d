// Whether a page of ours can be used by everybody, as far as a program can tell: axe-core, run inside the page.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame } from 'playwright-core';

/** One rule that a page breaks. */
export interface AxeViolation {
  /** `color-contrast`, `button-name`, … */
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** Where: a CSS selector and what axe says of it, one for each element. */
  readonly at: readonly string[];
}

export interface AxeOptions {
  /** A CSS selector; by default the whole page. */
  readonly within?: string;
  /** Rules that do not hold for a page inside a window of VS Code, with the reason beside the call. */
  readonly without?: readonly string[];
}

/** What axe gives back, as far as it is read. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly {
      readonly target: readonly unknown[];
      readonly failureSummary?: string;
    }[];
  }[];
}

/** What the page knows of axe once its script has run there. */
interface AxePage {
  readonly axe?: {
    run(within: unknown, options: unknown): Promise<AxeResults>;
  };
  readonly document: { querySelector(selector: string): unknown };
}

const source = fs.readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Those of a whole site: a webview has no title, no landmarks and no language of its own that anybody sees. */
const OF_SITES = [
  'document-title',
  'html-has-lang',
  'landmark-one-main',
  'page-has-heading-one',
  'region',
];

/** What is wrong with the page; empty: nothing that axe finds. The page's own policy stays in force. */
export async function violationsIn(
  frame: Frame,
  { within, without = [] }: AxeOptions = {},
): Promise<readonly AxeViolation[]> {
  // Through the debugger: the page's Content Security Policy lets no other script in, and stays as it is.
  const isThere = await frame.evaluate(() => (globalThis as unknown as AxePage).axe !== undefined);
  if (!isThere) {
    await frame.evaluate(source);
  }
  const results = await frame.evaluate(
    async ({ selector, rules }) => {
      const { axe, document } = globalThis as unknown as AxePage;
      if (axe === undefined) {
        throw new Error('axe-core did not run in the page.');
      }
      const root = selector === undefined ? document : document.querySelector(selector);
      if (root === null) {
        throw new Error(`The page has no ${String(selector)}.`);
      }
      return await axe.run(root, {
        resultTypes: ['violations'],
        rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: false }])),
      });
    },
    { selector: within, rules: [...OF_SITES, ...without] },
  );
  return results.violations.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? 'unknown',
    help,
    at: nodes.map(
      ({ target, failureSummary = '' }) =>
        `${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ').trim()}`,
    ),
  }));
}

/** For the message of an assertion: a rule, and below it where it is broken. */
export function violationText(violations: readonly AxeViolation[]): string {
  return violations
    .map(({ rule, impact, help, at }) =>
      [`${rule} (${impact}): ${help}`, ...at.map((place) => `  ${place}`)].join('\n'),
    )
    .join('\n');
}
