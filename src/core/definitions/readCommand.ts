import type { Check } from '../domain/agent.ts';
import { checkFieldsSchema } from './commandSchema.ts';
import { parseDuration } from './duration.ts';
import * as problems from './problems.ts';
import { readSandboxRule } from './sandboxRule.ts';
import { eitherWord } from './source/readParts.ts';
import type { DocumentReader } from './source/shape.ts';
import type { SourcePath } from './source/sourceDocument.ts';
import { artifactPathFault } from './workflows/artifactPath.ts';

/** How long a check may run that does not say, in milliseconds. */
export const CHECK_TIMEOUT_MS = 600_000;

/** The commands of a step or phase, as the schema has found them. */
export function readChecks(reader: DocumentReader, path: SourcePath, value: unknown): Check[] {
  return Array.isArray(value)
    ? value.map((_, index) => readCheck(reader, [...path, index], CHECK_TIMEOUT_MS))
    : [];
}

/** A command in any of its spellings, as the schema has found it. @param usualMs where it gives no limit */
export function readCheck(reader: DocumentReader, path: SourcePath, usualMs: number): Check {
  const node = reader.document.nodeAt(path);
  if (node?.kind !== 'map') {
    return { command: readCommand(reader, path), timeoutMs: usualMs };
  }
  const fields = reader.fields(checkFieldsSchema, path, node.value);
  const { timeout, report } = fields;
  const sandbox = readSandboxRule(fields.sandbox);
  return {
    command: readCommand(reader, [...path, eitherWord(reader, path, 'run', 'command', fields)]),
    timeoutMs: parseDuration(timeout ?? '') ?? usualMs,
    ...(report !== undefined && { report: readReport(reader, [...path, 'report']) }),
    ...(sandbox && { sandbox }),
  };
}

/** The path of a file that a check writes, and what is wrong with it reported. */
export function readReport(reader: DocumentReader, path: SourcePath): string {
  const written = reader.textAt(path);
  // Who reports to what is protected has changed it, and is told so then.
  const fault = artifactPathFault(written, true);
  if (fault !== undefined) {
    reader.report(path, problems.wrongValue('"report"', fault));
  }
  return written;
}

function readCommand(reader: DocumentReader, path: SourcePath): Check['command'] {
  const node = reader.document.nodeAt(path);
  const words =
    node?.kind === 'list'
      ? node.items.map((_, index) => reader.textAt([...path, index]))
      : reader.textAt(path).split(/ +/);
  words.forEach((word, index) => {
    const at = node?.kind === 'list' ? [...path, index] : path;
    if (word.includes('\u0000')) {
      reader.report(at, problems.wrongValue('A command', 'cannot hold NUL characters'));
    } else if (word.includes('${{')) {
      reader.report(at, problems.expressionInCommand());
    }
  });
  const [program = '', ...rest] = words;
  if (program.trim() === '') {
    const at = node?.kind === 'list' ? [...path, 0] : path;
    reader.report(at, problems.wrongValue('A command', 'must name a program'));
  }
  return [program, ...rest];
}
