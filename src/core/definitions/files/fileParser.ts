import type { Diagnostic } from '../../domain/diagnostic.ts';
import type { SourceText } from '../source/sourceText.ts';

/**
 * How the bytes of one file become plain values, looking at nothing else: what it gives may be kept as
 * JSON for as long as the bytes are the same.
 */
export interface FileParser<Parsed> {
  /** Which parser it is, for those who keep what it gives. */
  readonly id: string;
  parse(source: SourceText): Parsed;
  /** @param why the file cannot be read */
  refuse(file: string, why: Diagnostic): Parsed;
}

/**
 * Reads files, relative to the folder or absolute, and parses them, or remembers what they were parsed to.
 * In their order; not one by one, since a promise for each of a thousand takes longer than to look at it.
 */
export type ReadFiles = <Parsed>(
  files: readonly string[],
  parser: FileParser<Parsed>,
) => Promise<readonly Parsed[]>;
