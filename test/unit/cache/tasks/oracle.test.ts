import assert from 'node:assert/strict';
import type { Digest } from '../../../../src/core/base/digest.ts';
import type { RunId } from '../../../../src/core/domain/ids.ts';
import { fingerprintOf } from '../../../../src/core/cache/tasks/fingerprint.ts';
import { TaskCache } from '../../../../src/core/cache/tasks/taskCache.ts';
import type { TaskQuestion } from '../../../../src/core/cache/tasks/taskQuestion.ts';
import { sampleOf } from '../../../support/sample.ts';
import { MemoryAnswers } from './memoryAnswers.ts';
import { madeOf, NO_SIGNAL, type Tree } from './questions.ts';
import {
  Draw,
  edit,
  questionOf,
  randomWorld,
  treeOf,
  work,
  type Made,
  type World,
} from './randomWorkflows.ts';

const WORKFLOWS = sampleOf(200);
const EDITS = 3;

interface Outcome {
  readonly made: ReadonlyMap<string, Made>;
  /** What the tasks saw that ran, in their order. */
  readonly ran: readonly Digest[];
  readonly reused: number;
  /** Of those: asked while the same was worked on. */
  readonly waited: number;
}

/** Runs the world with the cache. Which of the tasks under way ends next, and how many there are, is drawn. */
async function runWith(
  cache: TaskCache,
  store: MemoryAnswers,
  world: World,
  run: RunId,
  draw: Draw,
): Promise<Outcome> {
  const made = new Map<string, Made>();
  const ran: Digest[] = [];
  const waiting = new Set(world.tasks);
  const waited = new Set<string>();
  const working = new Map<Digest, () => Promise<void>>();
  const asked = new Map<string, { question: TaskQuestion; tree: Tree; key: Digest }>();
  let reused = 0;
  while (waiting.size > 0 || working.size > 0) {
    const ready = [...waiting].filter(({ needs }) => needs.every((need) => made.has(need)));
    for (const task of ready.filter(({ id }) => !asked.has(id))) {
      const question = questionOf(world, task, made, run);
      const { key } = fingerprintOf(question);
      asked.set(task.id, { question, tree: treeOf(world, task, made), key });
    }
    const startable = ready.filter((task) => {
      const isWorkedOn = working.has(asked.get(task.id)!.key);
      if (isWorkedOn) {
        waited.add(task.id);
      }
      return !isWorkedOn;
    });
    if (startable.length === 0 || (working.size > 0 && draw.whole(3) === 0)) {
      const [key, end] = draw.one([...working]);
      await end();
      working.delete(key);
      continue;
    }
    const task = draw.one(startable);
    waiting.delete(task);
    const { tree, question: plain } = asked.get(task.id)!;
    const question = { ...plain, waitedFor: waited.has(task.id) };
    const answer = await cache.look(question, tree, NO_SIGNAL);
    if (answer.kind === 'hit') {
      assert.deepEqual(await answer.apply(), { ok: true, value: undefined });
      const text = ({ digest }: { readonly digest: Digest }) =>
        Buffer.from(store.values.get(digest)!).toString();
      made.set(task.id, {
        output: text(answer.result.output),
        files: Object.fromEntries(answer.result.artifacts.map((one) => [one.path, text(one)])),
      });
      reused += 1;
      continue;
    }
    const { made: result, reads, seen } = work(world, task, made);
    ran.push(seen);
    const isModel = question.agent.runner.kind === 'model';
    working.set(answer.key, async () => {
      const models = isModel ? [{ asked: world.model, served: undefined }] : [];
      const trace = isModel ? { reads, models, unfit: undefined } : undefined;
      const kept = { ...madeOf(result.output, result.files), trace };
      await cache.keep(question, tree, kept, NO_SIGNAL);
      made.set(task.id, result);
    });
  }
  return { made, ran, reused, waited: waited.size };
}

/** The same without a cache. */
function runFromScratch(world: World): {
  readonly made: ReadonlyMap<string, Made>;
  readonly seen: ReadonlySet<Digest>;
} {
  const made = new Map<string, Made>();
  const seen = new Set<Digest>();
  for (const task of world.tasks) {
    const done = work(world, task, made);
    made.set(task.id, done.made);
    seen.add(done.seen);
  }
  return { made, seen };
}

describe('random workflows under random edits', () => {
  it('give what they give without a cache, and run exactly what has changed for a task', async function () {
    this.timeout(sampleOf(60_000));
    const begun = performance.now();
    const totals = { tasks: 0, ran: 0, reused: 0, waited: 0, stale: 0, needless: 0 };
    for (let seed = 0; seed < WORKFLOWS; seed += 1) {
      const draw = new Draw(seed * 7919 + 1);
      let now = 1_000_000;
      const store = new MemoryAnswers(() => now);
      const clock = { now: () => now };
      const put = () => Promise.resolve();
      const world = randomWorld(draw);
      const known = new Set<Digest>();
      for (let round = 0; round <= EDITS; round += 1) {
        now += 1000;
        // As after a restart: nothing is left but what was kept.
        const cache = new TaskCache({ store, clock, put, similar: undefined });
        const oracle = runFromScratch(world);
        const outcome = await runWith(cache, store, world, `random-${round + 1}` as RunId, draw);
        for (const [task, { output, files }] of oracle.made) {
          const got = outcome.made.get(task);
          const isSame =
            got?.output === output && JSON.stringify(got.files) === JSON.stringify(files);
          totals.stale += isSame ? 0 : 1;
        }
        const wanted = [...oracle.seen].filter((seen) => !known.has(seen));
        totals.needless += outcome.ran.length - wanted.length;
        assert.deepEqual(
          [...outcome.ran].sort(),
          wanted.sort(),
          `workflow ${seed}, round ${round}: what ran is not what saw something new`,
        );
        oracle.seen.forEach((seen) => known.add(seen));
        totals.tasks += world.tasks.length;
        totals.ran += outcome.ran.length;
        totals.reused += outcome.reused;
        totals.waited += outcome.waited;
        edit(world, draw);
      }
    }
    assert.deepEqual([totals.stale, totals.needless], [0, 0]);
    const { tasks, ran, reused, waited, stale, needless } = totals;
    console.log(
      `      ${WORKFLOWS} workflows, ${WORKFLOWS * (EDITS + 1)} runs, ${tasks} tasks: ${ran} ran, ${reused} reused (${waited} waited), ${stale} stale, ${needless} needless, ${Math.round(performance.now() - begun)} ms`,
    );
    assert.ok(totals.reused > totals.ran && totals.waited > 0);
  });
});
