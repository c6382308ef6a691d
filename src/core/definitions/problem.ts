import type { Diagnostic, Location, Range } from '../domain/diagnostic.ts';

/** What is wrong, before it is known where. */
export type Problem = Pick<Diagnostic, 'severity' | 'code' | 'message'>;

export function error(code: string, message: string): Problem {
  return { severity: 'error', code, message };
}

export function warning(code: string, message: string): Problem {
  return { severity: 'warning', code, message };
}

/** Places told beside one problem at most: editors show no more. */
export const MAX_RELATED = 100;

export type RelatedLocation = Location & { readonly message: string };

export function diagnosticAt(
  file: string,
  range: Range,
  { severity, code, message }: Problem,
  related: readonly RelatedLocation[] = [],
): Diagnostic {
  return { file, range, severity, code, message, related };
}

/** By file, then by place, as a reader meets them. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column,
  );
}
