import assert from 'node:assert/strict';
import fs from 'node:fs';
import fc from 'fast-check';
import { nodeDisk, type Disk } from '../../../../src/core/base/disk.ts';
import type { AnswerStore } from '../../../../src/core/cache/parts.ts';
import type { OpenCache } from '../../../../src/core/cache/store/openCache.ts';
import { answerTo, DAY, factsOf, HOUR, keyOf, StoreRig, valueOf } from './storeRig.ts';

describe('Several programs with one cache', function () {
  this.timeout(20_000);
  let rig: StoreRig;
  beforeEach(() => {
    rig = new StoreRig();
  });
  afterEach(() => rig.dispose());

  it('see at once what another has kept, replaced or cleared, also in memory', async () => {
    const [one, other] = [rig.program(), rig.program()];
    await one.answers.keep(answerTo('q', { facts: 1 }));
    assert.deepEqual(await factsOf(one, 'q'), [1]);
    assert.deepEqual(await factsOf(other, 'q'), [1]);
    await other.answers.keep(answerTo('q', { facts: 2 }));
    assert.deepEqual(await factsOf(one, 'q'), [2, 1]);
    await other.desk.clear({ kind: 'all' });
    assert.deepEqual(await factsOf(one, 'q'), []);
    await one.answers.keep(answerTo('q', { facts: 3 }));
    assert.deepEqual(await factsOf(other, 'q'), [3]);
  });

  it('answer from memory without reading the file while nobody has changed it', async () => {
    let reads = 0;
    const disk: Disk = {
      ...nodeDisk,
      sync: {
        ...nodeDisk.sync,
        readFile: (file) => {
          reads += 1;
          return nodeDisk.sync.readFile(file);
        },
      },
    };
    await rig.program().answers.keep(answerTo('q'));
    const program = rig.program(disk);
    for (let n = 0; n < 5; n += 1) {
      assert.equal((await factsOf(program, 'q')).length, 1);
    }
    assert.equal(reads, 1);
  });

  it('keep at the same moment, and what they find is what one of them kept', async () => {
    const programs = [rig.program(), rig.program(), rig.program()];
    const value = valueOf('v'.repeat(100_000));
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const { answers } = programs[n % 3]!;
        const values = n % 2 === 0 ? [value] : [];
        // Large ones are written without blocking, so that others come between.
        const facts = { n, text: n % 4 < 2 ? 'long '.repeat(20_000) : '' };
        assert.equal(await answers.keep(answerTo('q', { facts, values })), true);
      }),
    );
    const { answers } = await rig.program().answers.find(keyOf('q'));
    assert.equal(answers.length, 8);
    assert.equal(new Set(answers.map(({ id }) => id)).size, 8);
  });

  it('do not bring back what another has cleared while an answer was being kept', async () => {
    const cleared = rig.program();
    await cleared.answers.keep(answerTo('q', { facts: 'old' }));
    // Cleared by another program just when this one has written its bytes and not yet named them.
    let isArmed = true;
    const disk: Disk = {
      ...nodeDisk,
      sync: {
        ...nodeDisk.sync,
        write: (...args) => {
          if (isArmed) {
            isArmed = false;
            fs.rmSync(rig.entryFile(keyOf('q')));
          }
          return nodeDisk.sync.write(...args);
        },
      },
    };
    const program = rig.program(disk);
    await program.answers.keep(answerTo('q', { facts: 'new' }));
    assert.deepEqual(await factsOf(program, 'q'), ['new']);
  });

  type Command =
    | { readonly kind: 'keep'; readonly q: string; readonly large: boolean; readonly old: boolean }
    | { readonly kind: 'find'; readonly q: string }
    | { readonly kind: 'clear'; readonly agent: string | undefined }
    | { readonly kind: 'sweep' }
    | { readonly kind: 'pass'; readonly ms: number };

  const question = fc.constantFrom('a', 'b', 'c');
  const command: fc.Arbitrary<Command> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('keep' as const),
        q: question,
        large: fc.boolean(),
        old: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('find' as const), q: question }) },
    fc.record({
      kind: fc.constant('clear' as const),
      agent: fc.constantFrom(undefined, 'a', 'b', 'c'),
    }),
    fc.record({ kind: fc.constant('sweep' as const) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(HOUR / 2, 2 * HOUR, DAY) }),
  );
  const commands = fc.array(fc.record({ by: fc.nat(1), command }), { maxLength: 25 });

  /** What a model of the cache says: facts by question, with the moment they stop standing. */
  interface Modelled {
    readonly n: number;
    readonly until: number;
    readonly large: boolean;
  }

  function kept(n: number, { q, large, old }: Extract<Command, { kind: 'keep' }>) {
    return answerTo(q, {
      agent: q,
      facts: { n },
      ttlMs: old ? HOUR : DAY,
      values: large ? [valueOf(`${n}`.repeat(20_000))] : [],
    });
  }

  async function isWhole(answers: AnswerStore, q: string, n: number, large: boolean) {
    const answer = (await answers.find(keyOf(q))).answers.find(
      ({ facts }) => (facts as { n: number }).n === n,
    );
    const value = valueOf(`${n}`.repeat(20_000));
    const bytes = answer && large ? await answers.value(answer, value) : undefined;
    return !large || (bytes !== undefined && Buffer.from(bytes).equals(await value.read()));
  }

  it('behave as one would, whoever of them does what, one after another', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await using(async (programs) => {
          const model = new Map<string, Modelled[]>();
          for (const [n, { by, command: step }] of steps.entries()) {
            const { answers, desk, sweep } = programs[by]!;
            const now = rig.clock.now();
            const standing = (q: string) => (model.get(q) ?? []).filter(({ until }) => until > now);
            switch (step.kind) {
              case 'keep': {
                assert.equal(await answers.keep(kept(n, step)), true);
                const until = now + (step.old ? HOUR : DAY);
                const before = model.get(step.q) ?? [];
                model.set(step.q, [{ n, until, large: step.large }, ...before].slice(0, 8));
                break;
              }
              case 'find': {
                const found = (await answers.find(keyOf(step.q))).answers;
                assert.deepEqual(
                  found.map(({ facts }) => facts),
                  standing(step.q).map(({ n: was }) => ({ n: was })),
                );
                for (const { n: was, large } of standing(step.q)) {
                  assert.ok(await isWhole(answers, step.q, was, large));
                }
                break;
              }
              case 'clear':
                await desk.clear(
                  step.agent === undefined ? { kind: 'all' } : { kind: 'agent', agent: step.agent },
                );
                for (const q of step.agent === undefined ? ['a', 'b', 'c'] : [step.agent]) {
                  model.delete(q);
                }
                break;
              case 'sweep':
                await sweep();
                for (const q of model.keys()) {
                  model.set(q, standing(q));
                }
                break;
              case 'pass':
                rig.clock.advance(step.ms);
                break;
            }
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('never give what nobody kept, and never fail, all at once', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        await using(async (programs) => {
          const all = new Map<string, Set<number>>();
          await Promise.all(
            steps.map(async ({ by, command: step }, n) => {
              const { answers, desk, sweep } = programs[by]!;
              switch (step.kind) {
                case 'keep':
                  all.set(step.q, (all.get(step.q) ?? new Set()).add(n));
                  assert.equal(await answers.keep(kept(n, step)), true);
                  break;
                case 'find':
                  for (const answer of (await answers.find(keyOf(step.q))).answers) {
                    const { n: was } = answer.facts as { n: number };
                    assert.ok(all.get(step.q)?.has(was));
                    const value = valueOf(`${was}`.repeat(20_000));
                    const bytes = await answers.value(answer, value);
                    assert.ok(bytes === undefined || Buffer.from(bytes).equals(await value.read()));
                  }
                  break;
                case 'clear':
                  await desk.clear({ kind: 'all' });
                  break;
                case 'sweep':
                  await sweep();
                  break;
                case 'pass':
                  await desk.statistics();
                  break;
              }
            }),
          );
          // Clearing may take a value from under an answer that is being kept.
          if (!steps.some((one) => one.command.kind === 'clear')) {
            assert.equal((await programs[0].desk.statistics()).total.damaged, 0);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  async function using(work: (programs: [OpenCache, OpenCache]) => Promise<void>): Promise<void> {
    fs.rmSync(rig.folder, { recursive: true, force: true });
    const programs: [OpenCache, OpenCache] = [rig.program(), rig.program()];
    await work(programs);
    await Promise.all(programs.map((one) => one.close()));
  }
});
