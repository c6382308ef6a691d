import assert from 'node:assert/strict';
import { oneLine } from '../../../src/core/base/text.ts';
import { LOG_RULES } from '../../../src/core/debugging/classify/classify.ts';
import { FAULT_KINDS } from '../../../src/core/domain/debugging.ts';
import { accuracyOf, judge, LOG_SETS, mistakesOf, readFailureLogs } from './classifyLogs.ts';

describe('what tools print when they fail', () => {
  const logs = LOG_SETS.flatMap(readFailureLogs);

  it('is there of each usual tool and of each kind', () => {
    for (const tool of ['pytest', 'mocha', 'tsc', 'go', 'cargo']) {
      assert.ok(logs.filter((log) => log.tool === tool).length >= 10, tool);
    }
    for (const kind of FAULT_KINDS) {
      assert.ok(logs.filter((log) => log.kind === kind).length >= 5, kind);
    }
    assert.ok(logs.filter(({ set }) => set === 'held-out').length >= 22);
  });

  for (const set of LOG_SETS) {
    it(`is taken for what a person takes it for: at least 95 % of the ${set} logs`, () => {
      const judged = judge(readFailureLogs(set));
      assert.ok(accuracyOf(judged) >= 0.95, mistakesOf(judged));
    });
  }

  it('is quoted where a rule decides, and each quote stands in the log', () => {
    for (const { log, finding } of judge(logs)) {
      const quote = /: "(.+)"\.$/.exec(finding.why)?.[1];
      if (quote !== undefined && !quote.endsWith('…')) {
        const plain = oneLine(log.evidence.log, Infinity);
        assert.ok(plain.includes(quote), `${log.name}: ${quote}`);
      }
    }
  });

  it('makes no rule call it flaky, or say that nothing is said', () => {
    const kinds = LOG_RULES.map(({ kind }) => kind);
    assert.ok(!kinds.includes('flaky_test') && !kinds.includes('test_failure'));
  });
});
