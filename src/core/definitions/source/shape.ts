import { z } from 'zod';
import type { Diagnostic, Fix, Range } from '../../domain/diagnostic.ts';
import { byteSizeMeant } from '../byteSize.ts';
import { isOfByteSize, isOfDuration } from '../commonSchema.ts';
import { durationMeant } from '../duration.ts';
import { nameFixes } from '../workflows/nameFixes.ts';
import { Suggestions } from './nearest.ts';
import { changing, diagnosticAt, type Problem, type RelatedLocation } from './problem.ts';
import * as problems from '../problems.ts';
import type { SourceDocument, SourcePath } from './sourceDocument.ts';
import type { SourceNode } from './sourceNode.ts';

/** Reads one document and owns the list of all that is wrong with it. */
export class DocumentReader {
  readonly document: SourceDocument;
  readonly suggestions = new Suggestions();
  readonly #diagnostics: Diagnostic[];
  readonly #known = new KnownFields();

  constructor(document: SourceDocument, diagnostics: readonly Diagnostic[]) {
    this.document = document;
    this.#diagnostics = [...diagnostics];
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  get file(): string {
    return this.document.source.file;
  }

  /** Notes a problem with a value, or with the key before it. */
  report(path: SourcePath, problem: Problem, part: 'key' | 'value' = 'value'): void {
    this.reportAt(this.document.rangeOf(path, part), problem);
  }

  /** @param fixes beside the change that the problem itself names */
  reportAt(
    range: Range,
    problem: Problem,
    related: readonly RelatedLocation[] = [],
    fixes: readonly Fix[] = [],
  ): void {
    const all = [...nameFixes(this.document.source, range, problem.change), ...fixes];
    this.#diagnostics.push(diagnosticAt(this.file, range, problem, related, all));
  }

  /** Text of a scalar as written: what schemas call `text` may be a number or true to YAML. */
  textAt(path: SourcePath): string {
    return this.document.textAt(path) ?? '';
  }

  /**
   * The fields of a map that hold what the schema wants. Each other one is reported and left out,
   * also required ones: what is right can still be looked at.
   * @param explain what to say of an unknown field instead of naming the nearest known one
   */
  fields<Shape extends z.core.$ZodLooseShape, Config extends z.core.$ZodObjectConfig>(
    schema: z.ZodObject<Shape, Config>,
    path: SourcePath,
    value: Readonly<Record<string, unknown>>,
    explain: (key: string) => Problem | undefined = () => undefined,
  ): Partial<z.output<z.ZodObject<Shape, Config>>> {
    // An empty message marks the places where the schema has nothing better to say.
    const parsed = schema.safeParse(value, {
      error: (issue) => {
        this.#known.note(issue);
        return '';
      },
    });
    if (parsed.success) {
      return parsed.data;
    }
    const wrong = new Set<PropertyKey>();
    for (const issue of parsed.error.issues) {
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
        for (const key of issue.keys) {
          wrong.add(key);
          this.#reportUnknown([...path, key], Object.keys(schema.shape), explain(key));
        }
      } else {
        wrong.add(issue.path[0] ?? '');
        this.#reportIssue(issue, path);
      }
    }
    const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)));
    return partialOf(schema).parse(rest) as Partial<z.output<z.ZodObject<Shape, Config>>>;
  }

  #reportUnknown(path: SourcePath, known: readonly string[], problem?: Problem): void {
    const key = String(path.at(-1));
    const meant = this.suggestions.for(key, known);
    const isThere = this.document.nodeAt([...path.slice(0, -1), meant ?? '']) !== undefined;
    const { change, ...unknown } = unknownField(key, meant);
    const found = change === undefined || isThere ? unknown : { ...unknown, change };
    this.report(path, problem ?? found, 'key');
  }

  #reportIssue(issue: z.core.$ZodIssue, base: SourcePath): void {
    const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? '' : part))];
    const label = labelOf(path);
    const node = this.document.nodeAt(path);
    if (issue.code === 'unrecognized_keys') {
      issue.keys.forEach((key) => this.#reportUnknown([...path, key], this.#known.beside(issue)));
    } else if (node === undefined) {
      this.report(path, problems.missingField(label, issue.message));
    } else if (issue.code === 'invalid_key') {
      this.report(path, problems.wrongValue(label, issue.issues[0]?.message ?? ''), 'key');
    } else if (issue.message !== '') {
      const problem = problems.wrongValue(label, issue.message);
      const meant = node.kind === 'scalar' ? meantBy(issue.message, node.text) : undefined;
      const text = node.kind === 'scalar' ? node.text : '';
      this.report(path, changing(problem, text, meant));
    } else if (node.kind === 'scalar' && node.value === null) {
      this.report(path, problems.noValue(label));
    } else if (issue.code === 'invalid_union') {
      // Alternatives differ in what they are at all (a text, a list …), so at most one is meant.
      const meant = issue.errors.find((errors) => !errors.some(isWrongKind));
      if (meant === undefined) {
        const kinds = issue.errors.flat().filter(isWrongKind).map(kindOf);
        this.report(path, problems.wrongKind(label, [...new Set(kinds)], kindOfNode(node)));
      } else {
        meant.forEach((inner) => this.#reportIssue(inner, path));
      }
    } else if (issue.code === 'invalid_value') {
      const rule = `must be ${issue.values.map(String).join(' or ')}`;
      this.report(path, problems.wrongValue(label, rule));
    } else {
      this.report(path, problems.wrongKind(label, [kindOf(issue)], kindOfNode(node)));
    }
  }
}

/** The fields a schema knows where it has found others: issues tell only the others. */
class KnownFields {
  readonly #known = new WeakMap<readonly string[], readonly string[]>();

  note(issue: z.core.$ZodRawIssue): void {
    if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
      this.#known.set(issue.keys, Object.keys(issue.inst.shape));
    }
  }

  beside({ keys }: z.core.$ZodIssueUnrecognizedKeys): readonly string[] {
    return this.#known.get(keys) ?? [];
  }
}

function unknownField(key: string, meant: string | undefined): Problem {
  return key === '<<' ? problems.mergeKey() : problems.unknownField(key, meant);
}

/** What somebody most likely means whose value is no duration or no size as it stands. */
function meantBy(message: string, written: string): string | undefined {
  return isOfDuration(message)
    ? durationMeant(written)
    : isOfByteSize(message)
      ? byteSizeMeant(written)
      : undefined;
}

/** True where the value is of another kind altogether, not where something in it is wrong. */
function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return (
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_union')
  );
}

/** What a schema wants, in the words of a file's author. */
function kindOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    // Inside another union this can only be `text`, which takes numbers too.
    return 'a text';
  }
  switch (issue.code === 'invalid_type' ? issue.expected : undefined) {
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'fields';
    case 'null':
      return 'nothing';
    case 'int':
      return 'a whole number';
    case 'number':
      // One alone says what it must be; any other is part of `text`.
      return issue.message === '' ? 'a text' : 'a whole number';
    default:
      return 'a text';
  }
}

function kindOfNode(node: SourceNode): string {
  switch (node.kind) {
    case 'list':
      return 'a list';
    case 'map':
      return 'fields';
    case 'scalar':
      return typeof node.value === 'string' ? 'a text' : node.text;
  }
}

/** `"timeout"`, `An item of "needs"`. */
function labelOf(path: SourcePath): string {
  const last = path.at(-1);
  const parent = path.findLast((part) => typeof part === 'string');
  return typeof last === 'number' && parent !== undefined
    ? `An item of "${parent}"`
    : `"${String(last ?? '')}"`;
}

const partials = new WeakMap<z.ZodObject, z.ZodObject>();

/** The same schema with nothing required. Made once for each: making one costs more than a parse. */
function partialOf(schema: z.ZodObject): z.ZodObject {
  let partial = partials.get(schema);
  if (partial === undefined) {
    partial = schema.partial();
    partials.set(schema, partial);
  }
  return partial;
}
