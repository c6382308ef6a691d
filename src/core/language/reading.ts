import { SourceText } from '../definitions/source/sourceText.ts';
import type { SourceDocument } from '../definitions/source/sourceDocument.ts';
import type { WorkflowDraft } from '../definitions/workflows/workflowDraft.ts';
import { parseWorkflow } from '../definitions/workflows/workflowEntry.ts';
import type { WorkflowSource } from '../definitions/workflows/workflowSource.ts';
import { parseYaml } from '../definitions/source/yamlSource.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import type { DefinitionKind } from './definitionKind.ts';

/** A definition file as far as anything can be told of it, be it whole or half written. */
export interface Reading {
  readonly kind: DefinitionKind;
  readonly source: SourceText;
  /** Lines that no YAML can be made of are left out; all else keeps its place. */
  readonly document: SourceDocument | undefined;
  /** Of a workflow. */
  readonly workflow: { readonly draft: WorkflowDraft; readonly source: WorkflowSource } | undefined;
}

/** What is being written in a file. */
export interface Unfinished {
  /** Offsets of it. */
  readonly start: number;
  readonly end: number;
  /** What would close the brackets it stands in. */
  readonly closers: string;
}

/** Rounds of leaving out lines before a file is given up; each costs reading it three times. */
const MAX_REPAIRS = 2;

/**
 * Reads a file whatever its state.
 * @param unfinished what is left out from the start; where that is not enough, places in its line move
 */
export function readDefinition(
  source: SourceText,
  kind: DefinitionKind,
  unfinished?: Unfinished,
): Reading {
  const starts = startingPoints(source.text, unfinished);
  for (const repairs of [0, MAX_REPAIRS]) {
    for (const text of starts) {
      const read = readRepaired(source, kind, text, repairs);
      if (read !== undefined) {
        return { kind, source, ...read };
      }
    }
  }
  return { kind, source, document: undefined, workflow: undefined };
}

/**
 * The text without what is unfinished: by itself, with its line closed, and with nothing behind it. What
 * is most likely to be right comes first: reading a text that is wrong takes long.
 */
function startingPoints(text: string, unfinished: Unfinished | undefined): readonly string[] {
  if (unfinished === undefined) {
    return [text];
  }
  const { start, end, closers } = unfinished;
  const before = text.slice(0, start);
  const behind = text.slice(end);
  const blank = before + ' '.repeat(Math.max(0, end - start)) + behind;
  const [innermost] = closers;
  if (innermost === undefined) {
    return [blank];
  }
  const length = lengthOfLine(behind);
  const closed = `${before}${closers}${behind.slice(length)}`;
  const isClosed = behind.slice(0, length).includes(innermost);
  return [...(isClosed ? [blank, closed] : [closed, blank]), before + closers];
}

function readRepaired(
  source: SourceText,
  kind: DefinitionKind,
  start: string,
  mostRepairs: number,
): Found | undefined {
  let attempt = readText(source, kind, start);
  for (let repairs = 0; repairs < mostRepairs && attempt.found === undefined; repairs += 1) {
    const { text, broken } = attempt;
    // An open bracket is noticed only behind the line it stands in.
    const above = broken.map((line) => lineAbove(text, line));
    const lineTexts = [withoutLines(text, broken), withoutLines(text, above)];
    for (const repaired of lineTexts) {
      const { found } = readText(source, kind, repaired);
      if (found !== undefined) {
        return found;
      }
    }
    attempt = readText(source, kind, withoutLines(text, [...broken, ...above]));
  }
  return attempt.found;
}

type Found = Pick<Reading, 'document' | 'workflow'>;

interface Attempt {
  readonly text: string;
  /** `undefined`: it is no YAML. */
  readonly found: Found | undefined;
  /** Offsets of the beginnings of lines with errors. */
  readonly broken: readonly number[];
}

function readText(source: SourceText, kind: DefinitionKind, text: string): Attempt {
  const copy = text === source.text ? source : new SourceText(source.file, text, source.digest);
  const part = yamlPart(copy);
  const { document, workflow, diagnostics } =
    part === undefined ? NOTHING : readWhole(copy, kind, part.until);
  return {
    text,
    found: document && { document, workflow },
    broken: diagnostics.map(({ range }) => copy.offsetAt({ line: range.start.line, column: 1 })),
  };
}

const NOTHING = { document: undefined, workflow: undefined, diagnostics: [] };

function lengthOfLine(text: string): number {
  const length = text.search(/[\r\n]/);
  return length === -1 ? text.length : length;
}

/** Where a file's YAML begins and ends; `undefined`: Markdown without front matter. */
export function yamlPart({
  file,
  text,
}: SourceText): { readonly from: number; readonly until: number } | undefined {
  if (!/\.md$/i.test(file)) {
    return { from: 0, until: text.length };
  }
  const opening = /^---[ \t]*(?:\r\n|\n|\r)/.exec(text);
  if (opening === null) {
    return undefined;
  }
  const closing = /^---[ \t]*$/gm;
  closing.lastIndex = opening[0].length;
  return { from: opening[0].length, until: closing.exec(text)?.index ?? text.length };
}

function readWhole(
  source: SourceText,
  { kind }: DefinitionKind,
  until: number,
): Pick<Reading, 'document' | 'workflow'> & { readonly diagnostics: readonly Diagnostic[] } {
  if (kind !== 'workflow') {
    return { ...parseYaml(source, until), workflow: undefined };
  }
  const parsed = parseWorkflow(source);
  return parsed.kind === 'parsed'
    ? {
        document: parsed.source.document,
        workflow: { draft: parsed.draft, source: parsed.source },
        diagnostics: [],
      }
    : { document: undefined, workflow: undefined, diagnostics: parsed.diagnostics };
}

/** @param starts offsets of the lines' beginnings */
function withoutLines(text: string, starts: readonly number[]): string {
  return starts.reduce(
    (rest, start) => blanked(rest, start, start + lengthOfLine(rest.slice(start))),
    text,
  );
}

/** Offset of the beginning of the last line above that is not empty. */
function lineAbove(text: string, start: number): number {
  const above = text.slice(0, start).trimEnd();
  return Math.max(above.lastIndexOf('\n'), above.lastIndexOf('\r')) + 1;
}

function blanked(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(Math.max(0, end - start)) + text.slice(end);
}
