import type { Diagnostic, Fix, Location, Range } from '../../domain/diagnostic.ts';

/** What is wrong, before it is known where. */
export interface Problem extends Pick<Diagnostic, 'severity' | 'code' | 'message'> {
  /** What most likely was meant by the text that stands there. */
  readonly change?: TextChange;
}

/** The text of a value or a key as it stands there, and what it should be. */
export interface TextChange {
  readonly from: string;
  readonly to: string;
}

export function error(code: string, message: string): Problem {
  return { severity: 'error', code, message };
}

export function warning(code: string, message: string): Problem {
  return { severity: 'warning', code, message };
}

/** Of a file that is right for the tool that owns it. */
export function info(code: string, message: string): Problem {
  return { severity: 'info', code, message };
}

/** @param to `undefined`: nobody knows what was meant */
export function changing(problem: Problem, from: string, to: string | undefined): Problem {
  return to === undefined ? problem : { ...problem, change: { from, to } };
}

/** With a blank before it, or empty. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
}

/** Places told beside one problem at most: editors show no more. */
export const MAX_RELATED = 100;

export type RelatedLocation = Location & { readonly message: string };

export function diagnosticAt(
  file: string,
  range: Range,
  { severity, code, message }: Problem,
  related: readonly RelatedLocation[] = [],
  fixes: readonly Fix[] = [],
): Diagnostic {
  const diagnostic = { file, range, severity, code, message, related };
  return fixes.length === 0 ? diagnostic : { ...diagnostic, fixes };
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

/** Two readers of one file, such as `.claude/claude.json`, find the same faults in it: each is told once. */
export function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const told = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { file, range, code, message } = diagnostic;
    const same = JSON.stringify([file, range, code, message]);
    if (!told.has(same)) {
      told.set(same, diagnostic);
    }
  }
  return [...told.values()];
}
