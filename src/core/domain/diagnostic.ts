/** A place in a file. Lines and columns count from 1, columns in UTF-16 units as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  /** Just behind the last character. */
  readonly end: Position;
}

export interface Location {
  /** Relative to the folder, with `/`; absolute for a file outside it. */
  readonly file: string;
  readonly range: Range;
}

/** A repair of a definition file that needs no thought. */
export interface Fix {
  /** What it does, as a command: `Change to "lint"`. */
  readonly title: string;
  /** In the diagnostic's file; they do not overlap. An empty range inserts. */
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
}

/** One thing wrong in a definition file, said once and shown by every face. */
export interface Diagnostic extends Location {
  /** `info`: nothing is wrong, but it is not quite what the file's author may think. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Stable, for tests and quick fixes: `unknown-agent`, `cycle`, `yaml-syntax` … */
  readonly code: string;
  /** What is wrong and what to do, as one sentence. */
  readonly message: string;
  readonly related: readonly (Location & { readonly message: string })[];
  /** The most likely first; left out where none is obvious. */
  readonly fixes?: readonly Fix[];
}

export const FILE_START: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** `path:line:column: error: message`, the form terminals and problem matchers link. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const at = ({ file, range }: Location) => `${file}:${range.start.line}:${range.start.column}`;
  return [
    `${at(diagnostic)}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]`,
    ...diagnostic.related.map((related) => `  ${at(related)}: ${related.message}`),
  ].join('\n');
}
