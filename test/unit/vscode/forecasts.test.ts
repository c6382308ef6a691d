import assert from 'node:assert/strict';
import { err, ok, type Result } from '../../../src/core/base/result.ts';
import type { MergeSide } from '../../../src/core/domain/merge.ts';
import type { ShownForecast } from '../../../src/core/resultsApi.ts';
import { Forecasts, markText } from '../../../src/vscode/forecasts.ts';
import type { ReadableRun } from '../../../src/vscode/offers.ts';
import type { Project } from '../../../src/vscode/project.ts';
import { plan, step } from '../../support/plans.ts';
import { RUN, started, stateAfter, succeeded, task } from '../projections/histories.ts';

const side = (id: string): MergeSide =>
  id === 'base' ? { by: 'base' } : { by: 'task', task: task(id) };

function forecast(...pairs: readonly (readonly [string, string])[]): ShownForecast {
  return {
    base: 'main',
    tasks: [task('a')],
    conflicts: pairs.map(([one, other]) => ({
      path: 'x',
      kind: 'content',
      between: [side(one), side(other)],
    })),
    clean: [],
    baseMoved: false,
    uncompared: [],
  };
}

describe('A short forecast', () => {
  it('says how many conflicts there are, and between whom', () => {
    assert.equal(markText(forecast()), 'no conflicts');
    assert.equal(markText(forecast(['base', 'a'])), '1 conflict: main, a');
    assert.equal(markText(forecast(['a', 'b'], ['c', 'd'])), '2 conflicts: a, b, c, 1 more');
  });

  const planned = plan(step('a'), step('b'));
  const entry = (...made: readonly string[]): ReadableRun => ({
    kind: 'readable',
    run: RUN,
    plan: planned,
    state: stateAfter(planned, ...made.flatMap((id) => [started(id), succeeded(id, 'x')])),
    driven: { kind: 'here' },
    damage: undefined,
  });

  it('is asked for once, keeps nobody waiting, and says when it is known', async () => {
    const answers: ((answer: Result<ShownForecast, string>) => void)[] = [];
    let changes = 0;
    const forecasts = new Forecasts(
      () => 0,
      () => {
        changes += 1;
      },
    );
    const project = projectWith(() => new Promise((resolve) => answers.push(resolve)));
    assert.equal(forecasts.mark(project, entry('a')), undefined);
    assert.equal(forecasts.mark(project, entry('a')), undefined);
    assert.equal(answers.length, 1);
    const soon = forecasts.soon(project, entry('a'), 10_000);
    answers[0]?.(ok(forecast(['a', 'base'])));
    assert.equal(await soon, '1 conflict: a, main');
    assert.equal(forecasts.mark(project, entry('a')), '1 conflict: a, main');
    assert.equal(changes, 1);
    assert.equal(
      forecasts.mark(project, entry('a', 'b')),
      undefined,
      'of other results it says nothing',
    );
    assert.equal(answers.length, 2);
  });

  it('is asked for anew once it is old, and shown as it was until then', async () => {
    let now = 0;
    let asked = 0;
    const forecasts = new Forecasts(
      () => now,
      () => undefined,
    );
    const project = projectWith(() => {
      asked += 1;
      return Promise.resolve(ok(asked === 1 ? forecast() : forecast(['base', 'a'])));
    });
    assert.equal(await forecasts.soon(project, entry('a'), 1000), 'no conflicts');
    now = 60_000;
    assert.equal(forecasts.mark(project, entry('a')), 'no conflicts');
    await new Promise(setImmediate);
    assert.equal(forecasts.mark(project, entry('a')), '1 conflict: main, a');
    assert.equal(asked, 2);
  });

  it('is left out where it cannot be told, or takes longer than anybody waits', async () => {
    const forecasts = new Forecasts(
      () => 0,
      () => undefined,
    );
    const broken = projectWith(() => Promise.reject(new Error('gone')));
    assert.equal(await forecasts.soon(broken, entry('a'), 1000), undefined);
    const refused = projectWith(() => Promise.resolve(err('there is no repository')));
    assert.equal(await forecasts.soon(refused, entry('a'), 1000), undefined);
    const slow = projectWith(() => new Promise(() => undefined));
    assert.equal(await forecasts.soon(slow, entry('a'), 1), undefined);
  });
});

function projectWith(told: () => Promise<Result<ShownForecast, string>>): Project {
  return {
    folder: { uri: { toString: () => 'file:///x' } },
    sluice: { results: { forecast: told } },
  } as never;
}
