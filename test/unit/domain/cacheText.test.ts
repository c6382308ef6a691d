import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change, Earlier, MissReason, Reuse, Same } from '../../../src/core/domain/cache.ts';
import {
  LONGEST_REASON,
  missText,
  offText,
  reuseText,
  savedText,
  SHORT_REASON,
  type ReasonDetail,
  type ReasonReader,
} from '../../../src/core/domain/cacheText.ts';
import { ageText, roundTimeText, setTimeText } from '../../../src/core/domain/amounts.ts';
import {
  runIdOf,
  stepId,
  taskIdOf,
  type RunId,
  type TaskId,
} from '../../../src/core/domain/ids.ts';
import { anyText } from '../../support/anyText.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const REVIEW = taskIdOf(stepId('review'));
const OTHER = taskIdOf(stepId('concept-3'));
const RUN = runIdOf('quality', 12);
const LATER = runIdOf('quality', 13);

const than: Earlier = { run: RUN, task: REVIEW, at: NOW - 2 * HOUR };
const reader: ReasonReader = { now: NOW, task: REVIEW, run: LATER };
const same: readonly Same[] = [
  { what: 'engine', count: 1 },
  { what: 'agent', count: 1 },
  { what: 'step', count: 1 },
  { what: 'model', count: 1 },
  { what: 'tools', count: 1 },
  { what: 'prompt', count: 1 },
  { what: 'environment', count: 2 },
];
const saved = { ms: 41_200, calls: 3, tokens: 12_400, usd: 0.09 };

function reuse(over: Partial<Reuse> = {}): Reuse {
  return {
    from: than,
    namespace: 'model_response',
    same: [...same, { what: 'files', count: 3 }],
    saved,
    shared: false,
    similar: undefined,
    ...over,
  };
}

function changed(...changes: readonly Change[]): MissReason {
  return {
    kind: 'changed',
    than,
    changes,
    more: 0,
    same: [...same, { what: 'need', count: 3 }],
  };
}

const login: Change = { what: 'file', name: 'src/auth/login.ts', how: 'changed' };

describe('What is said of a task for which nothing ran', () => {
  it('is what is the same, as where, how old that is, and what it saved', () => {
    assert.equal(
      reuseText(reuse(), reader),
      'reused: same agent, model, prompt and 3 files as run quality-12 · 2 h ago · saved 41 s, 12,400 tokens, $0.09',
    );
    assert.equal(
      reuseText(reuse(), { ...reader, nameOfRun: () => '12' }).slice(0, 58),
      'reused: same agent, model, prompt and 3 files as run 12 · ',
    );
  });

  it('fits beside a name in its short form, and says first what counts most', () => {
    assert.equal(reuseText(reuse(), reader, 'short'), 'reused · saved $0.09 · 2 h ago');
    const free = { ...saved, usd: 0 };
    assert.equal(
      reuseText(reuse({ saved: free }), reader, 'short'),
      'reused · saved 12,400 tokens · 2 h ago',
    );
    const quick = { ms: 900, calls: 0, tokens: 0, usd: 0 };
    assert.equal(reuseText(reuse({ saved: quick }), reader, 'short'), 'reused · 2 h ago');
  });

  it('is all that is known in its whole form, also what people seldom ask about', () => {
    assert.deepEqual(reuseText(reuse(), reader, 'whole').split('\n'), [
      'reused: same agent, model, prompt, step, tools, environment, Sluice and 3 files as run quality-12 · 2 h ago · saved 41 s, 12,400 tokens, $0.09',
      'spared: 3 calls of models',
      'kept as: model_response',
    ]);
  });

  it('names the task where it was another one, and the run unless it is this one', () => {
    const placeOf = (from: Earlier, at = reader) =>
      / as (.*) · 2 h ago/.exec(reuseText(reuse({ from }), at))?.[1];
    assert.equal(placeOf({ ...than, task: OTHER }), 'concept-3 of run quality-12');
    assert.equal(placeOf({ ...than, run: LATER }), 'this run');
    assert.equal(placeOf({ ...than, run: LATER, task: OTHER }), 'concept-3 of this run');
    assert.equal(placeOf({ ...than, task: OTHER }, { now: NOW }), 'run quality-12');
  });

  it('counts one as one, and leaves out what there is none of', () => {
    const one = reuse({
      same: [
        { what: 'prompt', count: 1 },
        { what: 'need', count: 1 },
        { what: 'files', count: 0 },
      ],
      saved: { ms: 0, calls: 0, tokens: 1, usd: 0 },
    });
    assert.equal(
      reuseText(one, reader),
      'reused: same prompt and 1 upstream as run quality-12 · 2 h ago · saved 1 token',
    );
    const bare = reuse({ same: [], saved: { ms: 0, calls: 0, tokens: 0, usd: 0 } });
    assert.equal(reuseText(bare, reader), 'reused: same question as run quality-12 · 2 h ago');
  });

  it('says who was asked the same at the same moment', () => {
    const shared = reuse({ shared: true, from: { ...than, run: LATER, task: OTHER } });
    assert.equal(
      reuseText(shared, reader),
      'reused: asked at the same moment by concept-3 · saved 41 s, 12,400 tokens, $0.09',
    );
    assert.equal(
      reuseText(shared, reader, 'short'),
      'reused · asked at the same moment · saved $0.09',
    );
    const elsewhere = reuse({ shared: true, from: { ...than, task: OTHER } });
    assert.match(reuseText(elsewhere, reader), /by concept-3 of run quality-12 ·/);
  });

  it('labels what was only similar with the question, how similar it was, and its age', () => {
    const similar = reuse({ similar: { question: 'How\nis it\u0007 built?', similarity: 0.9789 } });
    assert.equal(
      reuseText(similar, reader),
      'reused: similar question (0.97): "How is it built?" in run quality-12 · 2 h ago · saved 41 s, 12,400 tokens, $0.09',
    );
    assert.equal(
      reuseText(similar, reader, 'short'),
      'reused · similar question · saved $0.09 · 2 h ago',
    );
    const nearly = reuse({ similar: { question: 'x', similarity: 0.9999 } });
    assert.match(reuseText(nearly, reader), /\(0\.99\)/, 'never 1 for what is not the same');
    const hundredth = reuse({ similar: { question: 'x', similarity: 0.29 } });
    assert.match(reuseText(hundredth, reader), /\(0\.29\)/);
  });
});

describe('What is said of a task that ran', () => {
  const line = (why: MissReason, over: Partial<ReasonReader> = {}) =>
    missText(why, { ...reader, ...over });
  const short = (why: MissReason) => missText(why, reader, 'short');

  it('is what changed, how it had to do with the task, and what did not change', () => {
    assert.equal(
      line(changed(login)),
      'ran: src/auth/login.ts changed (read by this task); agent, model, prompt, 3 upstreams unchanged',
    );
    assert.equal(short(changed(login)), 'ran: login.ts changed');
    assert.match(line(changed(login), { isTraced: false }), /^ran: src\/auth\/login\.ts changed;/);
  });

  it('is in the present while it runs', () => {
    assert.equal(line({ kind: 'first' }, { isRunning: true }), 'runs: first time');
    assert.equal(line({ kind: 'first' }), 'ran: first time');
  });

  it('tells the first of many changes and counts the others; the whole form has each on its line', () => {
    const many = changed(
      login,
      { what: 'prompt', name: undefined, how: 'changed' },
      { what: 'need', name: 'lint', how: 'changed' },
      { what: 'file', name: 'src/new.ts', how: 'added' },
      { what: 'file', name: 'src/old.ts', how: 'removed' },
    );
    const more = { ...many, more: 7 } as MissReason;
    assert.equal(
      line(more),
      'ran: src/auth/login.ts changed (read by this task), its prompt changed, what lint made changed, and 9 more; agent, model, prompt, 3 upstreams unchanged',
    );
    assert.equal(short(more), 'ran: login.ts and 11 more changed');
    assert.deepEqual(missText(more, reader, 'whole').split('\n'), [
      'ran: 12 things changed since run quality-12 · 2 h ago',
      '  src/auth/login.ts changed (read by this task)',
      '  its prompt changed',
      '  what lint made changed',
      '  src/new.ts was added (looked for by this task)',
      '  src/old.ts was removed (read by this task)',
      '  and 7 more',
      'unchanged: agent, model, prompt, step, tools, environment, Sluice, 3 upstreams',
    ]);
    assert.match(missText(changed(login), reader, 'whole'), /^ran: 1 thing changed since/);
  });

  it('has words for every kind of change', () => {
    const told = (what: Change['what'], name?: string, how: Change['how'] = 'changed') =>
      /^ran: (.*?); /.exec(line(changed({ what, name, how })))?.[1];
    assert.deepEqual(
      [
        told('list', 'src'),
        told('list', 'src/**/*.ts'),
        told('list', ''),
        told('search', 'TODO'),
        told('tree'),
        told('served', 'claude-y'),
        told('engine'),
        told('agent'),
        told('step'),
        told('model', 'gpt-9'),
        told('model', undefined, 'removed'),
        told('tools'),
        told('environment'),
        told('environment', 'PATH', 'added'),
        told('need', 'lint', 'added'),
        told('need', 'lint', 'removed'),
        told('inputs'),
        told('inputs', 'src/**'),
        told('inputs', 'src/**', 'added'),
        told('inputs', 'src/**', 'removed'),
      ],
      [
        'the list of files in src changed (seen by this task)',
        'the list of files like src/**/*.ts changed (seen by this task)',
        'the list of files in the folder changed (seen by this task)',
        'what a search for "TODO" finds changed (searched by this task)',
        'files of the folder changed (this task ran a program, so all of them count)',
        'the model that answers changed (claude-y)',
        'Sluice changed how it works',
        'its agent changed',
        'its step changed',
        'its model changed (gpt-9)',
        'its model was removed',
        'its tools changed',
        'its environment changed',
        'PATH in its environment was added',
        'it needs lint now',
        'it does not need lint any more',
        'files of the folder changed',
        'files like src/** changed',
        'files like src/** count now',
        'files like src/** do not count any more',
      ],
    );
  });

  it('says what became of the answer of then', () => {
    assert.deepEqual(
      [
        line({ kind: 'expired', than, ttlMs: 24 * HOUR }),
        line({ kind: 'gone', than }),
        line({ kind: 'damaged', than }),
        line({ kind: 'fresh' }),
      ],
      [
        'ran: the answer of run quality-12 had stood its 24 h',
        'ran: the answer of run quality-12 is not kept any more',
        'ran: the answer of run quality-12 was damaged',
        'ran: a person wanted it anew',
      ],
    );
    assert.equal(
      missText({ kind: 'gone', than }, reader, 'whole'),
      'ran: the answer of run quality-12 is not kept any more · 2 h ago',
    );
    const unfit = (why: Extract<MissReason, { kind: 'unfit' }>['why']) =>
      line({ kind: 'unfit', than, why });
    assert.deepEqual(
      [
        unfit({ kind: 'acted', tool: 'deploy' }),
        unfit({ kind: 'person' }),
        unfit({ kind: 'models' }),
      ],
      [
        'ran: the answer before could not be kept: it used deploy, which may change something outside',
        'ran: the answer before could not be kept: a person had a part in it',
        'ran: the answer before could not be kept: another model took over in the middle',
      ],
    );
  });

  it('keeps the end of a path that is too long, for that tells files apart', () => {
    const deep: Change = { ...login, name: `${'folder/'.repeat(30)}login.ts` };
    assert.match(line(changed(deep)), /^ran: … (?:\S*folder\/)+login\.ts changed/);
    assert.equal(short(changed(deep)), 'ran: login.ts changed');
    const two = changed({ ...login, name: `${'x'.repeat(90)}.ts` }, login);
    assert.match(short(two), /^ran: x+… and 1 more changed$/);
  });
});

describe('Why the cache was not asked', () => {
  it('goes on a sentence that says that it is off', () => {
    for (const off of ['run', 'definition', 'external'] as const) {
      assert.match(offText(off), /^[a-z].*[^.]$/);
    }
  });
});

describe('What the cache says', () => {
  const text = fc.oneof(
    anyText({ maxLength: 300 }),
    fc.constantFrom(
      '\u001b[31mred\u001b[0m',
      '\u202eevil',
      'a\r\nb\u0085c\u2028d',
      'é'.repeat(200),
    ),
  );
  const earlier: fc.Arbitrary<Earlier> = fc.record({
    run: text as fc.Arbitrary<RunId>,
    task: text as fc.Arbitrary<TaskId>,
    at: fc.integer(),
  });
  const parts = [
    'engine',
    'agent',
    'step',
    'model',
    'tools',
    'prompt',
    'environment',
    'need',
    'inputs',
  ] as const;
  const sames = fc.array(
    fc.record({ what: fc.constantFrom(...parts, 'files' as const), count: fc.nat() }),
    { maxLength: 12 },
  );
  const change: fc.Arbitrary<Change> = fc.record({
    what: fc.constantFrom(...parts, ...(['file', 'list', 'search', 'tree', 'served'] as const)),
    name: fc.option(text, { nil: undefined }),
    how: fc.constantFrom('changed' as const, 'added' as const, 'removed' as const),
  });
  const amounts = fc.record({
    ms: fc.nat(),
    calls: fc.nat(),
    tokens: fc.nat(),
    usd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  });
  const reuses: fc.Arbitrary<Reuse> = fc.record({
    from: earlier,
    namespace: text,
    same: sames,
    saved: amounts,
    shared: fc.boolean(),
    similar: fc.option(
      fc.record({ question: text, similarity: fc.double({ min: 0, max: 1, noNaN: true }) }),
      { nil: undefined },
    ),
  });
  const misses: fc.Arbitrary<MissReason> = fc.oneof(
    fc.record({
      kind: fc.constant('changed' as const),
      than: earlier,
      changes: fc.array(change, { maxLength: 20 }),
      more: fc.nat(),
      same: sames,
    }),
    fc.record({ kind: fc.constant('expired' as const), than: earlier, ttlMs: fc.nat() }),
    fc.record({
      kind: fc.constant('unfit' as const),
      than: earlier,
      why: fc.record({ kind: fc.constant('acted' as const), tool: text }),
    }),
    fc.record({ kind: fc.constantFrom('gone' as const, 'damaged' as const), than: earlier }),
  );
  const readers: fc.Arbitrary<ReasonReader> = fc.record({
    now: fc.integer(),
    nameOfRun: fc.option(
      text.map((name) => () => name),
      { nil: undefined },
    ),
    isRunning: fc.boolean(),
    isTraced: fc.boolean(),
  });
  const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

  function check(said: (detail: ReasonDetail) => string): void {
    for (const [detail, most] of [
      ['short', SHORT_REASON],
      ['line', LONGEST_REASON],
    ] as const) {
      const one = said(detail);
      assert.doesNotMatch(one, CONTROLS);
      assert.ok([...segments.segment(one)].length <= most, `${detail}: ${one}`);
      assert.notEqual(one, '');
    }
    for (const one of said('whole').split('\n')) {
      assert.doesNotMatch(one, CONTROLS);
    }
  }

  it('is never too long, and never acts on a terminal or an editor', () => {
    fc.assert(
      fc.property(reuses, misses, readers, (reused, missed, at) => {
        check((detail) => reuseText(reused, at, detail));
        check((detail) => missText(missed, at, detail));
      }),
      { numRuns: 500 },
    );
  });

  it('ends a short form that has many changes with their number, however long the first is', () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 2, maxLength: 20 }),
        fc.nat(1e9),
        (changes, more) => {
          const said = missText(
            { ...(changed(...changes) as object), more } as MissReason,
            reader,
            'short',
          );
          assert.ok(said.endsWith(` and ${changes.length - 1 + more} more changed`), said);
        },
      ),
    );
  });
});

describe('Times in reasons', () => {
  it('are rounded where they are sums, whole where somebody set them, and rough where they are ages', () => {
    assert.deepEqual([400, 41_200, 59_700, 240_000, 7_620_000].map(roundTimeText), [
      '400 ms',
      '41 s',
      '1 min',
      '4 min',
      '2 h 07 min',
    ]);
    assert.deepEqual([500, 1000, 90 * 60_000, 24 * HOUR, 168 * HOUR].map(setTimeText), [
      '500 ms',
      '1 s',
      '90 min',
      '24 h',
      '168 h',
    ]);
    assert.deepEqual(
      [-5, 59_000, 60_000, 59 * 60_000, HOUR, 47 * HOUR, 48 * HOUR, 100 * HOUR].map(ageText),
      [
        'just now',
        'just now',
        '1 min ago',
        '59 min ago',
        '1 h ago',
        '47 h ago',
        '2 days ago',
        '4 days ago',
      ],
    );
  });

  it('are left out of what is saved where they are next to nothing', () => {
    const of = (ms: number, tokens: number, usd: number) =>
      savedText({ ms, calls: 1, tokens, usd });
    assert.deepEqual(
      [of(41_000, 12_400, 0.09), of(300, 10, 0), of(300, 0, 0), of(0, 0, 0), of(0, 5, 0.001)],
      ['41 s, 12,400 tokens, $0.09', '10 tokens', '300 ms', '', '5 tokens, < $0.01'],
    );
  });
});
