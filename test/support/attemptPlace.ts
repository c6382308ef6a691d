import { NO_TERMS } from '../../src/core/domain/terms.ts';
import type { RunnerRequest } from '../../src/core/domain/runner.ts';

/** What a request holds beside its agent and its folders, where nobody wants anything in particular. */
export const NOTHING_WANTED = {
  terms: NO_TERMS,
  outputSchema: undefined,
  schemaProblems: () => Promise.resolve([]),
  agents: {},
  whyNotWrite: () => undefined,
  named: [],
  continues: false,
  counted: { calls: 0, uses: 0, openCalls: [], openUses: [] },
  useCache: true,
  wishes: () => ({
    model: undefined,
    permissions: undefined,
    allowed: new Set<string>(),
    spentBudget: undefined,
  }),
} satisfies Partial<RunnerRequest>;
