import assert from 'node:assert/strict';
import fc from 'fast-check';
import { agentName, type TaskId } from '../../../src/core/domain/ids.ts';
import { NO_TERMS } from '../../../src/core/domain/terms.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { DriverRig } from '../../support/driverRig.ts';
import { modelAgent, planWith, step } from '../../support/plans.ts';

/** What happens next, whatever is under way then. */
type Move = 'good' | 'bad' | 'fails' | 'crash';

const moves = fc.array(fc.constantFrom<Move>('good', 'bad', 'bad', 'fails', 'crash'), {
  maxLength: 14,
});

function planOf(attempts: number, depth: number): RunPlan {
  const named = ['coder', 'debugger', 'next-agent'].map(agentName);
  const owns = (folder: string) => ({ terms: { ...NO_TERMS, owns: [`${folder}/**`] } });
  const checks = [{ command: ['npm', 'test'] as const, timeoutMs: 1000 }];
  const agent = agentName('coder');
  const debug = { attempts, depth, routing: {} };
  return planWith(
    { agents: Object.fromEntries(named.map((name) => [name, modelAgent(name)])), maxParallel: 4 },
    step('a', [], { agent, checks, debug, ...owns('a') }),
    step('b', [], { agent, checks, debug, ...owns('b') }),
    step('next', ['a', 'b']),
  );
}

/** Does the moves one after another, then ends all well. */
async function walk(rig: DriverRig, then: readonly Move[]): Promise<void> {
  // A file of each task says whether it is right by now.
  rig.checks.set('npm test', ({ folder, task }) => {
    const text = rig.fileIn(folder, `${task}/made.txt`);
    return { code: text === 'good' ? 0 : 1, tail: text };
  });
  rig.start();
  let end = rig.end().then(({ kind }) => kind);
  const left = [...then];
  const answered = new Set<string>();
  for (;;) {
    const found = rig.until(() => {
      const { frontier } = rig.state();
      const gate = [...frontier.waiting].find((id) => !answered.has(id));
      const running = [...frontier.running].find((id) => {
        const task = rig.state().tasks.get(id);
        return task?.kind === 'running' && rig.begun(id, task.attempt) !== undefined;
      });
      return gate ?? running;
    });
    const next = await Promise.race([found, end]);
    if (next === 'finished') {
      return;
    }
    const move = left.shift() ?? 'good';
    if (move === 'crash') {
      rig.detach();
      await end;
      rig.start();
      end = rig.end().then(({ kind }) => kind);
      continue;
    }
    if (rig.state().frontier.waiting.has(next as TaskId)) {
      answered.add(next);
      await rig.answer(next, move === 'fails' ? 'rejected' : 'approved');
      continue;
    }
    const attempt = await rig.attempt(next);
    const [task] = next.split('_branch_');
    if (move === 'fails' && next !== 'next') {
      attempt.fail({ reason: 'too-many-turns', turns: 1 });
    } else {
      attempt.succeed('', { [`${task}/made.txt`]: move });
    }
    const { attempt: number } = attempt.request;
    await rig.until(() => {
      // Not before it stands in the journal.
      const now = rig.state().tasks.get(next as TaskId);
      return now?.kind !== 'running' || now.attempt !== number;
    });
  }
}

describe('Two tasks that are mended, whatever happens', () => {
  it('come to an end, within their rule, and nothing goes on before they are right', async () => {
    await fc.assert(
      fc.asyncProperty(
        moves,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        async (then, attempts, depth) => {
          const rig = new DriverRig(planOf(attempts, depth));
          try {
            await walk(rig, then);
            judge(rig, attempts, depth);
          } finally {
            rig.dispose();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

function judge(rig: DriverRig, attempts: number, depth: number): void {
  const kinds = rig.kinds();
  const isRight = (task: string) => kinds[task] === 'succeeded';
  assert.equal(kinds['next'], isRight('a') && isRight('b') ? 'succeeded' : 'skipped');
  const started = rig.events.findIndex(
    (event) => event.type === 'task-started' && event.task === 'next',
  );
  for (const task of ['a', 'b']) {
    const done = rig.events.findIndex(
      (event) => event.type === 'task-succeeded' && event.task === task,
    );
    assert.ok(started === -1 || done < started, `next began before ${task} was right`);
    let round = 0;
    for (const event of rig.events) {
      if (event.type === 'fix-opened' && event.fix.of === task) {
        round = event.fix.agent === undefined ? 0 : round + 1;
        assert.ok(round <= attempts, `${round} fixes in one round`);
        assert.ok(event.fix.depth <= depth, `${event.fix.id} is ${event.fix.depth} deep`);
      }
    }
    const faults = rig.events.filter(
      (event) => event.type === 'task-faulted' && event.task === task,
    );
    const attemptsOf = rig.events.filter(
      (event) => event.type === 'task-started' && event.task === task,
    );
    assert.ok(faults.length <= attemptsOf.length);
  }
  const landed = rig.landed.map((branch) => branch.split('/').at(-1)).sort();
  assert.deepEqual(landed, ['a', 'b'].filter(isRight));
}
