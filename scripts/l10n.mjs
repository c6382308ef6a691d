// Writes l10n/bundle.l10n.json, what translators begin with: every text of src/vscode that goes through `vscode.l10n.t`,
// or through a `t` that was given as one. A unit test says when that is due.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SOURCES = 'src/vscode';
export const BUNDLE = 'l10n/bundle.l10n.json';

/**
 * @param {string} root the repository
 * @returns {{ readonly texts: readonly string[], readonly problems: readonly string[] }} each text once, by the
 *   alphabet; a problem is `file:line` and what is wrong there
 */
export function textsIn(root) {
  const texts = new Set();
  const problems = [];
  const files = fs
    .readdirSync(path.join(root, SOURCES), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${SOURCES}/${file.replaceAll(path.sep, '/')}`)
    .sort();
  for (const file of files) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    // Parsing is what takes long.
    if (!/\bt\(/.test(text)) {
      continue;
    }
    const found = textsOf(file, text);
    found.texts.forEach((each) => texts.add(each));
    problems.push(...found.problems);
  }
  return { texts: [...texts].sort(), problems };
}

/**
 * @param {string} file its name, for problems
 * @param {string} text TypeScript
 * @returns {{ readonly texts: readonly string[], readonly problems: readonly string[] }}
 */
export function textsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const texts = [];
  /** @type {string[]} */
  const problems = [];
  const look = (node) => {
    if (ts.isCallExpression(node) && translates(node.expression)) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) {
        texts.push(first.text);
        problems.push(...placeProblems(node, first.text).map((what) => `${at(first)} ${what}`));
      } else {
        problems.push(`${at(node)} the text is no literal: translators cannot see it`);
      }
    }
    ts.forEachChild(node, look);
  };
  const at = (node) =>
    `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
  look(source);
  return { texts, problems };
}

/** `vscode.l10n.t`, `l10n.t`, and a `t` that a function was given. */
function translates(callee) {
  if (ts.isIdentifier(callee)) {
    return callee.text === 't';
  }
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 't' &&
    /(^|\.)l10n$/.test(callee.expression.getText())
  );
}

/** Each place has a value, and each value a place: `{0}` is the first. */
function placeProblems(call, text) {
  const places = [...text.matchAll(/\{(\d+)\}/g)].map(([, number]) => Number(number));
  const values = call.arguments.length - 1;
  const isSpread = call.arguments.some((argument) => ts.isSpreadElement(argument));
  const missing = Array.from({ length: values }, (_, n) => n).filter((n) => !places.includes(n));
  return isSpread
    ? []
    : [
        ...places.filter((place) => place >= values).map((place) => `{${place}} has no value`),
        ...missing.map((n) => `value ${n} has no place in the text`),
      ];
}

/** @param {readonly string[]} texts */
export function bundleOf(texts) {
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.join(import.meta.dirname, '..');
  const { texts, problems } = textsIn(root);
  fs.mkdirSync(path.join(root, path.dirname(BUNDLE)), { recursive: true });
  fs.writeFileSync(path.join(root, BUNDLE), bundleOf(texts));
  for (const problem of problems) {
    console.error(problem);
  }
  process.exitCode = problems.length === 0 ? 0 : 1;
}
