import * as vscode from 'vscode';
import { NO_SHARES, readShares, type ShareRules } from '../core/compare/share.ts';

export const COMPARE_SECTION = 'sluice.compare';
const SHARE = 'compare.share';

/** Workflows in whose place another is started in a share of the runs, as the user has set it. */
export function shareRules(): ShareRules {
  const rules = read().rules;
  return rules.size === 0 ? NO_SHARES : rules;
}

/** What is wrong in that setting, as sentences. */
export function shareProblems(): readonly string[] {
  return read().problems;
}

function read(): ReturnType<typeof readShares> {
  const written = vscode.workspace.getConfiguration('sluice').get<unknown>(SHARE);
  return readShares(written, `sluice.${SHARE}`);
}
