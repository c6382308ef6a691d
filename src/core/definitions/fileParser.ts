import type { Diagnostic } from '../domain/diagnostic.ts';
import type { SourceText } from './sourceText.ts';

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

/** Reads one file, relative to the folder or absolute, and parses it, or remembers what it gave. */
export type ReadFile = <Parsed>(file: string, parser: FileParser<Parsed>) => Promise<Parsed>;
