import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventBody } from '../../../src/core/domain/event.ts';
import { runId } from '../../support/runs.ts';
import type { Driven } from '../../../src/core/projections/taskRows.ts';
import { foldRun } from '../../../src/core/journal/fold.ts';
import type { ReadableRun } from '../../../src/vscode/offers.ts';
import { firstSteps, type FolderSoFar } from '../../../src/vscode/status/firstSteps.ts';
import { atWork, type AtWork, type FolderAtWork } from '../../../src/vscode/status/runsAtWork.ts';
import { gate, plan, step } from '../../support/plans.ts';
import { english } from '../../support/english.ts';
import { answered, failed, history, opened, started, succeeded } from '../projections/histories.ts';

const PLANNED = plan(step('lint'), step('test'), gate('ok', ['lint']));
const HERE: Driven = { kind: 'here' };
const FOLDER = 'file:///shop';

function run(
  id: string,
  bodies: readonly EventBody[],
  { driven = HERE, at = 0 }: { driven?: Driven; at?: number } = {},
): ReadableRun {
  const name = runId(id);
  const events = history(bodies, name).map((event) => ({ ...event, at: event.at + at }));
  return {
    kind: 'readable',
    run: name,
    plan: PLANNED,
    state: foldRun(PLANNED, events),
    driven,
    damage: undefined,
  };
}

function folder(...runs: readonly ReadableRun[]): FolderAtWork {
  return {
    folder: FOLDER,
    runs,
    gates: runs.flatMap(({ state }) => [...state.frontier.waiting]),
    questions: [],
    conflicts: 0,
  };
}

function shown(...folders: readonly FolderAtWork[]): AtWork {
  const work = atWork(folders, english);
  assert.ok(work, 'nothing is shown');
  return work;
}

/** All of it, so that the run can be over. */
const REST = [started('lint'), succeeded('lint'), started('test'), succeeded('test')];
const ENDED: readonly EventBody[] = [
  ...REST,
  opened('ok'),
  answered('ok', 'approved'),
  { type: 'run-finished', status: 'succeeded' },
];
const WAITS = [started('lint'), succeeded('lint'), opened('ok')];

describe('The status bar', () => {
  it('is not there while nothing runs and nothing waits', () => {
    assert.equal(atWork([], english), undefined);
    const over = run('release-1', ENDED);
    assert.equal(atWork([folder(over)], english), undefined);
  });

  it('names the run where there is one, and counts them where there are several', () => {
    const one = run('release-1', [started('lint'), succeeded('lint'), started('test')]);
    assert.equal(shown(folder(one)).text, '$(sync~spin) release-1 · 1/3');
    const other = run('audit-2', [started('lint')]);
    assert.equal(shown(folder(one, other)).text, '$(sync~spin) 2 runs · 1/6');
  });

  it('says what waits for people, and that it does', () => {
    const waiting = run('release-1', [...WAITS, started('test')]);
    const work = shown(folder(waiting));
    assert.equal(work.text, '$(sync~spin) release-1 · 1/3 · 1 gate');
    assert.equal(work.level, 'waits');
    assert.equal(work.waiting, '1 gate waits for you');
    assert.equal(work.spoken, 'Sluice: release-1 running, 1 of 3 tasks done, 1 gate');
    const more = { ...folder(waiting), questions: [{ run: waiting.run }], conflicts: 2 };
    assert.equal(shown(more).waiting, '1 gate, 1 question and 2 conflicts wait for you');
  });

  it('turns no more once a run waits for people alone, or rests', () => {
    const waiting = run('release-1', [...WAITS, started('test'), succeeded('test')]);
    assert.match(shown(folder(waiting)).text, /^\$\(bell-dot\)/);
    const by = { name: 'ada', via: 'terminal' } as const;
    const paused = run('release-2', [{ type: 'run-paused', running: 'finish', by }]);
    assert.match(shown(folder(paused)).text, /^\$\(debug-pause\)/);
    assert.equal(shown(folder(paused)).level, 'quiet');
    const cut = run('release-3', [started('lint')], { driven: { kind: 'nobody' } });
    assert.match(shown(folder(cut)).text, /^\$\(debug-disconnect\)/);
    assert.equal(shown(folder(cut)).level, 'waits');
  });

  it('is red once something has failed in a run that is not over', () => {
    const bodies = [
      started('test'),
      failed('test', { reason: 'exited', command: 'x', code: 1, tail: '' }),
    ];
    assert.equal(shown(folder(run('release-1', bodies))).level, 'failed');
    const over: EventBody = { type: 'run-finished', status: 'failed' };
    const all = [
      started('lint'),
      succeeded('lint'),
      ...bodies,
      opened('ok'),
      answered('ok', 'approved'),
      over,
    ];
    assert.equal(atWork([folder(run('release-1', all))], english), undefined);
  });

  it('leads to the next gate, before all else', () => {
    const waiting = folder(run('release-1', WAITS));
    const { click } = shown({ ...waiting, questions: [{ run: runId('release-1') }], conflicts: 1 });
    assert.equal(click.command, 'sluice.nextGate');
  });

  it('leads to a question, to conflicts, and else to the graph of the newest run', () => {
    const old = run('release-1', [started('lint')]);
    const young = run('release-2', [started('lint')], { at: 60_000 });
    const at = (over: Partial<FolderAtWork>) => shown({ ...folder(old, young), ...over }).click;
    assert.equal(
      at({ questions: [{ run: old.run }], conflicts: 1 }).command,
      'sluice.answerQuestion',
    );
    assert.equal(at({ conflicts: 1 }).command, 'sluice.gates.focus');
    assert.deepEqual(at({}).target, { folder: FOLDER, run: young.run });
  });

  it('offers for each run what can be asked of it, newest first, and counts those it has no room for', () => {
    const runs = Array.from({ length: 8 }, (_, n) =>
      run(`release-${n + 1}`, [started('lint')], { at: n * 1000 }),
    );
    const { runs: lines, more } = shown(folder(...runs));
    assert.deepEqual(
      lines.map((line) => line.run),
      [8, 7, 6, 5, 4, 3].map((n) => `release-${n}`),
    );
    assert.equal(more, 2);
    assert.deepEqual(
      lines[0]?.deeds.map(({ command }) => command),
      ['sluice.showGraph', 'sluice.pauseRun'],
    );
    const by = { name: 'ada', via: 'terminal' } as const;
    const paused = run('release-9', [{ type: 'run-paused', running: 'finish', by }]);
    assert.deepEqual(
      shown(folder(paused)).runs[0]?.deeds.map(({ command }) => command),
      ['sluice.showGraph', 'sluice.resumeRun'],
    );
  });

  it('counts never more done than there is, and is silent of what is over, whatever the runs are', () => {
    const bodies = fc.subarray([
      [started('lint'), succeeded('lint')],
      [started('test'), succeeded('test')],
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(bodies, fc.boolean()), { maxLength: 6 }), (made) => {
        const runs = made.map(([some, over], n) =>
          run(`release-${n + 1}`, over ? ENDED : some.flat()),
        );
        const live = made.filter(([, over]) => !over);
        const work = atWork([folder(...runs)], english);
        assert.equal(work === undefined, live.length === 0);
        const [, done, total] = / (\d+)\/(\d+)/.exec(work?.text ?? '') ?? [];
        assert.equal(Number(total ?? 0), 3 * live.length);
        assert.equal(Number(done ?? 0), live.flatMap(([some]) => some).length);
      }),
    );
  });
});

describe('The first steps', () => {
  const none: FolderSoFar = { agents: [], workflows: [], runs: [] };

  it('are not known before a folder is read', () => {
    assert.equal(firstSteps([]).definitions, undefined);
    assert.equal(firstSteps([none]).definitions, 'none');
  });

  it('need a model where an agent is one that counts', () => {
    const agent = (kind: string, over: object = {}) =>
      ({ kind: 'valid', agent: { runner: { kind } }, ...over }) as never;
    const needs = (...agents: never[]) => firstSteps([{ ...none, agents }]).needsModel;
    assert.ok(needs(agent('model')));
    assert.ok(!needs(agent('command'), agent('acp'), agent('claude-code')));
    assert.ok(!needs(agent('model', { shadowedBy: 'other.md' })));
    assert.ok(!needs({ kind: 'invalid' } as never));
    assert.equal(firstSteps([{ ...none, agents: [agent('command')] }]).definitions, 'some');
  });

  it('are done one by one: a run, an answer', () => {
    const after = (...bodies: readonly EventBody[]) => {
      const runs = [run('release-1', bodies)];
      const { hasRun, hasAnswered } = firstSteps([{ ...none, runs }]);
      return { hasRun, hasAnswered };
    };
    assert.equal(firstSteps([none]).hasRun, false);
    assert.deepEqual(after(started('lint')), { hasRun: true, hasAnswered: false });
    const answer = answered('ok', 'approved');
    assert.deepEqual(after(...WAITS, answer), { hasRun: true, hasAnswered: true });
  });
});
