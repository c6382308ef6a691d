import { digestOf, type Digest } from '../../src/core/base/digest.ts';
import type { KeptResult, MissReason } from '../../src/core/domain/cache.ts';
import type { RunId, TaskId } from '../../src/core/domain/ids.ts';
import type { CacheAnswer, CachePort, CacheQuestion } from '../../src/core/engine/parts.ts';

/** A cache in memory that a test looks into: the questions of tasks are what the test says, else their prompts. */
export class HeldCache implements CachePort {
  /** In the order they were asked. */
  readonly asked: CacheQuestion[] = [];
  /** Nothing that is made is kept. */
  keepsNothing = false;
  /** Thrown by the next questions. */
  broken: Error | undefined;
  /** While it is set, questions wait for it. */
  until: Promise<void> | undefined;
  why: MissReason = { kind: 'first' };
  /** Runs that work on a question now. */
  readonly underWay: string[] = [];
  readonly kept = new Map<Digest, { readonly result: KeptResult; readonly by: CacheQuestion }>();

  keyOf({ agent, prompt, needs }: CacheQuestion): Digest {
    return digestOf(JSON.stringify([agent.name, prompt, needs.map(({ output }) => output)]));
  }

  async ask(question: CacheQuestion, signal: AbortSignal): Promise<CacheAnswer> {
    this.asked.push(question);
    await this.until;
    signal.throwIfAborted();
    if (this.broken !== undefined) {
      throw this.broken;
    }
    const key = this.keyOf(question);
    const found = this.kept.get(key);
    if (question.isFresh || found === undefined) {
      return { kind: 'miss', key, why: question.isFresh ? { kind: 'fresh' } : this.why };
    }
    const { spent, ...result } = found.result;
    const { run, task } = found.by;
    return {
      kind: 'hit',
      reuse: {
        from: { run, task, at: 1 },
        namespace: question.namespace,
        same: [],
        saved: spent,
        shared: question.hasWaited,
        similar: undefined,
      },
      result,
    };
  }

  keep(question: CacheQuestion, result: KeptResult): Promise<void> {
    if (!this.keepsNothing) {
      this.kept.set(this.keyOf(question), { result, by: question });
    }
    return Promise.resolve();
  }

  begin(run: RunId, key: Digest): () => void {
    const name = `${run} ${key}`;
    this.underWay.push(name);
    return () => {
      this.underWay.splice(this.underWay.indexOf(name), 1);
    };
  }

  /** Tasks, in the order they were asked about. */
  get tasks(): TaskId[] {
    return this.asked.map(({ task }) => task);
  }
}
