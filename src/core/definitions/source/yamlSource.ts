import { Composer, Lexer, Parser, type CST, type Document, type YAMLError } from 'yaml';
import type { Diagnostic } from '../../domain/diagnostic.ts';
import { readPlainYaml } from './plainYaml.ts';
import { diagnosticAt, type Problem } from './problem.ts';
import * as problems from '../problems.ts';
import { SourceDocument } from './sourceDocument.ts';
import { MAX_DEPTH, toSourceNode } from './sourceNode.ts';
import type { SourceText } from './sourceText.ts';

/** A file that is read as far as it can be: what is usable, and all that is wrong. */
export interface ParsedYaml {
  /** `undefined`: it cannot be made sense of. */
  readonly document: SourceDocument | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * YAML 1.2 (and so JSON) with its core values: no other tags, no merge keys, one document.
 * @param until offset of the text's end, when only its beginning is YAML
 */
export function parseYaml(source: SourceText, until = source.text.length): ParsedYaml {
  const root = readPlainYaml(source.text, until);
  return root === undefined
    ? parseAnyYaml(source, until)
    : { document: new SourceDocument(source, root), diagnostics: [] };
}

/** The same for all of YAML, and some ten times slower. */
export function parseAnyYaml(source: SourceText, until = source.text.length): ParsedYaml {
  const text = source.text.slice(0, until);
  const tokens = tokensOf(text);
  if (!Array.isArray(tokens)) {
    const range = source.range(tokens.refusedAt, tokens.refusedAt + 1);
    return {
      document: undefined,
      diagnostics: [diagnosticAt(source.file, range, tokens.problem)],
    };
  }

  const composed = compose(tokens, text.length);
  if (composed.kind === 'broken') {
    return {
      document: undefined,
      diagnostics: withQuotes(
        withoutFollowUps(composed.errors).map((error) => syntaxDiagnostic(source, text, error)),
        source,
        until,
      ),
    };
  }
  const { document, second } = composed;

  const { root, problems: found } = toSourceNode(document, text);
  const diagnostics = found.map(({ problem, start, end, related }) =>
    diagnosticAt(
      source.file,
      source.range(start, end),
      problem,
      related === undefined
        ? []
        : [
            {
              file: source.file,
              range: source.range(related.start, related.end),
              message: related.message,
            },
          ],
    ),
  );
  if (second !== undefined) {
    const [start] = second.range;
    const range = source.range(start, text.startsWith('---', start) ? start + 3 : start);
    diagnostics.push(diagnosticAt(source.file, range, problems.secondDocument()));
  }
  return {
    document: root === undefined ? undefined : new SourceDocument(source, root),
    diagnostics,
  };
}

function syntaxDiagnostic(
  source: SourceText,
  text: string,
  { code, message, pos: [start, end] }: YAMLError,
): Diagnostic {
  if (text.startsWith('{{', start) && text[start - 1] === '$') {
    const close = text.indexOf('}}', start);
    const range = source.range(start - 1, close === -1 ? start + 2 : close + 2);
    return diagnosticAt(source.file, range, problems.unquotedExpression());
  }
  // Of a value that is taken for a key the library gives the first character alone.
  const lineEnd = text.slice(start).search(/[\r\n]/);
  const whole = lineEnd === -1 ? text.length : start + lineEnd;
  return diagnosticAt(
    source.file,
    source.range(start, code === 'BLOCK_AS_IMPLICIT_KEY' ? whole : end),
    problems.yamlSyntax(code, message, text.slice(start, end)),
  );
}

/**
 * A value that holds ": " is the fault people make most: it gets a repair, where quotes around it are one.
 * Only the first is tried, since trying is reading the file again.
 */
function withQuotes(
  diagnostics: readonly Diagnostic[],
  source: SourceText,
  until: number,
): readonly Diagnostic[] {
  const [first, ...others] = diagnostics;
  const isMeant = first?.code === VALUE_AS_KEY.code && first.message === VALUE_AS_KEY.message;
  if (!isMeant || until > LONGEST_TO_TRY) {
    return diagnostics;
  }
  const { range } = first;
  const [start, end] = [source.offsetAt(range.start), source.offsetAt(range.end)];
  const { text } = source;
  const value = text.slice(start, end).replace(/(?:\s+#.*)?\s*$/, '');
  const quoted = JSON.stringify(value);
  const mended = `${text.slice(0, start)}${quoted}${text.slice(start + value.length)}`;
  const again = compose(
    tokensOrNone(mended.slice(0, until + quoted.length - value.length)),
    mended.length,
  );
  if (
    /^["'|>[{&*!]/.test(value) ||
    (again.kind === 'broken' && again.errors.length >= diagnostics.length)
  ) {
    return diagnostics;
  }
  const edit = { range: source.range(start, start + value.length), text: quoted };
  return [{ ...first, fixes: [{ title: 'Put quotes around it', edits: [edit] }] }, ...others];
}

function tokensOrNone(text: string): CST.Token[] {
  const tokens = tokensOf(text);
  return Array.isArray(tokens) ? tokens : [];
}

/** UTF-16 units: reading a longer file again would hold others up. */
const LONGEST_TO_TRY = 100_000;

const VALUE_AS_KEY = problems.yamlSyntax('BLOCK_AS_IMPLICIT_KEY', '', '');

/** A broken file may have thousands of syntax errors, of which the first tell the story. */
const MAX_SYNTAX_ERRORS = 20;

/** After a token that cannot stand where it does, most of what follows is unexpected too. */
function withoutFollowUps(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return errors
    .filter(({ code }, index) => code !== 'UNEXPECTED_TOKEN' || index === first)
    .slice(0, MAX_SYNTAX_ERRORS);
}

/** Words, signs, blanks and line ends: ten thousand steps have some 300,000, a third of a second reads as many. */
const MAX_TOKENS = 350_000;

/**
 * Composing calls itself for every level, so depth is measured on the tokens, whose parser does not:
 * its stack holds the open lists and maps, with the document below and a value on top of them.
 */
function tokensOf(
  text: string,
): CST.Token[] | { readonly refusedAt: number; readonly problem: Problem } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      errors += token.type === 'error' ? 1 : 0;
      if (token.type !== 'error' || errors <= MAX_ERRORS) {
        tokens.push(token);
      }
    }
    lexemes += 1;
    const problem =
      parser.stack.length > MAX_DEPTH + 2
        ? problems.tooDeep(MAX_DEPTH)
        : lexemes > MAX_TOKENS
          ? problems.tooManyTokens(MAX_TOKENS)
          : undefined;
    if (problem !== undefined) {
      return { refusedAt: Math.max(0, parser.offset - 1), problem };
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

type Composed =
  | { readonly kind: 'broken'; readonly errors: readonly YAMLError[] }
  | {
      readonly kind: 'whole';
      readonly document: Document.Parsed;
      readonly second: Document.Parsed | undefined;
    };

/** Making one costs as much as reading hundreds of characters: a hostile file has some 300,000. */
const MAX_ERRORS = 200;

class TooManyErrors extends Error {}

function compose(tokens: readonly CST.Token[], length: number): Composed {
  const composer = new Composer({
    // Said outright, so that a `%YAML 1.1` line cannot bring back merge keys and `yes` for true.
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Its own check compares every key with every other; ours also tells where the first one stands.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // The library gives no other way to stop it.
  const note = composer['onError'] as (...error: unknown[]) => void;
  let noted = 0;
  composer['onError'] = (...error: unknown[]) => {
    noted += 1;
    if (noted > MAX_ERRORS) {
      throw new TooManyErrors();
    }
    note(...error);
  };
  const documents = composer.compose(tokens, true, length);
  try {
    const document = documents.next().value ?? undefined;
    if (document === undefined) {
      throw new Error('Internal error: the YAML composer made no document');
    }
    const errors = [...document.errors, ...document.warnings];
    return errors.length > 0
      ? { kind: 'broken', errors }
      : { kind: 'whole', document, second: documents.next().value ?? undefined };
  } catch (thrown) {
    if (thrown instanceof TooManyErrors) {
      const { errors, warnings } = composer.streamInfo();
      return { kind: 'broken', errors: [...errors, ...warnings] };
    }
    throw thrown;
  }
}
