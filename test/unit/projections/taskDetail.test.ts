import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import {
  attemptsIn,
  isDeed,
  MOST_TOOLS,
  tasksOfDeed,
  toolsIn,
  type Deed,
} from '../../../src/core/projections/attempts.ts';
import type { TaskDetail } from '../../../src/core/projections/detailPicture.ts';
import {
  MOST_OUTPUT,
  taskDetail,
  type DetailSource,
} from '../../../src/core/projections/taskDetail.ts';
import { gate, plan, step, withModels } from '../../support/plans.ts';
import {
  ADA,
  called,
  callEnded,
  did,
  dropped,
  failed,
  history,
  interrupted,
  landingFailed,
  opened,
  parked,
  stateAfter,
  started,
  succeeded,
  task,
} from './histories.ts';

// a --> ask --> after
const guarded = plan(step('a'), gate('ask', ['a']), step('after', ['ask']));

const EXITED = { reason: 'exited', command: 'npm test', code: 1, tail: '' } as const;
const tool = (use: number, summary = 'npm test'): EventBody =>
  did('a', { type: 'tool-called', use, tool: 'bash', summary });
const toolEnded = (use: number, outcome: 'done' | 'failed' = 'done'): EventBody =>
  did('a', { type: 'tool-ended', use, outcome, durationMs: 40 });
const again: EventBody = {
  type: 'tasks-reset',
  tasks: [task('a')],
  fresh: [],
  by: ADA,
  edit: undefined,
};

function deedsOf(id: string, bodies: readonly EventBody[]): Deed[] {
  return history(bodies).flatMap((event) =>
    isDeed(event) && tasksOfDeed(event).includes(task(id)) ? [event] : [],
  );
}

function detail(
  id: string,
  bodies: readonly EventBody[],
  over: Partial<DetailSource> = {},
  of: RunPlan = guarded,
): TaskDetail {
  const told = taskDetail({
    plan: of,
    state: stateAfter(of, ...bodies),
    driven: { kind: 'here' },
    task: task(id),
    prompt: undefined,
    output: undefined,
    deeds: deedsOf(id, bodies),
    changes: [],
    gate: undefined,
    verbs: () => [],
    now: undefined,
    ...over,
  });
  assert.ok(told !== undefined);
  return told;
}

function fact(told: TaskDetail, name: string): string | undefined {
  return told.facts.find((one) => one.name === name)?.value;
}

describe('The attempts of a task', () => {
  const told = (...bodies: readonly EventBody[]) =>
    attemptsIn(deedsOf('a', bodies)).map(({ attempt, outcome, detail: said, endedAt }) =>
      [`${attempt} ${outcome}`, endedAt, said].filter((part) => part !== '').join(' | '),
    );

  it('are told from their start to their end', () => {
    assert.deepEqual(attemptsIn(deedsOf('a', [started('a'), succeeded('a')])), [
      { attempt: 1, startedAt: 2000, endedAt: 3000, outcome: 'succeeded', detail: '' },
    ]);
    assert.deepEqual(told(started('a')), ['1 running | ']);
  });

  it('say why one ended and why another was made', () => {
    const retried: EventBody = {
      type: 'task-retried',
      task: task('a'),
      attempt: 1,
      durationMs: 5,
      failure: EXITED,
      log: undefined,
      until: 0,
    };
    assert.deepEqual(told(started('a'), retried, started('a', 2), failed('a', EXITED)), [
      '1 failed | 3000 | "npm test" exited with code 1',
      '2 failed | 5000 | tried again by itself · "npm test" exited with code 1',
    ]);
    assert.deepEqual(
      told(started('a'), failed('a', EXITED), again, started('a', 2)).at(-1),
      ['2 running', undefined, 'asked for again by ada'].join(' | '),
    );
  });

  it('say that a person wanted changes', () => {
    const answered: EventBody = {
      type: 'gate-answered',
      task: task('ask'),
      digest: digestOf('Go on?'),
      decision: 'changes-requested',
      by: ADA,
      note: 'shorter',
      changes: { redo: [task('a')], reset: [task('a'), task('ask')] },
    };
    const deeds = deedsOf('a', [
      started('a'),
      succeeded('a'),
      opened('ask'),
      answered,
      started('a', 2),
    ]);
    assert.equal(attemptsIn(deeds).at(-1)?.detail, 'ada wanted changes');
  });

  it('may wait, be cut off, be cancelled, or end as nobody knows', () => {
    const continued: EventBody = { type: 'task-continued', task: task('a'), attempt: 1 };
    const unknown: EventBody = {
      type: 'task-unknown',
      task: task('a'),
      attempt: 1,
      log: undefined,
    };
    const waits = parked('a', { kind: 'stopped' }, undefined);
    assert.deepEqual(told(started('a'), waits), ['1 parked | ']);
    assert.deepEqual(told(started('a'), waits, continued), ['1 running | ']);
    assert.deepEqual(told(started('a'), interrupted('a')), ['1 cut off | 3000']);
    assert.deepEqual(told(started('a'), dropped('a')), ['1 cancelled | 3000']);
    assert.match(told(started('a'), unknown)[0] ?? '', /^1 unknown \| 3000 \| cut off/);
  });

  it('are none of a task that never began, whatever became of it', () => {
    assert.deepEqual(told(dropped('a')), []);
    assert.deepEqual(told(started('a'), succeeded('a'), again, dropped('a')), [
      '1 succeeded | 3000',
    ]);
  });
});

describe('The tools of a task', () => {
  const told = (isRunning: boolean, ...bodies: readonly EventBody[]) =>
    toolsIn(deedsOf('a', bodies), isRunning).map(({ summary, outcome }) => `${summary} ${outcome}`);

  it('are open until they end, in the order they were used', () => {
    assert.deepEqual(
      told(true, started('a'), tool(1, 'one'), tool(2, 'two'), toolEnded(2, 'failed')),
      ['one open', 'two failed'],
    );
  });

  it('are lost where their attempt is over and they are not', () => {
    assert.deepEqual(told(false, started('a'), tool(1, 'one'), interrupted('a')), ['one lost']);
    assert.deepEqual(
      told(true, started('a'), tool(1, 'one'), interrupted('a'), started('a', 2), tool(2, 'two')),
      ['one lost', 'two open'],
    );
  });

  it('are the last ones where there are very many', () => {
    const uses = Array.from({ length: MOST_TOOLS + 5 }, (_, place) => tool(place + 1, `${place}`));
    const shown = toolsIn(deedsOf('a', [started('a'), ...uses]), true);
    assert.equal(shown.length, MOST_TOOLS);
    assert.equal(shown[0]?.summary, '5');
  });
});

describe('The detail of a task', () => {
  it('has what is known of it: agent, time, what it spent, files, attempts', () => {
    const models = withModels(guarded);
    const told = detail(
      'a',
      [started('a'), called('a'), callEnded('a', 1, {}), succeeded('a')],
      {
        changes: [
          { path: 'new.md', was: undefined, is: version('new', 5) },
          { path: 'old.md', was: version('old', 7), is: undefined },
          { path: 'both.md', was: version('old', 7), is: version('new', 9) },
        ],
      },
      models,
    );
    assert.equal(told.state, 'succeeded');
    assert.equal(told.subtitle, 'a-agent · claude-x');
    assert.equal(fact(told, 'Agent'), 'a-agent (.sluice/agents/a-agent.yaml)');
    assert.equal(fact(told, 'Model'), 'anthropic/claude-x');
    assert.equal(fact(told, 'Took'), '1.5 s');
    assert.equal(fact(told, 'Tokens'), '2,140 (1,900 in, 240 out)');
    assert.equal(fact(told, 'Cost'), '$0.03');
    assert.deepEqual(told.files, [
      { path: 'new.md', change: 'added', bytes: 5 },
      { path: 'old.md', change: 'removed', bytes: 7 },
      { path: 'both.md', change: 'changed', bytes: 9 },
    ]);
    assert.equal(told.attempts.length, 1);
  });

  it('says what a pending one waits for', () => {
    assert.equal(fact(detail('after', []), 'Now'), 'needs ask');
    assert.equal(fact(detail('after', []), 'Needs'), 'ask');
  });

  it('says what went wrong and what to do', () => {
    const told = detail('a', [started('a'), failed('a', EXITED)]);
    assert.equal(told.problem?.title, '"npm test" exited with code 1');
    assert.match(told.problem.fix ?? '', /success-codes/);
    const made = [started('a'), succeeded('a', 'x.md')];
    assert.equal(detail('a', made).problem, undefined);
    const unlanded = [...made, landingFailed('a', 'the ref moved')];
    assert.match(detail('a', unlanded, {}, plan(step('a'))).problem?.title ?? '', /ref moved/);
  });

  it('does not take a task for running that nobody drives', () => {
    const told = detail('a', [started('a'), tool(1)], { driven: { kind: 'nobody' } });
    assert.equal(told.state, 'pending');
    assert.equal(fact(told, 'Now'), 'cut off: nobody drives the run');
    assert.equal(told.tools[0]?.outcome, 'lost');
  });

  it('shows the end of an output, without what a terminal would do with it', () => {
    const long = `\u001b[31mred${'x'.repeat(MOST_OUTPUT)}`;
    const told = detail('a', [started('a')], { output: { text: long, before: 10 } });
    assert.deepEqual(told.output, {
      text: 'x'.repeat(MOST_OUTPUT),
      before: 13,
      isMarkdown: false,
      isLive: true,
    });
  });

  it('takes what models say for Markdown, and what is over for no longer live', () => {
    const done = [started('a'), succeeded('a')];
    const told = detail('a', done, { output: { text: '# x', before: 0 } }, withModels(guarded));
    assert.equal(told.output?.isMarkdown, true);
    assert.equal(told.output.isLive, false);
  });

  it('has neither prompt nor output of a gate, and none that is empty', () => {
    const parts = { prompt: 'x', output: { text: 'x', before: 0 } };
    const asks = detail('ask', [started('a'), succeeded('a'), opened('ask')], parts);
    assert.equal(asks.prompt, undefined);
    assert.equal(asks.output, undefined);
    assert.equal(detail('a', [], { prompt: ' \n ' }).prompt, undefined);
    assert.equal(detail('a', [], { prompt: ' Do it.\n' }).prompt, 'Do it.');
  });

  it('is none of a task that is not there', () => {
    const state = stateAfter(guarded);
    const source = { plan: guarded, state, driven: { kind: 'here' }, task: task('nope') } as const;
    const nothing = { prompt: undefined, output: undefined, gate: undefined, now: undefined };
    assert.equal(
      taskDetail({ ...source, ...nothing, deeds: [], changes: [], verbs: () => [] }),
      undefined,
    );
  });
});

function version(text: string, bytes: number) {
  return { digest: digestOf(text), bytes, executable: false };
}
