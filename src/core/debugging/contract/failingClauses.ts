import type { TestReport } from '../../domain/testReport.ts';
import { clausesOf, type Clause, type KnownClause } from './clauses.ts';
import type { Contract } from './contractSchema.ts';
import { evidenceOf, wordsOf, type Evidence, type EvidenceKind } from './evidence.ts';

export const MOST_FAILING_CLAUSES = 5;

// How much a find speaks for a clause. Only their order matters: a test that names a clause goes before the code it
// tries, and that before code which is merely in a stack.
const TEST_ID: Readonly<Record<EvidenceKind, number>> = { test: 100, message: 60, stack: 60 };
const TEST_SENTENCE: Readonly<Record<EvidenceKind, number>> = { test: 90, message: 50, stack: 0 };
const COVERED = 0.8;
const NAMED: Readonly<Record<EvidenceKind, number>> = { test: 55, message: 50, stack: 40 };
/** Of a find that names only the file something lives in. */
const IN_FILE = 15;
const SEEN_ERROR = 52;
/** A second line that says the same counts, but never as much as a better one. */
const ONCE_MORE = 0.5;
const MOST_ONCE_MORE = 4;
/** Of an error, words that are compared: one word alone says nothing. */
const LEAST_ERROR_WORDS = 2;

/**
 * Which clauses of a contract a failure concerns: the best first, at most `MOST_FAILING_CLAUSES`; empty when nothing
 * in what it printed is named by the contract. What tests and programs print is not trusted: it only chooses clauses.
 */
export function failingClauses(
  contract: Contract,
  { tests, log }: { readonly tests: readonly TestReport[]; readonly log: string },
): readonly Clause[] {
  const evidence = evidenceOf(tests, log);
  const clauses = clausesOf(contract);
  const scores = new Map<KnownClause, number>();
  for (const clause of clauses) {
    const score = scoreOf(clause, evidence);
    if (score > 0) {
      scores.set(clause, score);
    }
  }
  for (const [clause, score] of [...scores]) {
    for (const covered of coveredBy(clause, clauses)) {
      scores.set(covered, Math.max(scores.get(covered) ?? 0, score * COVERED));
    }
  }
  return (
    [...scores]
      // Sorting is stable: of two that are as likely the first of the contract is told first.
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_FAILING_CLAUSES)
      .map(([{ pointer, text }]) => ({ pointer, text }))
  );
}

function scoreOf(clause: KnownClause, evidence: readonly Evidence[]): number {
  const finds = finder(clause);
  let best = 0;
  let more = 0;
  for (const one of evidence) {
    const found = finds(one);
    if (found > 0 && best > 0) {
      more += ONCE_MORE;
    }
    best = Math.max(best, found);
  }
  return best + Math.min(more, MOST_ONCE_MORE);
}

/** How much a line speaks for the clause, 0 or more. */
function finder(clause: KnownClause): (evidence: Evidence) => number {
  const { name, seen, file, within, test } = clause;
  if (test !== undefined) {
    const id = wordsOf(name ?? '');
    const sentence = wordsOf(test.sentence);
    return ({ kind, words }) =>
      words.includes(id)
        ? TEST_ID[kind]
        : isTelling(sentence) && words.includes(sentence)
          ? TEST_SENTENCE[kind]
          : 0;
  }
  if (seen !== undefined) {
    const phrases = phrasesIn(seen);
    const codes = codesIn(seen);
    return (one) =>
      one.kind !== 'stack' &&
      (codes.some((code) => one.identifiers.has(code)) ||
        phrases.some((phrase) => one.words.includes(phrase)))
        ? SEEN_ERROR
        : 0;
  }
  const isNamed = nameFinder(name ?? '', within?.name);
  return (one) => {
    if (isNamed(one)) {
      return NAMED[one.kind];
    }
    // What is in a file is all of it: only the interface is told, not each of its methods.
    return file !== undefined && within === undefined && namesFile(one.line, file) ? IN_FILE : 0;
  };
}

/** @param owner of a method or a field: a word such as `get` alone is not enough to tell it by */
function nameFinder(name: string, owner: string | undefined): (one: Evidence) => boolean {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) {
    const words = wordsOf(name);
    return words === '' ? () => false : (one) => one.words.includes(words);
  }
  const isPlain = !isCode(name);
  return (one) =>
    one.identifiers.has(name) &&
    (!isPlain ||
      (owner === undefined && one.kind === 'test') ||
      (owner !== undefined && one.identifiers.has(owner)) ||
      isUsedAsCode(one.line, name));
}

/** What no sentence has as a word: `parseTask`, `due_at`, `HTTP2`. */
function isCode(name: string): boolean {
  return /[\p{Ll}\p{N}]\p{Lu}|[_$\p{N}]|^\p{Lu}\p{Ll}+\p{Lu}/u.test(name);
}

/** Called, a member, or in quotes. */
function isUsedAsCode(line: string, name: string): boolean {
  for (let at = line.indexOf(name); at >= 0; at = line.indexOf(name, at + name.length)) {
    const before = line[at - 1] ?? ' ';
    const after = line[at + name.length] ?? ' ';
    const isWhole = !/[\p{L}\p{N}_$]/u.test(before) && !/[\p{L}\p{N}_$]/u.test(after);
    const isQuoted = /['"`]/.test(before) && before === after;
    if (isWhole && (isQuoted || after === '(' || before === '.')) {
      return true;
    }
  }
  return false;
}

/** The path as a whole, or the end of a longer one: not `src/task.ts` in `src/task.tsx` or in `other-src/task.ts`. */
function namesFile(line: string, file: string): boolean {
  const text = line.replaceAll('\\', '/');
  const at = text.indexOf(file);
  const before = text[at - 1] ?? ' ';
  const after = text[at + file.length] ?? ' ';
  return at >= 0 && !/[\w.-]/.test(before) && !/[\w-]/.test(after);
}

/** What a caller reads: what stands in quotes, or else all of it. */
function phrasesIn(seen: string): readonly string[] {
  const quoted = [...seen.matchAll(/["'`“]([^"'`”]+)["'`”]/g)].map(([, inner]) => inner ?? '');
  return (quoted.length > 0 ? quoted : [seen])
    .map(wordsOf)
    .filter((words) => wordCount(words) >= LEAST_ERROR_WORDS);
}

/** Names of errors and codes in what a caller sees: `EmptyTitle`, `E_NOT_FOUND`. */
function codesIn(seen: string): readonly string[] {
  return (seen.match(/[\p{L}\p{N}_$]+/gu) ?? []).filter(
    (word) => /^\p{L}/u.test(word) && word.length > 3 && isCode(word),
  );
}

function coveredBy({ test }: KnownClause, clauses: readonly KnownClause[]): readonly KnownClause[] {
  if (test === undefined) {
    return [];
  }
  return clauses.filter(
    ({ name, within, test: other }) =>
      other === undefined &&
      name !== undefined &&
      test.covers.includes(within === undefined ? name : `${within.name}.${name}`),
  );
}

/** One short word is in too many lines. */
function isTelling(words: string): boolean {
  return wordCount(words) > 1 || words.length > 8;
}

function wordCount(words: string): number {
  return words === '' ? 0 : words.trim().split(' ').length;
}
