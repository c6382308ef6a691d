import assert from 'node:assert/strict';
import type { Fix, Position } from '../../../src/core/domain/diagnostic.ts';
import { agentsNamed, readWorkflowText, said, sourceOf, unmark } from './marked.ts';

// Each case is a file with «…» around the range of each problem, in reading order, and ‹…› around
// the places told beside it. What is expected to be said follows.

type Case = [title: string, marked: string, ...problems: string[]];

const FILE = '.sluice/workflows/w.yaml';
const AGENTS = agentsNamed('eslint', 'tsc', 'reporter');

/** @param others files beside it, by their workflows' names */
export function check(
  cases: readonly Case[],
  others: Readonly<Record<string, string>> = {},
  agents = AGENTS,
): void {
  for (const [title, marked, ...problems] of cases) {
    it(title, () => {
      const { text, ranges, related } = unmark(marked);
      const entry = readWorkflowText(
        sourceOf(FILE, text),
        agents,
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
      const isRight = entry.diagnostics.every(({ severity }) => severity !== 'error');
      assert.equal(entry.kind, isRight ? 'valid' : 'invalid');
    });
  }
}

/**
 * Files with a problem that can be repaired: what the repair of the first such is called, and the file
 * after it, in which the problem is gone and no other has come.
 */
type FixCase = [title: string, before: string, fix: string, after: string];

export function checkFixes(
  cases: readonly FixCase[],
  others: Readonly<Record<string, string>> = {},
  agents = AGENTS,
  file = FILE,
): void {
  for (const [title, before, fix, after] of cases) {
    it(title, () => {
      const read = (text: string) =>
        readWorkflowText(
          sourceOf(file, text),
          agents,
          ...Object.entries(others).map(([name, other]) =>
            sourceOf(`.sluice/workflows/${name}.yaml`, other),
          ),
        );
      const { diagnostics } = read(before);
      const diagnostic = diagnostics.find(({ fixes }) => fixes !== undefined);
      assert.ok(diagnostic, said(diagnostics).join('\n') || 'nothing is wrong');
      const [first] = diagnostic.fixes ?? [];
      assert.equal(first?.title, fix);
      const repaired = applied(before, first);
      assert.equal(repaired, after);
      const left = said(read(repaired).diagnostics);
      assert.ok(!left.includes(`${diagnostic.code}: ${diagnostic.message}`), left.join('\n'));
      assert.ok(left.length < diagnostics.length, left.join('\n'));
    });
  }
}

export function applied(text: string, { edits }: Fix): string {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(index + end.length);
  }
  const offset = ({ line, column }: Position) => (starts[line - 1] ?? 0) + column - 1;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (done, { range, text: replacement }) =>
        done.slice(0, offset(range.start)) + replacement + done.slice(offset(range.end)),
      text,
    );
}
