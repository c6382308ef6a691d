import * as vscode from 'vscode';
import { count } from '../../core/base/text.ts';

/** Asks before something that cannot be taken back. @param detail what goes, and what stays */
export async function confirm(
  question: string,
  detail: readonly string[],
  yes: string,
): Promise<boolean> {
  const lines = detail.filter((line) => line !== '').join('\n\n');
  const chosen = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail: lines },
    yes,
  );
  return chosen === yes;
}

/** Refs that are named one by one in a question; more nobody reads. */
const MOST_NAMED = 12;

/** `Branches: a, b` and `Tags: c` of full names of refs; empty without any. */
export function refLines(refs: readonly string[]): string[] {
  return [
    namedLine('branch', 'branches', shortOf(refs, 'refs/heads/')),
    namedLine('tag', 'tags', shortOf(refs, 'refs/tags/')),
  ].filter((line) => line !== '');
}

function shortOf(refs: readonly string[], below: string): string[] {
  return refs.flatMap((ref) => (ref.startsWith(below) ? ref.slice(below.length) : []));
}

function namedLine(noun: string, plural: string, names: readonly string[]): string {
  if (names.length === 0) {
    return '';
  }
  const more = names.length - MOST_NAMED;
  const listed = names.slice(0, MOST_NAMED).map((name) => `• ${name}`);
  return [
    `${count(names.length, noun, plural)}:`,
    ...listed,
    ...(more > 0 ? [vscode.l10n.t('• and {0} more', more)] : []),
  ].join('\n');
}

/** Why refs stay although they are the run's, a line each. */
export function keptLines(
  kept: readonly { readonly ref: string; readonly why: string }[],
): string[] {
  return kept.map(({ ref, why }) =>
    vscode.l10n.t('{0} stays: {1}', ref.replace(/^refs\/(?:heads|tags)\//, ''), why),
  );
}
