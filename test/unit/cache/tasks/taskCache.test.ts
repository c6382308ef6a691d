import assert from 'node:assert/strict';
import { digestOf, type Digest } from '../../../../src/core/base/digest.ts';
import { MOST_CHANGES, type Change, type MissReason } from '../../../../src/core/domain/cache.ts';
import type { RunId, TaskId } from '../../../../src/core/domain/ids.ts';
import type { Trace } from '../../../../src/core/domain/trace.ts';
import type { SimilarAnswers } from '../../../../src/core/cache/tasks/similarAnswers.ts';
import { fingerprintOf, scopeOf } from '../../../../src/core/cache/tasks/fingerprint.ts';
import { TaskCache, type TaskAnswer } from '../../../../src/core/cache/tasks/taskCache.ts';
import type { TaskQuestion } from '../../../../src/core/cache/tasks/taskQuestion.ts';
import { commandAgent, modelAgent, step } from '../../../support/plans.ts';
import { MemoryAnswers } from './memoryAnswers.ts';
import {
  commandQuestion,
  fileRead,
  filesOf,
  HOUR,
  madeOf,
  modelQuestion,
  needOf,
  NO_SIGNAL,
  Tree,
  withRule,
} from './questions.ts';

const FILES = { 'a.ts': 'one', 'b.ts': 'two', 'c.ts': 'three' };
const ANSWERED = { asked: 'acme/large', served: 'large-2026-01-01' };
const SIMILAR = { model: 'acme/embed', threshold: 0.9 };

/** A cache over a store in memory, with hands on its clock. */
class Bench {
  now = 1_000_000;
  readonly store = new MemoryAnswers(() => this.now);
  readonly put = new Map<Digest, string>();
  readonly cache: TaskCache;

  constructor(similar?: SimilarAnswers) {
    this.cache = new TaskCache({
      store: this.store,
      clock: { now: () => this.now },
      put: (ref, bytes) => {
        this.put.set(ref.digest, Buffer.from(bytes).toString());
        return Promise.resolve();
      },
      similar,
    });
  }

  async look(question: TaskQuestion, tree = new Tree(FILES)): Promise<TaskAnswer> {
    return await this.cache.look(question, tree, NO_SIGNAL);
  }

  async why(question: TaskQuestion, tree = new Tree(FILES)): Promise<MissReason> {
    const answer = await this.look(question, tree);
    assert.equal(answer.kind, 'miss');
    return answer.why;
  }

  async hit(
    question: TaskQuestion,
    tree = new Tree(FILES),
  ): Promise<Extract<TaskAnswer, { kind: 'hit' }>> {
    const answer = await this.look(question, tree);
    assert.equal(answer.kind, 'hit', JSON.stringify(answer));
    return answer;
  }

  /** @param trace over one of three files by the model that was asked */
  async keep(
    question: TaskQuestion,
    output: string,
    trace: Partial<Trace> = {},
    tree = new Tree(FILES),
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const whole: Trace = {
      reads: Object.keys(FILES).map(fileRead),
      models: [ANSWERED],
      unfit: undefined,
      ...trace,
    };
    await this.cache.keep(question, tree, { ...madeOf(output, files), trace: whole }, NO_SIGNAL);
  }

  /** As a command does it, whose looks nobody follows. */
  async keepUnseen(question: TaskQuestion, output: string): Promise<void> {
    const made = { ...madeOf(output), trace: undefined };
    await this.cache.keep(question, new Tree(FILES), made, NO_SIGNAL);
  }
}

function changesIn(why: MissReason): readonly Change[] {
  assert.equal(why.kind, 'changed');
  return why.changes;
}

const THAN = { run: 'example-1' as RunId, task: 'a' as TaskId, at: 1_000_000 };

describe('a question that was answered', () => {
  it('is answered again, by another run and task too, with what it came to', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'Three files.', {}, undefined, { 'out.md': '# Out' });
    bench.now += 2 * HOUR;
    const question = modelQuestion({ run: 'example-2' as RunId, task: 'b' as TaskId });
    const hit = await bench.hit(question);
    assert.equal(hit.key, fingerprintOf(question).key);
    assert.deepEqual(hit.reuse, {
      from: THAN,
      namespace: 'model_response',
      same: [
        { what: 'engine', count: 1 },
        { what: 'agent', count: 1 },
        { what: 'step', count: 1 },
        { what: 'model', count: 1 },
        { what: 'tools', count: 1 },
        { what: 'prompt', count: 1 },
        { what: 'environment', count: 1 },
        { what: 'files', count: 3 },
      ],
      saved: { ms: 41_000, calls: 3, tokens: 12_400, usd: 0.09 },
      shared: false,
      similar: undefined,
    });
    const { read: _read, ...result } = madeOf('Three files.', { 'out.md': '# Out' });
    assert.deepEqual(hit.result, result);
    assert.deepEqual(bench.store.counted, []);
    assert.deepEqual(await hit.apply(), { ok: true, value: undefined });
    assert.deepEqual([...bench.put.values()].sort(), ['', '# Out', 'Three files.']);
    assert.deepEqual(bench.store.counted, ['hit']);
    assert.deepEqual(bench.store.saved, [hit.reuse.saved]);
  });

  it('counts needs and files of a command, and says that it waited for another', async () => {
    const bench = new Bench();
    const needs = ['x', 'y'].map((task) => needOf(task));
    const inputs = { globs: ['*.ts'], files: filesOf(FILES) };
    const question = commandQuestion({ needs, inputs });
    await bench.keepUnseen(question, '3');
    const hit = await bench.hit({ ...question, waitedFor: true });
    assert.equal(hit.reuse.shared, true);
    const same = hit.reuse.same.filter(({ what }) => what === 'need' || what === 'files');
    assert.deepEqual(same, [
      { what: 'need', count: 2 },
      { what: 'files', count: 3 },
    ]);
    await hit.apply();
    assert.deepEqual(bench.store.counted, ['coalesced']);
  });

  it('is none where something of the answer is gone', async () => {
    const bench = new Bench();
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${n}`, `file ${n}`]));
    await bench.keep(modelQuestion(), 'x', {}, undefined, files);
    const hit = await bench.hit(modelQuestion());
    bench.store.values.delete(digestOf('file 3'));
    assert.deepEqual(await hit.apply(), { ok: false, error: 'gone' });
    assert.deepEqual(bench.store.counted, ['missed']);
    // The store has not dropped it: whoever asks again is not given it again.
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'gone', than: THAN });
    bench.now += 1;
    await bench.keep(modelQuestion(), 'x', {}, undefined, files);
    assert.equal((await (await bench.hit(modelQuestion())).apply()).ok, true);
  });

  it('is answered by the newest that stands', async () => {
    const bench = new Bench();
    const branch = new Tree({ ...FILES, 'a.ts': 'other' });
    await bench.keep(modelQuestion(), 'old');
    bench.now += 1;
    await bench.keep(modelQuestion(), 'new');
    bench.now += 1;
    await bench.keep(modelQuestion(), 'of the branch', {}, branch);
    assert.equal((await bench.hit(modelQuestion())).result.output.digest, digestOf('new'));
    const there = await bench.hit(modelQuestion(), branch);
    assert.equal(there.result.output.digest, digestOf('of the branch'));
  });

  it('is made anew where a person wants it, and what comes of it is kept', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'old');
    assert.deepEqual(await bench.why(modelQuestion({ fresh: true })), { kind: 'fresh' });
    assert.deepEqual(bench.store.counted, []);
    bench.now += 1;
    await bench.keep(modelQuestion({ fresh: true }), 'new');
    assert.equal((await bench.hit(modelQuestion())).result.output.digest, digestOf('new'));
  });

  it('stops when its signal aborts', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    const aborted = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(bench.cache.look(modelQuestion(), new Tree(FILES), aborted), /stopped/);
  });

  it('keeps no limit nobody gave, and no reader', async () => {
    const bench = new Bench();
    const made = { ...madeOf('x'), inputBytes: undefined, trace: undefined };
    const question = commandQuestion();
    await bench.cache.keep(question, new Tree(FILES), made, NO_SIGNAL);
    assert.equal((await bench.hit(question)).result.inputBytes, undefined);
  });
});

describe('what is not kept', () => {
  it('is what a tool or a person had a part in, and it says so', async () => {
    for (const unfit of [{ kind: 'acted', tool: 'mail' }, { kind: 'person' }] as const) {
      const bench = new Bench();
      await bench.keep(modelQuestion(), 'x', { unfit });
      assert.deepEqual(bench.store.answers, []);
      assert.deepEqual(await bench.why(modelQuestion()), { kind: 'unfit', than: THAN, why: unfit });
    }
  });

  it('is what two models made together', async () => {
    const made: readonly Trace['models'][] = [
      [ANSWERED, { asked: 'acme/small', served: undefined }],
      [ANSWERED, { asked: 'acme/large', served: 'large-2026-02-01' }],
    ];
    for (const models of made) {
      const bench = new Bench();
      await bench.keep(modelQuestion(), 'x', { models });
      const why = { kind: 'unfit', than: THAN, why: { kind: 'models' } };
      assert.deepEqual(await bench.why(modelQuestion()), why);
    }
    const one = new Bench();
    await one.keep(modelQuestion(), 'x', {
      models: [{ asked: 'acme/large', served: undefined }, ANSWERED],
    });
    await one.hit(modelQuestion());
  });

  it('is what a model looked at unseen', async () => {
    const bench = new Bench();
    await bench.keepUnseen(modelQuestion(), 'x');
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'first' });
  });

  it('is what finds no room', async () => {
    const bench = new Bench();
    bench.store.isFull = true;
    await bench.keep(modelQuestion(), 'x');
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'gone', than: THAN });
  });
});

describe('the model that answered', () => {
  it('has the answer, where it was not the one that was asked', async () => {
    const bench = new Bench();
    const models = [{ asked: 'acme/small', served: 'small' }];
    await bench.keep(modelQuestion(), 'x', { models });
    const changes = changesIn(await bench.why(modelQuestion()));
    assert.deepEqual(changes, [{ what: 'model', name: undefined, how: 'changed' }]);
    await bench.hit(modelQuestion({ model: 'acme/small' }));
    const untold = changesIn(await bench.why(modelQuestion({ model: undefined })));
    assert.ok(untold.some(({ what, how }) => what === 'model' && how === 'removed'));
  });

  it('may be another one under the same name by now', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    const other = modelQuestion({ task: 'b' as TaskId, prompt: 'Something else' });
    const later = { asked: 'acme/large', served: 'large-2026-02-01' };
    await bench.keep(other, 'y', { models: [later] });
    assert.deepEqual(changesIn(await bench.why(modelQuestion())), [
      { what: 'served', name: 'acme/large', how: 'changed' },
    ]);
    await bench.keep(other, 'y', { models: [ANSWERED], unfit: { kind: 'person' } });
    await bench.hit(modelQuestion());
  });

  it('need not say its name, nor write it in one way', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x', {
      models: [{ asked: 'acme/large', served: undefined }],
    });
    await bench.keep(modelQuestion({ prompt: 'y' }), 'y', {
      models: [{ asked: 'acme/large', served: 'Large-4.5' }],
    });
    await bench.keep(modelQuestion({ prompt: 'z' }), 'z', {
      models: [{ asked: 'acme/large', served: 'large-4-5:latest' }],
    });
    for (const prompt of ['What is in it?', 'y', 'z']) {
      await bench.hit(modelQuestion({ prompt }));
    }
  });
});

describe('why a task runs', () => {
  it('is that it is the first time', async () => {
    const bench = new Bench();
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'first' });
    assert.deepEqual(bench.store.counted, ['missed']);
    await bench.keep(modelQuestion(), 'x');
    const elsewhere = modelQuestion({ workflow: 'another', prompt: 'y' });
    assert.deepEqual(await bench.why(elsewhere), { kind: 'first' });
  });

  it('is a file it had read, of all the answers by the nearest', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.now += 5;
    const far = new Tree({ 'a.ts': '1', 'b.ts': '2', 'c.ts': '3' });
    await bench.keep(modelQuestion({ run: 'example-2' as RunId }), 'y', {}, far);
    const why = await bench.why(modelQuestion(), new Tree({ ...FILES, 'b.ts': 'TWO' }));
    assert.equal(why.kind, 'changed');
    assert.deepEqual(why, {
      kind: 'changed',
      than: THAN,
      changes: [{ what: 'file', name: 'b.ts', how: 'changed' }],
      more: 0,
      same: [
        { what: 'engine', count: 1 },
        { what: 'agent', count: 1 },
        { what: 'step', count: 1 },
        { what: 'model', count: 1 },
        { what: 'tools', count: 1 },
        { what: 'prompt', count: 1 },
        { what: 'environment', count: 1 },
        { what: 'files', count: 2 },
      ],
    });
  });

  it('is told by the newest of those that are equally near', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.now += 5;
    await bench.keep(modelQuestion(), 'y');
    const why = await bench.why(modelQuestion(), new Tree({ ...FILES, 'b.ts': 'TWO' }));
    assert.equal(why.kind === 'changed' && why.than.at, bench.now);
  });

  it('is told in parts: agent, prompt, needs, variables', async () => {
    const bench = new Bench();
    const before = commandQuestion({
      needs: [needOf('x', '1'), needOf('y', '1')],
      env: { A: '1', B: '1' },
      host: { LANG: 'C' },
      inputs: { globs: undefined, files: filesOf(FILES) },
    });
    await bench.keepUnseen(before, 'x');
    const after = {
      ...before,
      agent: commandAgent('another'),
      prompt: 'Count again.',
      needs: [needOf('x', '2'), needOf('z', '1')],
      env: { A: '2', C: '1' },
    };
    const why = await bench.why(after);
    assert.deepEqual(changesIn(why), [
      { what: 'agent', name: undefined, how: 'changed' },
      { what: 'need', name: 'x', how: 'changed' },
      { what: 'need', name: 'z', how: 'added' },
      { what: 'need', name: 'y', how: 'removed' },
      { what: 'prompt', name: undefined, how: 'changed' },
      { what: 'environment', name: 'A', how: 'changed' },
      { what: 'environment', name: 'C', how: 'added' },
      { what: 'environment', name: 'B', how: 'removed' },
    ]);
    assert.deepEqual(why.kind === 'changed' && why.same, [
      { what: 'engine', count: 1 },
      { what: 'step', count: 1 },
      { what: 'environment', count: 1 },
      { what: 'files', count: 3 },
    ]);
  });

  it('is what the tasks before it gave, where the prompt holds that and is written as before', async () => {
    const bench = new Bench();
    const asked = (output: string, written = 'Sum up ${{ steps.x.output }}') =>
      modelQuestion({
        prompt: `Sum up ${output}`,
        spoken: { written, needs: [needOf('x', output), needOf('y', 'same')] },
      });
    await bench.keep(asked('1'), 'x');
    assert.deepEqual(changesIn(await bench.why(asked('2'))), [
      { what: 'need', name: 'x', how: 'changed' },
    ]);
    assert.deepEqual(changesIn(await bench.why(asked('2', 'Sum it up: ${{ steps.x.output }}'))), [
      { what: 'prompt', name: undefined, how: 'changed' },
    ]);
  });

  it('tells a variable from a fact of the machine of the same name', async () => {
    const bench = new Bench();
    const before = commandQuestion({ env: { LANG: 'C' }, host: { LANG: 'C' } });
    await bench.keepUnseen(before, 'x');
    const why = await bench.why({ ...before, host: { LANG: 'de' } });
    assert.deepEqual(changesIn(why), [{ what: 'environment', name: 'LANG', how: 'changed' }]);
  });

  it('is the file among the inputs that is not as it was', async () => {
    const bench = new Bench();
    const of = (files: Readonly<Record<string, string>>, globs?: readonly string[]) =>
      commandQuestion({ inputs: { globs, files: filesOf(files) } });
    await bench.keepUnseen(of(FILES), 'x');
    await bench.keepUnseen({ ...of(FILES), task: 'b' as TaskId }, 'x');
    assert.equal(bench.store.notes, 3, 'the list of files is kept once');
    const why = await bench.why(of({ 'a.ts': 'one', 'b.ts': 'TWO', 'd.ts': 'four' }));
    assert.deepEqual(changesIn(why), [
      { what: 'file', name: 'b.ts', how: 'changed' },
      { what: 'file', name: 'c.ts', how: 'removed' },
      { what: 'file', name: 'd.ts', how: 'added' },
    ]);
    assert.deepEqual(why.kind === 'changed' && why.same.at(-1), { what: 'files', count: 1 });
  });

  it('is the inputs as a whole where there are too many, or none were before', async () => {
    const bench = new Bench();
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, n) => [`${n}`, 'x']));
    const long = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`${n}/${'x'.repeat(4000)}`, 'x']),
    );
    for (const files of [many, long]) {
      const before = commandQuestion({ inputs: { globs: ['*', 'x/*'], files: filesOf(files) } });
      await bench.keepUnseen(before, 'x');
      const after = { ...before, inputs: { globs: ['*', 'x/*'], files: filesOf(FILES) } };
      assert.deepEqual(changesIn(await bench.why(after)), [
        { what: 'inputs', name: '*, x/*', how: 'changed' },
      ]);
    }
    await bench.keepUnseen(commandQuestion({ inputs: undefined }), 'x');
    assert.deepEqual(changesIn(await bench.why(commandQuestion())), [
      { what: 'inputs', name: undefined, how: 'changed' },
    ]);
    const gone = changesIn(await bench.why(commandQuestion({ inputs: undefined, prompt: 'y' })));
    assert.deepEqual(gone, [{ what: 'prompt', name: undefined, how: 'changed' }]);
    await bench.keepUnseen(commandQuestion(), 'x');
    const without = changesIn(await bench.why(commandQuestion({ inputs: undefined, prompt: 'z' })));
    assert.deepEqual(without.at(-1), { what: 'inputs', name: undefined, how: 'removed' });
  });

  it('is at most so many changes, and how many more', async () => {
    const bench = new Bench();
    const names = Array.from({ length: MOST_CHANGES + 5 }, (_, n) => `file-${n}`);
    const of = (text: string) => Object.fromEntries(names.map((name) => [name, text]));
    const question = (text: string) =>
      commandQuestion({ inputs: { globs: undefined, files: filesOf(of(text)) } });
    await bench.keepUnseen(question('x'), '1');
    const why = await bench.why(question('y'));
    assert.equal(changesIn(why).length, MOST_CHANGES);
    assert.equal(why.kind === 'changed' && why.more, 5);
    assert.equal(why.kind === 'changed' && why.same.some(({ what }) => what === 'files'), false);

    const read = new Bench();
    await read.keep(modelQuestion(), '1', { reads: names.map(fileRead) }, new Tree(of('x')));
    const reread = await read.why(modelQuestion(), new Tree(of('y')));
    assert.equal(changesIn(reread).length, MOST_CHANGES);
    assert.equal(reread.kind === 'changed' && reread.more, 1);
  });

  it('remembers more lists of files than it counts', async () => {
    const bench = new Bench();
    for (let index = 0; index <= 1001; index += 1) {
      const files = filesOf({ 'a.ts': `${index}` });
      await bench.keepUnseen(commandQuestion({ inputs: { globs: undefined, files } }), 'x');
    }
    assert.deepEqual(changesIn(await bench.why(commandQuestion())), [
      { what: 'file', name: 'a.ts', how: 'removed' },
    ]);
  });

  it('is that the answer has stood its time', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.now += 24 * HOUR;
    const why = await bench.why(modelQuestion());
    assert.deepEqual(why, { kind: 'expired', than: THAN, ttlMs: 24 * HOUR });
  });

  it('is that answers stand for less time than when it was kept', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.now += 2 * HOUR;
    await bench.hit(modelQuestion());
    const why = await bench.why(modelQuestion({ ttlMs: HOUR }));
    assert.deepEqual(why, { kind: 'expired', than: THAN, ttlMs: HOUR });
  });

  it('is that what was kept of the web has stood its time, though the answer to it is younger', async () => {
    const bench = new Bench();
    bench.now = 10 * HOUR;
    const since = bench.now - 0.75 * HOUR;
    await bench.keep(modelQuestion(), 'x', { reads: [{ kind: 'web' }, { kind: 'web', since }] });
    bench.now += 0.2 * HOUR;
    await bench.hit(modelQuestion());
    bench.now += 0.1 * HOUR;
    assert.equal((await bench.why(modelQuestion())).kind, 'expired');
  });

  it('is that the web was asked longer ago than it stands', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x', { reads: [{ kind: 'web' }] });
    bench.now += HOUR - 1;
    await bench.hit(modelQuestion());
    bench.now += 1;
    const why = await bench.why(modelQuestion());
    assert.deepEqual(why, { kind: 'expired', than: THAN, ttlMs: HOUR });
  });

  it('is that the answer is gone', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.store.clear();
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'gone', than: THAN });
  });

  it('is that the answer was damaged, unless another one is there to tell of', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.store.isDamaged = true;
    const changed = new Tree({ ...FILES, 'a.ts': 'x' });
    assert.equal((await bench.why(modelQuestion(), changed)).kind, 'changed');
    bench.store.clear();
    assert.deepEqual(await bench.why(modelQuestion()), { kind: 'damaged', than: THAN });
    assert.equal((await bench.why(modelQuestion({ prompt: 'y' }))).kind, 'changed');
  });

  it('is told by what came last: a result that stood for nothing, or a later one that fell', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    bench.now += 5;
    const person = { kind: 'person' } as const;
    await bench.keep(modelQuestion(), 'y', { unfit: person });
    const changed = new Tree({ ...FILES, 'a.ts': 'x' });
    assert.equal((await bench.why(modelQuestion(), changed)).kind, 'unfit');
    bench.now += 5;
    await bench.keep(modelQuestion({ task: 'b' as TaskId }), 'z');
    assert.equal((await bench.why(modelQuestion(), changed)).kind, 'changed');
  });

  it('is against the last result that stood for the task, also where it was reused', async () => {
    const bench = new Bench();
    const one = modelQuestion();
    const two = modelQuestion({ prompt: 'Other words', model: 'acme/small' });
    const small = { models: [{ asked: 'acme/small', served: undefined }] };
    await bench.keep(one, 'x');
    await bench.keep({ ...two, run: 'example-2' as RunId }, 'y', small);
    const hit = await bench.hit(one);
    await hit.apply();
    const why = await bench.why({ ...one, prompt: 'Third words' });
    assert.deepEqual(changesIn(why), [{ what: 'prompt', name: undefined, how: 'changed' }]);
    assert.deepEqual(why.kind === 'changed' && why.than, THAN);
    const notes = bench.store.notes;
    await (await bench.hit(one)).apply();
    assert.equal(bench.store.notes, notes);
  });

  it('is not made up from notes and answers of another form', async () => {
    for (const value of [null, 'x', 3, [], {}, { key: 'x' }, { task: '../x', traced: [] }]) {
      const bench = new Bench();
      const question = commandQuestion({ inputs: { globs: undefined, files: filesOf(FILES) } });
      await bench.keepUnseen(question, 'x');
      await bench.keep(modelQuestion(), 'x');
      bench.store.garble(value);
      assert.deepEqual(await bench.why(question), { kind: 'first' });
      assert.deepEqual(await bench.why(modelQuestion()), { kind: 'first' });
      bench.now += 25 * HOUR;
      assert.deepEqual(await bench.why(question), { kind: 'first' });
    }
  });

  it('is in no answer without a run', async () => {
    const bench = new Bench();
    await bench.keep(modelQuestion(), 'x');
    const [answer] = bench.store.answers;
    bench.store.clear();
    await bench.store.keep({ ...answer!, run: undefined, ttlMs: HOUR, values: [] });
    assert.equal((await bench.why(modelQuestion())).kind, 'gone');
  });
});

describe('the answer to a similar question', () => {
  const asked: string[] = [];
  const added: Digest[] = [];
  let near: Awaited<ReturnType<SimilarAnswers['find']>>;
  const similar: SimilarAnswers = {
    find: ({ prompt }) => {
      asked.push(prompt);
      return Promise.resolve(near);
    },
    add: ({ key }) => {
      added.push(key);
      return Promise.resolve();
    },
  };
  const first = withRule(modelQuestion(), { similar: SIMILAR });
  const second = { ...first, prompt: 'What does it hold?' };

  beforeEach(() => {
    asked.length = 0;
    added.length = 0;
    near = { key: fingerprintOf(first).key, question: first.prompt, similarity: 0.97 };
  });

  it('will do where the rule says so, with the question and how near it is', async () => {
    const bench = new Bench(similar);
    await bench.keep(first, 'Three files.');
    assert.deepEqual(added, [fingerprintOf(first).key]);
    const hit = await bench.hit(second);
    assert.equal(hit.key, fingerprintOf(second).key);
    assert.deepEqual(hit.reuse.similar, { question: first.prompt, similarity: 0.97 });
    assert.equal(
      hit.reuse.same.some(({ what }) => what === 'prompt'),
      false,
    );
    assert.deepEqual(await hit.apply(), { ok: true, value: undefined });
    assert.deepEqual([...bench.put.values()].sort(), ['', 'Three files.']);
  });

  it('is not asked for where the same question was answered', async () => {
    const bench = new Bench(similar);
    await bench.keep(first, 'x');
    assert.equal((await bench.hit(first)).reuse.similar, undefined);
    assert.deepEqual(asked, []);
  });

  it('will not do where it does not stand, is none, or has files', async () => {
    const bench = new Bench(similar);
    await bench.keep(first, 'x');
    assert.equal((await bench.look(second, new Tree({ ...FILES, 'a.ts': '1' }))).kind, 'miss');
    near = undefined;
    assert.equal((await bench.look(second)).kind, 'miss');
    near = { key: digestOf('nothing'), question: 'x', similarity: 1 };
    assert.equal((await bench.look(second)).kind, 'miss');
    const withFiles = new Bench(similar);
    await withFiles.keep(first, 'x', {}, undefined, { 'out.md': 'x' });
    near = { key: fingerprintOf(first).key, question: 'x', similarity: 1 };
    assert.equal((await withFiles.look(second)).kind, 'miss');
  });

  it('is not asked for by who may write, or is no model', async () => {
    const bench = new Bench(similar);
    const writer = (tools: readonly string[]) => ({ ...modelAgent('writer'), tools });
    const never: readonly Partial<TaskQuestion>[] = [
      { rule: modelQuestion().rule },
      { step: step('a', [], { produces: ['out.md'] }) },
      { step: step('a', [], { checks: [{ command: ['true'], timeoutMs: 1 }] }) },
      { agent: writer(['read', 'shell']) },
      { agent: writer(['mcp__mail__send']) },
      { agent: commandAgent('x') },
      { needs: [needOf('x')] },
      { inputs: { globs: undefined, files: [] } },
    ];
    for (const over of never) {
      await bench.look({ ...second, ...over });
      assert.deepEqual(asked, [], JSON.stringify(over));
    }
    const may: readonly Partial<TaskQuestion>[] = [
      { agent: writer([]) },
      { agent: writer(['read', 'search', 'list', 'fetch']) },
      { agent: writer(['read', 'shell']), permissions: 'plan' },
    ];
    for (const over of may) {
      await bench.look({ ...second, ...over });
    }
    assert.equal(asked.length, may.length);
  });

  it('is neither asked for nor kept where nobody finds any, or nothing was kept', async () => {
    const bench = new Bench();
    await bench.keep(first, 'x');
    assert.equal((await bench.look(second)).kind, 'miss');
    const full = new Bench(similar);
    full.store.isFull = true;
    await full.keep(first, 'x');
    assert.deepEqual(added, []);
  });

  it('is looked for among questions that differ in their words alone', () => {
    assert.equal(scopeOf(fingerprintOf(first)), scopeOf(fingerprintOf(second)));
  });
});
