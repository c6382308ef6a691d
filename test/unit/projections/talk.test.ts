import assert from 'node:assert/strict';
import type { Agent, RunnerSpec } from '../../../src/core/domain/agent.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { agentName } from '../../../src/core/domain/ids.ts';
import type { Question } from '../../../src/core/domain/question.ts';
import { pictureOfRun } from '../../../src/core/projections/graph.ts';
import {
  census,
  shownStatus,
  taskRows,
  type Driven,
} from '../../../src/core/projections/taskRows.ts';
import { commandAgent, planWith, step } from '../../support/plans.ts';
import {
  asked,
  called,
  callEnded,
  parked,
  replied,
  started,
  stateAfter,
  succeeded,
  task,
} from './histories.ts';

// What rows, cards and the run's word say of agents that talk with models.

const MODEL: RunnerSpec = { kind: 'model', instructions: '', models: [], mcpServers: [] };
const CLAUDE: RunnerSpec = { kind: 'claude-code', instructions: '', models: [] };

function planOf(runner: RunnerSpec) {
  const agent: Agent = { ...commandAgent('a-agent'), runner };
  return planWith(
    { agents: { [agentName('a-agent')]: agent, [agentName('b-agent')]: commandAgent('b-agent') } },
    step('a'),
    step('b', ['a']),
  );
}

const talking = planOf(MODEL);
const HERE: Driven = { kind: 'here' };
const MAY: Question = { kind: 'permission', tool: 'shell', summary: 'run npm test', detail: '' };
const LIMIT = {
  kind: 'provider',
  provider: 'anthropic',
  model: 'claude-x',
  because: 'rate-limit',
} as const;

function rowAfter(bodies: readonly EventBody[], heard?: string, driven = HERE) {
  const state = stateAfter(talking, ...bodies);
  const [row] = taskRows(talking, state, driven, () => heard);
  assert.ok(row);
  return row;
}

describe('The row of an agent that talks with a model', () => {
  const worked = [started('a'), called('a'), callEnded('a', 1, {})];

  it('says what it has spent so far, and what it says', () => {
    const { detail, live } = rowAfter(worked, 'reading src/a.ts');
    assert.deepEqual([detail, live], ['', '2,140 tokens · $0.03 · reading src/a.ts']);
    assert.equal(rowAfter([started('a')]).live, '');
  });

  it('shows the end of a long line, which is what is new, as plain text', () => {
    const long = `${'word '.repeat(30)}\u001b[31mreading src/a.ts`;
    const { live } = rowAfter([started('a')], long);
    assert.match(live, /^… .*word reading src\/a\.ts$/);
    assert.ok(live.length <= 62, live);
  });

  it('says what it spent once it has succeeded, and that another model answered', () => {
    assert.equal(rowAfter([...worked, succeeded('a')]).detail, '1.5 s · 2,140 tokens · $0.03');
    const other = [started('a'), called('a'), callEnded('a', 1, { served: 'mini' })];
    assert.equal(rowAfter(other).detail, 'mini answered instead of claude-x');
    assert.match(
      rowAfter([...other, succeeded('a')]).detail,
      / · mini answered instead of claude-x$/,
    );
  });

  it('says what it asks, and nothing else that changes', () => {
    const asks = rowAfter([...worked, asked('a', MAY)], 'thinking');
    assert.deepEqual(
      [asks.asks, asks.detail, asks.live],
      ['run npm test', 'asks: run npm test', ''],
    );
    assert.deepEqual(asks.verbs, ['answer', 'stop', 'hold', 'change-model', 'change-permissions']);
    const question = asked('a', MAY);
    const answered = rowAfter([
      ...worked,
      question,
      replied(question, { kind: 'deny', note: undefined }),
    ]);
    assert.deepEqual([answered.asks, answered.detail], [undefined, '']);
    assert.ok(!answered.verbs.includes('answer'));
  });

  it('says until when its provider takes no calls; the time is for whoever shows it', () => {
    const waits = rowAfter([...worked, parked('a', LIMIT, 90_000)]);
    assert.deepEqual(
      [waits.state, waits.detail, waits.goesOnAt, waits.triesAgainAt],
      ['pending', 'rate limit', 90_000, undefined],
    );
    const overloaded = parked('a', { ...LIMIT, because: 'overloaded' }, 90_000);
    assert.equal(rowAfter([...worked, overloaded]).detail, 'anthropic is overloaded');
    assert.equal(
      rowAfter([...worked, parked('a', LIMIT, 90_000)], undefined, { kind: 'nobody' }).detail,
      'the run is interrupted',
    );
    assert.equal(rowAfter([...worked, parked('a', LIMIT, undefined)]).detail, 'about to start');
  });

  it('can be given another model and other permissions where its runner can', () => {
    const verbs = (of: ReturnType<typeof planOf>, ...bodies: readonly EventBody[]) =>
      taskRows(of, stateAfter(of, ...bodies))[0]?.verbs;
    const changes = ['change-model', 'change-permissions'];
    assert.deepEqual(verbs(talking), ['hold', 'skip', ...changes]);
    assert.deepEqual(verbs(talking, started('a')), ['stop', 'hold', ...changes]);
    const claude = planOf(CLAUDE);
    assert.deepEqual(verbs(claude), ['hold', 'skip', ...changes]);
    assert.deepEqual(verbs(claude, started('a')), ['stop', 'hold']);
    const command = planOf(commandAgent('a-agent').runner);
    assert.deepEqual(verbs(command), ['hold', 'skip']);
    assert.deepEqual(verbs(command, started('a')), ['stop', 'hold']);
  });
});

describe('A run whose agents ask', () => {
  it('still asks and waits once its driver has let go of it', () => {
    const left = stateAfter(
      talking,
      started('a'),
      asked('a', MAY),
      parked('a', { kind: 'stopped' }, undefined),
    );
    const nobody: Driven = { kind: 'nobody' };
    assert.equal(shownStatus(left, nobody), 'waiting');
    assert.equal(census(left), '0 of 2 done · 1 asks you');
    const [row] = taskRows(talking, left, nobody);
    assert.deepEqual(
      [row?.state, row?.detail, row?.verbs[0]],
      [...['pending', 'asks: run npm test', 'answer']],
    );
    const [card] = pictureOfRun(talking, left, nobody).nodes;
    assert.deepEqual([card?.state, card?.detail], ['asking', 'run npm test']);
    const unparked = stateAfter(talking, started('a'), asked('a', MAY));
    assert.equal(pictureOfRun(talking, unparked, nobody).nodes[0]?.state, 'asking');
    assert.equal(shownStatus(unparked, nobody), 'waiting');
  });

  it('waits for people once nothing else moves', () => {
    const asks = stateAfter(talking, started('a'), asked('a', MAY));
    assert.equal(shownStatus(asks, HERE), 'waiting');
    assert.equal(shownStatus(stateAfter(talking, started('a')), HERE), 'running');
    assert.equal(census(asks), '0 of 2 done · 1 asks you');
  });

  it('shows on the card what is asked, and what a parked task waits for', () => {
    const asks = stateAfter(talking, started('a'), asked('a', MAY));
    const [card] = pictureOfRun(talking, asks, HERE).nodes;
    assert.deepEqual(
      [card?.state, card?.detail, card?.runningSince, card?.verbs.includes('answer')],
      ['asking', 'run npm test', undefined, true],
    );
    const waits = stateAfter(talking, started('a'), parked('a', LIMIT, 90_000));
    const [later] = pictureOfRun(talking, waits, HERE).nodes;
    assert.deepEqual(
      [later?.state, later?.detail, later?.goesOnAt],
      ['pending', 'rate limit', 90_000],
    );
    const running = stateAfter(talking, started('a'));
    const [live] = pictureOfRun(talking, running, HERE, undefined, () => 'reading').nodes;
    assert.equal(live?.live, 'reading');
    assert.equal(task('a'), live.id);
  });
});
