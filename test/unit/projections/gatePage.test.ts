import assert from 'node:assert/strict';
import { digestOf } from '../../../src/core/base/digest.ts';
import type { EventBody } from '../../../src/core/domain/event.ts';
import {
  answerText,
  fileText,
  gateLines,
  gatePage,
  identicalGates,
  lapsedText,
} from '../../../src/core/projections/gatePage.ts';
import { openGates, type OpenGate } from '../../../src/core/projections/gates.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { answered, artifact, opened, started, stateAfter, succeeded, task } from './histories.ts';

const HOUR = 3_600_000;
const old = { digest: digestOf('old'), bytes: 3, executable: false };

// first --> draft --> ask --> after
const guarded = plan(
  step('first'),
  step('draft', ['first'], { produces: ['docs/a.md'] }),
  gate('ask', ['draft']),
  step('after', ['ask']),
);

describe('The page of a gate', () => {
  const made = (id: string, over: object = {}): EventBody => ({
    ...(succeeded(id) as Extract<EventBody, { type: 'task-succeeded' }>),
    ...over,
  });
  const pageAfter = (...bodies: readonly EventBody[]) => {
    const state = stateAfter(guarded, ...bodies);
    const [open] = openGates(guarded, state);
    assert.ok(open);
    return gatePage(guarded, state, open, 2 * HOUR);
  };

  it('has every file that what lies upstream has changed, and what became of it', () => {
    const page = pageAfter(
      started('first'),
      made('first', {
        artifacts: [artifact('b.ts'), { ...artifact('c.ts'), was: old }],
        removed: [{ path: 'a.ts', was: old }],
      }),
      started('draft'),
      made('draft', { artifacts: [artifact('docs/a.md')] }),
      opened('ask'),
    );
    assert.deepEqual(page.files.map(fileText), [
      'a.ts removed by first',
      'b.ts added by first (4 B)',
      'c.ts changed by first (4 B)',
      'docs/a.md added by draft (9 B)',
    ]);
    assert.deepEqual(page.behind, [task('after')]);
  });

  it('takes no file for a change that is as it was', () => {
    const same = artifact('c.ts');
    const { path, ...version } = same;
    const page = pageAfter(
      started('first'),
      made('first', { artifacts: [{ ...same, was: version }] }),
      started('draft'),
      succeeded('draft', 'docs/a.md'),
      opened('ask'),
    );
    assert.equal(path, 'c.ts');
    assert.deepEqual(page.files.map(fileText), ['docs/a.md added by draft (9 B)']);
  });

  it('is, for a terminal, one line for each thing there is to know', () => {
    const page = pageAfter(
      started('first'),
      succeeded('first'),
      started('draft'),
      succeeded('draft', 'docs/a.md'),
      opened('ask'),
    );
    assert.deepEqual(gateLines(page), [
      'by draft: draft-agent',
      'docs/a.md is there (9 B)',
      'exit code 0 of true',
      'docs/a.md added by draft (9 B)',
      'to come: 1 task, time unknown',
    ]);
  });

  it('tells what was approved before it was asked again, and what is not as it was', () => {
    const page = pageAfter(
      started('first'),
      succeeded('first'),
      started('draft'),
      succeeded('draft', 'docs/a.md'),
      opened('ask'),
      answered('ask', 'approved'),
      {
        type: 'tasks-reset',
        tasks: [task('draft'), task('ask'), task('after')],
        fresh: [],
        by: { name: 'ada', via: 'terminal' },
        edit: undefined,
      },
      started('draft', 2),
      made('draft', {
        attempt: 2,
        artifacts: [{ ...artifact('docs/a.md'), digest: digestOf('new') }],
      }),
      opened('ask', 'Still?'),
    );
    assert.equal(
      page.lapsed,
      'Approved by ada 1 h ago; the question changed, docs/a.md changed since',
    );
  });
});

describe('An answer that does not count any more', () => {
  const text = (
    decision: 'approved' | 'rejected' | 'changes-requested',
    ...changed: readonly string[]
  ) => lapsedText({ lapsed: { by: 'ada', at: 0, decision, note: undefined, changed } }, 2 * HOUR);

  it('is told with who gave it, how long ago, and what changed', () => {
    assert.equal(
      text('approved', 'docs/a.md changed'),
      'Approved by ada 2 h ago; docs/a.md changed since',
    );
    assert.equal(
      text('rejected', 'docs/a.md is gone', 'the question changed'),
      'Rejected by ada 2 h ago; docs/a.md is gone, the question changed since',
    );
    assert.equal(
      text('approved', 'nobody who holds your key gave that answer'),
      'Approved by ada 2 h ago; nobody who holds your key gave that answer',
    );
  });

  it('is told as unheeded where changes were wanted and nothing changed', () => {
    assert.equal(text('changes-requested'), 'ada wanted changes 2 h ago; nothing changed since');
  });

  it('names three things that changed and counts the others', () => {
    assert.equal(
      text('approved', ...['a', 'b', 'c', 'd', 'e'].map((name) => `${name} changed`)),
      'Approved by ada 2 h ago; a changed, b changed, c changed, 2 more changed since',
    );
  });

  it('is not told where there was none', () => {
    assert.equal(lapsedText({ lapsed: undefined }, 0), undefined);
  });
});

describe('Gates', () => {
  it('are identical by what they ask about, wherever they are', () => {
    const gates = ['one', 'two', 'one'].map((identical) => ({ identical }) as OpenGate);
    assert.deepEqual(
      gates.map((each) => identicalGates(gates, each).length),
      [2, 1, 2],
    );
  });

  it('say what an approval has to carry', () => {
    assert.deepEqual(answerText({ choices: [], takesText: false }), []);
    assert.deepEqual(answerText({ choices: [], takesText: true }), [
      'It asks for an answer in words',
    ]);
    assert.deepEqual(answerText({ choices: ['blue', 'red'], takesText: false }), [
      'Choose one: blue, red',
    ]);
    assert.deepEqual(answerText({ choices: ['blue'], takesText: true }), [
      'Choose one, or write another answer: blue',
    ]);
  });
});
