import assert from 'node:assert/strict';
import { agentsNamed, readWorkflowText, said, sourceOf, unmark } from './marked.ts';

// Each case is a file with «…» around the range of each problem, in reading order, and ‹…› around
// the places told beside it. What is expected to be said follows.

type Case = [title: string, marked: string, ...problems: string[]];

const FILE = '.sluice/workflows/w.yaml';
const AGENTS = agentsNamed('eslint', 'tsc', 'reporter');

/** @param others files beside it, by their workflows' names */
export function check(cases: readonly Case[], others: Readonly<Record<string, string>> = {}): void {
  for (const [title, marked, ...problems] of cases) {
    it(title, () => {
      const { text, ranges, related } = unmark(marked);
      const entry = readWorkflowText(
        sourceOf(FILE, text),
        AGENTS,
        ...Object.entries(others).map(([name, other]) =>
          sourceOf(`.sluice/workflows/${name}.yaml`, other),
        ),
      );
      assert.deepEqual(said(entry.diagnostics), problems);
      assert.deepEqual(
        entry.diagnostics.map(({ range }) => range),
        ranges,
      );
      assert.deepEqual(
        entry.diagnostics
          .flatMap((diagnostic) => diagnostic.related)
          .filter(({ file }) => file === FILE)
          .map(({ range }) => range),
        related,
      );
      const warnings = entry.diagnostics.every(({ severity }) => severity === 'warning');
      assert.equal(entry.kind, warnings ? 'valid' : 'invalid');
    });
  }
}
