import fc from 'fast-check';
import type { Fix } from '../../../src/core/domain/debugging.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { Failure } from '../../../src/core/domain/failure.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import type { RunState } from '../../../src/core/domain/runState.ts';
import type { TestReport } from '../../../src/core/domain/testReport.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldOf } from '../../../src/core/journal/fold.ts';
import { blob, history, started, succeeded, task } from './histories.ts';

// Histories of runs in which something failed and was mended, in a few words.

export const RED: Failure = {
  reason: 'check-failed',
  command: 'npm test',
  code: 1,
  tail: '1 failing\n  greets by name',
};

export function report(over: Partial<TestReport> = {}): TestReport {
  return {
    command: 'npm test',
    format: 'junit',
    passed: 3,
    failed: 1,
    skipped: 0,
    failures: [{ name: 'greet › greets by name', message: 'expected "Hello Ada"' }],
    ...over,
  };
}

export function faulted(
  id: string,
  attempt = 1,
  tests: readonly TestReport[] = [report()],
): EventBody {
  return {
    type: 'task-faulted',
    task: task(id),
    attempt,
    durationMs: 1500,
    failure: RED,
    log: blob('log'),
    ...(attempt === 1 && { made: { output: blob('made'), artifacts: [], removed: [] } }),
    tests,
  };
}

export function fixOf(of: string, id: string, over: Partial<Fix> = {}): Fix {
  return {
    id: task(id),
    of: task(of),
    parent: task(of),
    depth: 1,
    fault: 'implementation_bug',
    why: 'The name is left out.',
    agent: agentName('coder'),
    text: 'Mend it.',
    ...over,
  };
}

export function openedFix(of: string, id: string, over: Partial<Fix> = {}): EventBody {
  return { type: 'fix-opened', fix: fixOf(of, id, over) };
}

/** The gate that asks once fixes are spent. */
export function askFix(of: string, id: string): EventBody {
  const text = `"${of}" still fails after 2 fixes. Try again?\n\nApprove to have it tried again.`;
  return openedFix(of, id, { agent: undefined, text });
}

/** The task again, this time as an attempt of so many. */
export function proved(id: string, attempt: number, tests: readonly TestReport[] = []): EventBody {
  return { ...succeeded(id, 'src/greet.ts'), attempt, tests } as EventBody;
}

/** A fix from its opening to its end, with the attempt that proves it begun. */
export function mendedOnce(
  of: string,
  id: string,
  attempt = 2,
  over: Partial<Fix> = {},
): EventBody[] {
  return [
    openedFix(of, id, over),
    started(id),
    succeeded(id, 'src/greet.ts'),
    started(of, attempt),
  ];
}

/** Plan and state as they are then: fixes change the plan. */
export function runAfter(
  plan: RunPlan,
  ...bodies: readonly EventBody[]
): { readonly plan: RunPlan; readonly state: RunState } {
  const fold = foldOf(plan, history(bodies));
  return { plan: fold.plan, state: fold.state };
}

/**
 * Random mending of tasks that need nothing: each number is what is done next about one of them.
 * @returns events that the fold takes
 */
export function mendings(tasks: readonly string[]): fc.Arbitrary<EventBody[]> {
  const round = fc.record({
    of: fc.constantFrom(...tasks),
    isDeeper: fc.boolean(),
    ends: fc.constantFrom('fails', 'mends', 'asks'),
  });
  return fc.array(round, { maxLength: 14 }).map((rounds) => {
    const bodies: EventBody[] = tasks.flatMap((id) => [started(id), faulted(id)]);
    const attempts = new Map(tasks.map((id) => [id, 1]));
    const chains = new Map<string, Fix[]>();
    const over = new Set<string>();
    rounds.forEach(({ of, isDeeper, ends }, place) => {
      if (over.has(of)) {
        return;
      }
      const chain = chains.get(of) ?? [];
      const last = chain.at(-1);
      const parent = isDeeper ? last : undefined;
      const fix = fixOf(of, `${of}_fix_${place}`, {
        parent: parent?.id ?? task(of),
        depth: (parent?.depth ?? 0) + 1,
      });
      const attempt = (attempts.get(of) ?? 1) + 1;
      bodies.push({ type: 'fix-opened', fix }, started(fix.id), succeeded(fix.id));
      bodies.push(started(of, attempt));
      attempts.set(of, attempt);
      chains.set(of, [...(parent === undefined ? [] : chain), fix]);
      if (ends === 'mends') {
        bodies.push(proved(of, attempt));
        over.add(of);
      } else {
        bodies.push(faulted(of, attempt));
      }
      if (ends === 'asks') {
        bodies.push(askFix(of, `${of}_gate_${place}`));
        over.add(of);
      }
    });
    return bodies;
  });
}
