import assert from 'node:assert/strict';
import type { EventBody, RunEvent } from '../../../src/core/domain/event.ts';
import type { RunPlan } from '../../../src/core/domain/workflow.ts';
import { foldOf, type RunFold } from '../../../src/core/journal/fold.ts';
import type { ReadableRun } from '../../../src/vscode/offers.ts';
import { NO_FILTER, readFilter, type RunFilter } from '../../../src/vscode/views/runFilter.ts';
import { TaskAttempts } from '../../../src/vscode/views/taskAttempts.ts';
import { gate, nested, plan, planWith, step, withModels, workflowOf } from '../../support/plans.ts';
import { PlainTree, PlainView, type PlainRow } from '../../support/treeRows.ts';
import {
  answered,
  callEnded,
  called,
  failed,
  finished,
  history,
  opened,
  started,
  stateAfter,
  succeeded,
  task,
} from '../projections/histories.ts';

/** A run that goes on, as a program that drives it sees it: the same objects, changed. */
class LiveRun {
  readonly #fold: RunFold;
  #events: RunEvent[];

  constructor(of: RunPlan, ...bodies: readonly EventBody[]) {
    this.#events = history(bodies);
    this.#fold = foldOf(of, this.#events);
  }

  get plan(): RunPlan {
    return this.#fold.plan;
  }

  get state() {
    return this.#fold.state;
  }

  then(...bodies: readonly EventBody[]): void {
    const all = history([...this.#events.slice(1), ...bodies]);
    all.slice(this.#events.length).forEach((event) => this.#fold.apply(event));
    this.#events = all;
  }
}

/** `- label: description`, a line each, indented by depth. */
function lines(row: PlainRow | undefined, depth = 0): string[] {
  if (row === undefined) {
    return [];
  }
  const { label, description } = row.face;
  const line = `${'  '.repeat(depth)}${label}${description === '' ? '' : `: ${description}`}`;
  return [line, ...row.children().flatMap((below) => lines(below, depth + 1))];
}

function shown(of: RunPlan, bodies: readonly EventBody[], now = 60_000, filter = NO_FILTER) {
  return new PlainTree().draw({ plan: of, state: stateAfter(of, ...bodies) }, now, { filter });
}

describe('The rows of a run in the tree', () => {
  it('stand below their phases, with what they make and are to make', () => {
    const of = plan(step('a', [], { produces: ['a.md'] }), gate('ok', ['a']));
    const inPhases: RunPlan = {
      ...of,
      tasks: of.tasks.map((planned) => ({ ...planned, groups: ['Build'] })),
    };
    assert.deepEqual(lines(shown(inPhases, [started('a')])), [
      'example-1: running · 0 of 2 done',
      '  Build: 0 of 2 done',
      '    a: 58 s',
      '      a.md: to come',
      '    ok: needs a',
    ]);
    assert.deepEqual(lines(shown(inPhases, [started('a'), succeeded('a', 'a.md'), opened('ok')])), [
      'example-1: waiting · 1 of 2 done',
      '  Build: 1 of 2 done · 1 waits for you',
      '    a: 1.5 s',
      '      a.md: 4 B',
      '    ok: waits for you',
    ]);
  });

  it('fold the lanes of a step under it, counted', () => {
    const values = Array.from({ length: 57 }, (_, n) => `v${n}`);
    const of = plan(step('search', [], { matrix: { concept: values } }), step('end', ['search']));
    const ids = of.tasks.map(({ id }) => id);
    const bodies = ids.slice(0, 12).flatMap((id) => [started(id), succeeded(id)]);
    const run = shown(of, [...bodies, ...ids.slice(12, 15).map((id) => started(id))]);
    const [lanes, end] = run?.children() ?? [];
    assert.deepEqual(
      [lanes?.face.label, lanes?.face.description, lanes?.face.folds, lanes?.face.sign],
      ['search', '57 lanes · 12 done · 3 running', 'closed', 'running'],
    );
    assert.equal(end?.face.description, `needs ${ids[12]!}, ${ids[13]!} +43`);
    assert.deepEqual(
      lanes
        ?.children()
        .slice(11, 13)
        .map(({ face }) => face.label),
      ['v11', 'v12'],
    );
  });

  it('fold the lanes of a nested workflow one by one', () => {
    const inner = workflowOf('inner', step('compile'), step('test', ['compile']));
    const of = planWith(
      { workflows: [inner] },
      nested('build', [], 'inner', { matrix: { os: ['linux', 'mac'] } }),
    );
    assert.deepEqual(lines(shown(of, [])).slice(1, 5), [
      '  build: 2 lanes · 0 of 4 done',
      '    linux: 0 of 2 done',
      '      build.linux.compile: about to start',
      '      build.linux.test: needs build.linux.compile',
    ]);
  });

  it('stand in pieces of 200 where they are many', () => {
    const of = plan(...Array.from({ length: 450 }, (_, n) => step(`s${n}`)));
    const run = shown(of, [started('s201')]);
    assert.deepEqual(
      run?.children().map(({ face }) => [face.label, face.description, face.sign, face.folds]),
      [
        ['1–200', '0 of 200 done', 'pending', 'closed'],
        ['201–400', '0 of 200 done', 'running', 'closed'],
        ['401–450', '0 of 50 done', 'pending', 'closed'],
      ],
    );
  });

  it('are closed at first sight when they are done, and stay as they were first seen', () => {
    const of = plan(step('a'));
    const grouped = { ...of, tasks: of.tasks.map((one) => ({ ...one, groups: ['One'] })) };
    const folds = (row: PlainRow | undefined) => row?.children()[0]?.face.folds;
    assert.equal(folds(shown(grouped, [started('a'), succeeded('a')])), 'closed');
    const run = new LiveRun(grouped, started('a'));
    const tree = new PlainTree();
    assert.equal(folds(tree.draw(run, 3000)), 'open');
    run.then(succeeded('a'));
    assert.equal(folds(tree.draw(run, 4000)), 'open');
  });

  it('say what a model took, the model last', () => {
    const of = withModels(plan(step('a')));
    const run = new LiveRun(of, started('a'), called('a', 1, 'claude-x-20260101'));
    const tree = new PlainTree();
    const told = () => tree.draw(run, 14_000)?.children()[0]?.face.description;
    assert.equal(told(), '12 s · claude-x');
    run.then(callEnded('a', 1, { served: 'claude-x-20260101' }));
    assert.equal(told(), '12 s · 2,140 tokens · $0.03 · claude-x');
    run.then(succeeded('a'));
    assert.equal(told(), '1.5 s · 2,140 tokens · $0.03 · claude-x');
  });

  it('are made anew only where something has happened', () => {
    const of = plan(...Array.from({ length: 100 }, (_, n) => step(`s${n}`)), step('z', ['s0']));
    const run = new LiveRun(of, started('s0'), started('s1'));
    const tree = new PlainTree();
    const view = new PlainView(() => [tree.draw(run, 5000) ?? []].flat());
    view.open();
    tree.made.length = 0;
    assert.deepEqual(view.refresh(0), []);
    assert.deepEqual(tree.made, []);
    run.then(succeeded('s0'));
    const told = view.refresh(10_000)?.map(({ face }) => face.label);
    assert.deepEqual([tree.made.sort(), told], [['example-1', 's0', 'z'], ['example-1']]);
    run.then(started('s2'));
    const next = view.refresh(10_300)?.map(({ face }) => face.label);
    assert.deepEqual(next, ['s2']);
  });

  it('tell of an answer that counts no more, and of attempts before this one once they are read', async () => {
    const of = plan(step('a'), gate('ok', ['a']));
    const exit = { reason: 'exited', command: 'x', code: 2, tail: '' } as const;
    const bodies: EventBody[] = [
      ...[started('a'), failed('a', exit)],
      { type: 'tasks-reset', ...reset('a') },
      { ...succeeded('a'), attempt: 2 } as EventBody,
    ];
    bodies.splice(3, 0, started('a', 2));
    const again: EventBody[] = [
      ...[...bodies, opened('ok'), answered('ok', 'approved')],
      { type: 'tasks-reset', ...reset('ok') },
    ];
    const state = stateAfter(of, ...again);
    let read = 0;
    const attempts = new TaskAttempts(
      () => Promise.resolve(history(again)),
      () => {
        read += 1;
      },
    );
    const tree = new PlainTree({
      attempts: (entry, id) => attempts.of(entry.run, id, entry.state.seq),
    });
    const run = tree.draw({ plan: of, state }, 60_000);
    assert.deepEqual(lines(run).slice(1), [
      '  a: 1.5 s',
      '    attempts: 2',
      '      reading the journal…',
      '  ok: about to start',
      '    approved by ada: lapsed: what it was for has changed',
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(read, 1);
    assert.deepEqual(lines(tree.draw({ plan: of, state }, 60_000)).slice(2, 5), [
      '    attempts: 2',
      '      attempt 1: failed · 1.0 s · "x" exited with code 2',
      '      attempt 2: succeeded · 1.0 s · asked for again by ada',
    ]);
  });

  it('say which moment they show, and offer nothing that can be asked of now alone', () => {
    const of = plan(gate('ok', []));
    const then = { plan: of, state: stateAfter(of, opened('ok')) };
    const state = stateAfter(of, opened('ok'), answered('ok', 'approved'));
    const now: NonNullable<ReadableRun['past']>['now'] = {
      ...{ kind: 'readable', run: state.run, plan: of, damage: undefined },
      ...{ driven: { kind: 'here' }, state },
    };
    const run = new PlainTree().draw(then, 60_000, {
      past: { moment: { seq: 2, last: 3, at: 2000 }, now },
    });
    assert.match(run?.face.description ?? '', /^event 2 of 3 · waiting/);
    assert.equal(run?.face.sign, 'past');
    assert.match(run.children()[0]?.face.context ?? '', /^gate\.past/);
  });

  it('each say to a screen reader what they are', () => {
    const of = plan(step('a', [], { produces: ['a.md'] }), gate('ok', ['a']));
    const all = (row: PlainRow): PlainRow[] => [row, ...row.children().flatMap(all)];
    const run = shown(of, [
      started('a'),
      succeeded('a', 'a.md'),
      opened('ok'),
      answered('ok', 'approved'),
      finished('succeeded'),
    ]);
    assert.deepEqual(
      all(run!).map(({ face }) => face.said),
      [
        'Run example-1, succeeded · 5.0 s',
        'a, succeeded, 1.5 s',
        'a.md, 4 B',
        'ok, approved, by ada',
      ],
    );
  });
});

describe('A filter of runs', () => {
  const of = plan(step('lint'), step('test'), step('publish', ['test']), gate('ok', []));
  const exit = { reason: 'exited', command: 'x', code: 2, tail: '' } as const;
  const bodies = [started('lint'), failed('lint', exit), started('test'), opened('ok')];
  const left = (filter: Partial<RunFilter>) =>
    lines(shown(of, bodies, 60_000, { ...NO_FILTER, ...filter }))
      .slice(1)
      .map((line) => line.trim().replace(/:.*/, ''));

  it('leaves what has all words in its name, its agent or its run, and one of the states', () => {
    assert.deepEqual(left({ text: 'LINT agent' }), ['lint']);
    assert.deepEqual(left({ text: 'example-1 test' }), ['test']);
    assert.deepEqual(left({ states: ['failed', 'waiting'] }), ['lint', 'ok']);
    assert.deepEqual(left({ text: 'lint', states: ['running'] }), []);
    assert.equal(shown(of, bodies, 0, { text: 'nothing', states: [] }), undefined);
  });

  it('keeps what stands above, opened, and says how much it leaves', () => {
    const grouped = { ...of, tasks: of.tasks.map((one) => ({ ...one, groups: ['Checks'] })) };
    const run = shown(grouped, bodies, 62_000, { text: 'test', states: ['running'] });
    assert.deepEqual(lines(run), [
      'example-1: 1 of 4 shown · running · 0 of 4 done',
      '  Checks: 0 of 4 done · 1 failed · 1 waits for you',
      '    test: 58 s',
    ]);
    assert.equal(run?.children()[0]?.face.folds, 'open');
  });

  it('is read from what was remembered, whatever that is', () => {
    for (const odd of [undefined, null, 'x', 7, [], { text: 3, states: 'failed' }]) {
      assert.deepEqual(readFilter(odd), NO_FILTER);
    }
    assert.deepEqual(readFilter({ text: 'a', states: ['reused', 'x', 'failed'] }), {
      text: 'a',
      states: ['failed', 'reused'],
    });
  });

  it('hides the way to a task it does not leave', () => {
    const tree = new PlainTree();
    const run = { plan: of, state: stateAfter(of, ...bodies) };
    tree.draw(run, 0, { filter: { text: 'lint', states: [] } });
    assert.equal(tree.pathTo(task('test')), undefined);
    assert.equal(tree.pathTo(task('lint'))?.length, 2);
  });
});

function reset(...ids: readonly string[]) {
  return {
    ...{ tasks: ids.map(task), fresh: [], edit: undefined },
    by: { name: 'ada', via: 'terminal' },
  } as const;
}
