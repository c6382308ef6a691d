import type { FixFact, MendedFact, TestedFact } from './metricsFixFacts.ts';
import type { FaultMetrics, FixMetrics, MendingMetrics, TestMetrics } from './metricsPicture.ts';
import { nearestRank } from './metricsRank.ts';

// Sums of what was mended, and of what tests came to.

export class MendingSum {
  #withoutFix = 0;
  #withFixes = 0;
  #failed = 0;
  readonly #kinds = new Map<string, KindSum>();
  readonly #agents = new Map<string, FixSum>();

  add({ end, fixes }: MendedFact): void {
    const isMended = fixes.length > 0;
    this.#withoutFix += end === 'succeeded' && !isMended ? 1 : 0;
    this.#withFixes += end === 'succeeded' && isMended ? 1 : 0;
    this.#failed += end === 'failed' ? 1 : 0;
    for (const fix of fixes) {
      const kind = this.#kind(fix.fault);
      if (fix.agent === undefined) {
        kind.asked += 1;
      } else {
        kind.fixes.add(fix);
        this.#agent(fix.agent).add(fix);
      }
    }
    const last = fixes.at(-1);
    if (end === 'failed' && last !== undefined) {
      this.#kind(last.fault).givenUp += 1;
    }
  }

  /** `undefined`: no task ended whose failures are mended, and nothing was mended. */
  metrics(): MendingMetrics | undefined {
    const [withoutFix, withFixes, failed] = [this.#withoutFix, this.#withFixes, this.#failed];
    return withoutFix + withFixes + failed + this.#kinds.size === 0
      ? undefined
      : { withoutFix, withFixes, failed, kinds: this.#kindMetrics() };
  }

  /** By the agents that worked on them. */
  agents(): ReadonlyMap<string, FixMetrics> {
    return new Map([...this.#agents].map(([agent, sum]) => [agent, sum.metrics()]));
  }

  #kindMetrics(): FaultMetrics[] {
    return [...this.#kinds]
      .map(([fault, { fixes, asked, givenUp }]) => ({
        fault,
        ...fixes.metrics(),
        asked,
        givenUp,
      }))
      .sort((a, b) => b.opened - a.opened || (a.fault < b.fault ? -1 : 1));
  }

  #kind(fault: string): KindSum {
    const sum = this.#kinds.get(fault) ?? { fixes: new FixSum(), asked: 0, givenUp: 0 };
    this.#kinds.set(fault, sum);
    return sum;
  }

  #agent(agent: string): FixSum {
    const sum = this.#agents.get(agent) ?? new FixSum();
    this.#agents.set(agent, sum);
    return sum;
  }
}

interface KindSum {
  readonly fixes: FixSum;
  asked: number;
  givenUp: number;
}

class FixSum {
  #opened = 0;
  #mended = 0;
  #missed = 0;
  readonly #times: number[] = [];

  add({ came, ms }: FixFact): void {
    this.#opened += 1;
    this.#mended += came === 'mended' ? 1 : 0;
    this.#missed += came === 'missed' ? 1 : 0;
    if (ms !== undefined) {
      this.#times.push(ms);
    }
  }

  metrics(): FixMetrics {
    return {
      opened: this.#opened,
      mended: this.#mended,
      missed: this.#missed,
      medianMs: nearestRank(this.#times, 0.5),
    };
  }
}

/** @returns `undefined`: nothing was reported */
export function testMetrics(facts: readonly TestedFact[]): TestMetrics | undefined {
  if (facts.length === 0) {
    return undefined;
  }
  const sum = { tasks: facts.length, passed: 0, failed: 0, skipped: 0 };
  let covered: TestMetrics['coverage'];
  for (const { passed, failed, skipped, coverage } of facts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    if (coverage !== undefined) {
      covered = {
        lowest: Math.min(covered?.lowest ?? coverage, coverage),
        highest: Math.max(covered?.highest ?? coverage, coverage),
      };
    }
  }
  return { ...sum, coverage: covered };
}
