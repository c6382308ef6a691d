import type { Clock } from '../../base/clock.ts';
import type { Digest } from '../../base/digest.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type {
  Change,
  Earlier,
  Fingerprint,
  KeptResult,
  MissReason,
  Reuse,
  TracedRead,
} from '../../domain/cache.ts';
import type { BlobRef } from '../../domain/event.ts';
import { plainModelName } from '../../domain/servedModel.ts';
import type { Trace, TreeView, Unfit } from '../../domain/trace.ts';
import type { AnswerStore, KeptAnswer } from '../parts.ts';
import { digestOfFilesInSlices } from './fileLists.ts';
import { fingerprintOf, scopeOf, spokenParts } from './fingerprint.ts';
import { asJson, readAnswerFacts, type AnswerFacts } from './keptShapes.ts';
import { sameOf, whyUnanswered, type Fallen } from './reasons.ts';
import type { SimilarAnswers, WordedQuestion } from './similarAnswers.ts';
import { similarRuleOf } from './similarRule.ts';
import { Subjects } from './subjects.ts';
import type { TaskQuestion } from './taskQuestion.ts';
import { boundedTrace, rememberingLooks, traceReads, whatChanged } from './traces.ts';

export interface TaskCacheParts {
  readonly store: AnswerStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Takes the bytes of an answer into the blobs of the run. */
  readonly put: (ref: BlobRef, bytes: Uint8Array) => Promise<unknown>;
  /** `undefined`: only the same question is answered. */
  readonly similar: SimilarAnswers | undefined;
}

export type TaskAnswer =
  | {
      readonly kind: 'hit';
      readonly key: Digest;
      readonly reuse: Reuse;
      readonly result: KeptResult;
      /**
       * Puts everything the result names into the blobs of the run, and counts it. `gone`: something of it is not kept
       * any more; then the result is none, and the question can be asked again.
       */
      readonly apply: () => Promise<Result<void, 'gone'>>;
    }
  | { readonly kind: 'miss'; readonly key: Digest; readonly why: MissReason };

/** What an attempt came to, to be kept. */
export interface MadeResult extends KeptResult {
  /** `undefined`: nobody followed what it looked at. */
  readonly trace: Trace | undefined;
  /** Bytes of what it names. */
  readonly read: (ref: BlobRef) => Promise<Uint8Array>;
}

/** Bytes that are put at a time. */
const PUT_AT_ONCE = 8;

/** An answer with what is known of it. */
interface Candidate {
  readonly answer: KeptAnswer;
  readonly facts: AnswerFacts;
  readonly from: Earlier;
}

interface Expired {
  readonly from: Earlier;
  readonly ttlMs: number;
}

/**
 * Results of tasks, found again by what decides them.
 *
 * T1  A result stands only for the question whose key is the same, and while every look that led to it would show the
 *     same again.
 * T2  What a person, a tool that acts or a second model had a part in stands for nothing else; nor does what was looked
 *     at unseen.
 * T3  Whatever is remembered for explanations decides nothing.
 */
export class TaskCache {
  readonly #parts: TaskCacheParts;
  readonly #subjects: Subjects;
  /** Answers of which something is missing, also where the disk does not let go of them. */
  readonly #gone = new Set<string>();

  constructor(parts: TaskCacheParts) {
    this.#parts = parts;
    this.#subjects = new Subjects(parts.store);
  }

  /** @param tree what an attempt would begin with */
  async look(question: TaskQuestion, tree: TreeView, signal: AbortSignal): Promise<TaskAnswer> {
    const fingerprint = await calmFingerprint(question);
    const { key } = fingerprint;
    if (question.fresh) {
      return { kind: 'miss', key, why: { kind: 'fresh' } };
    }
    const { store } = this.#parts;
    const view = rememberingLooks(tree);
    const found = await store.find(key);
    const judged = await this.#judge(found.answers, question, view, signal);
    if (judged.standing !== undefined) {
      return this.#hit(question, fingerprint, judged.standing, undefined);
    }
    const similar = await this.#similar(question, fingerprint, view, signal);
    if (similar !== undefined) {
      return similar;
    }
    store.missed(question.namespace, question.agent.name);
    const note = await this.#subjects.last(question);
    // T3
    const why = whyUnanswered({
      fingerprint,
      spoken: spokenParts(question),
      inputs: question.inputs && (await this.#subjects.inputs(question.inputs, note)),
      note,
      fallen: judged.fallen,
      expired: expiredOf(found.expired) ?? judged.expired,
      wasDamaged: found.wasDamaged,
    });
    return { kind: 'miss', key, why };
  }

  /**
   * Keeps what an attempt came to, where it may stand for another.
   * @param tree what the attempt began with
   */
  async keep(
    question: TaskQuestion,
    tree: TreeView,
    made: MadeResult,
    signal: AbortSignal,
  ): Promise<void> {
    const { trace } = made;
    if (trace === undefined && question.agent.runner.kind === 'model') {
      return;
    }
    await this.#subjects.rememberServed(trace?.models ?? []);
    const unfit = trace && unfitOf(trace);
    const model = unfit === undefined ? lastNamed(trace?.models ?? []) : undefined;
    // What another model answered is the answer of that one.
    const answered = model === undefined ? question : { ...question, model: model.asked };
    const fingerprint = await calmFingerprint(answered);
    if (unfit === undefined) {
      const view = rememberingLooks(tree);
      const traced = await boundedTrace(await traceReads(trace?.reads ?? [], view), view);
      const facts = { task: question.task, result: resultOf(made), traced, model };
      await this.#keepFit(answered, fingerprint, facts, made.read, signal);
    }
    const from = { run: question.run, task: question.task, at: this.#parts.clock.now() };
    await this.#subjects.remember(question, { ...fingerprint, from, unfit });
  }

  async #keepFit(
    question: TaskQuestion,
    fingerprint: Fingerprint,
    facts: AnswerFacts,
    read: MadeResult['read'],
    signal: AbortSignal,
  ): Promise<void> {
    const { key } = fingerprint;
    const isKept = await this.#parts.store.keep({
      key,
      namespace: question.namespace,
      agent: question.agent.name,
      run: question.run,
      ttlMs: ttlOf(question, facts.traced, this.#parts.clock.now()),
      facts: asJson(facts),
      values: valuesOf(facts.result).map((ref) => ({ ...ref, read: () => read(ref) })),
    });
    const worded = wordedQuestion(question, fingerprint);
    if (isKept && worded !== undefined) {
      await this.#parts.similar?.add({ ...worded, key }, signal);
    }
  }

  /** The newest of the answers that stands, and what is to be said of those that do not. */
  async #judge(
    answers: readonly KeptAnswer[],
    question: TaskQuestion,
    view: TreeView,
    signal: AbortSignal,
  ): Promise<{
    readonly standing: Candidate | undefined;
    readonly fallen: readonly Fallen[];
    readonly expired: Expired | undefined;
  }> {
    const fallen: Fallen[] = [];
    let expired: Expired | undefined;
    const whole = answers.filter((answer) => !this.#gone.has(makingOf(answer)));
    for (const candidate of whole.flatMap(candidateOf)) {
      signal.throwIfAborted();
      const { from, facts } = candidate;
      const ttlMs = ttlOf(question, facts.traced, from.at);
      if (this.#parts.clock.now() >= from.at + ttlMs) {
        // Since it was kept, somebody has said that answers stand for less time.
        expired ??= { from, ttlMs };
        continue;
      }
      const changes = [
        ...(await this.#servedOtherwise(facts)),
        ...(await whatChanged(facts.traced, view)),
      ];
      if (changes.length === 0) {
        return { standing: candidate, fallen, expired };
      }
      fallen.push({ from, traced: facts.traced, changes });
    }
    return { standing: undefined, fallen, expired };
  }

  /** T1: the name of a model may stand for another one by now. */
  async #servedOtherwise({ model }: AnswerFacts): Promise<readonly Change[]> {
    const served = model?.served;
    if (model === undefined || served === undefined) {
      return [];
    }
    const now = await this.#subjects.served(model.asked);
    return now === undefined || now === plainModelName(served)
      ? []
      : [{ what: 'served', name: model.asked, how: 'changed' }];
  }

  async #similar(
    question: TaskQuestion,
    fingerprint: Fingerprint,
    view: TreeView,
    signal: AbortSignal,
  ): Promise<TaskAnswer | undefined> {
    const worded = wordedQuestion(question, fingerprint);
    const near = worded && (await this.#parts.similar?.find(worded, signal));
    if (near === undefined) {
      return undefined;
    }
    const { answers } = await this.#parts.store.find(near.key);
    const { standing } = await this.#judge(answers, question, view, signal);
    const { question: asked, similarity } = near;
    return standing === undefined || hasFiles(standing.facts.result)
      ? undefined
      : this.#hit(question, fingerprint, standing, { question: asked, similarity });
  }

  #hit(
    question: TaskQuestion,
    fingerprint: Fingerprint,
    candidate: Candidate,
    similar: Reuse['similar'],
  ): TaskAnswer {
    const { answer, facts, from } = candidate;
    const { result, traced } = facts;
    const same = fingerprint.parts.filter(({ what }) => similar === undefined || what !== 'prompt');
    return {
      kind: 'hit',
      key: fingerprint.key,
      result,
      reuse: {
        from,
        namespace: answer.namespace,
        same: sameOf(same, question.inputs?.files, traced, []),
        saved: result.spent,
        shared: question.waitedFor,
        similar,
      },
      apply: async () => {
        const { store } = this.#parts;
        if (!(await this.#putAll(candidate))) {
          this.#gone.add(makingOf(answer));
          store.missed(question.namespace, question.agent.name);
          return err('gone');
        }
        store.hit(answer, result.spent, question.waitedFor);
        await this.#noteHit(question, fingerprint, from);
        return ok(undefined);
      },
    };
  }

  /** False when something is not kept any more. */
  async #putAll({ answer, facts }: Candidate): Promise<boolean> {
    const { store, put } = this.#parts;
    const values = valuesOf(facts.result);
    for (let start = 0; start < values.length; start += PUT_AT_ONCE) {
      const arePut = await Promise.all(
        values.slice(start, start + PUT_AT_ONCE).map(async (ref) => {
          const bytes = await store.value(answer, ref);
          if (bytes !== undefined) {
            await put(ref, bytes);
          }
          return bytes !== undefined;
        }),
      );
      if (arePut.includes(false)) {
        return false;
      }
    }
    return true;
  }

  async #noteHit(question: TaskQuestion, fingerprint: Fingerprint, from: Earlier): Promise<void> {
    const note = await this.#subjects.last(question);
    const isNoted =
      note?.key === fingerprint.key &&
      note.unfit === undefined &&
      note.from.run === from.run &&
      note.from.task === from.task;
    if (!isNoted) {
      await this.#subjects.remember(question, { ...fingerprint, from, unfit: undefined });
    }
  }
}

/** With long lists of files digested before, in slices. */
async function calmFingerprint(question: TaskQuestion): Promise<Fingerprint> {
  if (question.inputs !== undefined) {
    await digestOfFilesInSlices(question.inputs.files);
  }
  return fingerprintOf(question);
}

/** Tells an answer from an equal one that is made later. */
function makingOf({ id, at }: KeptAnswer): string {
  return `${id} ${at}`;
}

function candidateOf(answer: KeptAnswer): readonly Candidate[] {
  const facts = readAnswerFacts(answer.facts);
  return facts === undefined || answer.run === undefined
    ? []
    : [{ answer, facts, from: { run: answer.run, task: facts.task, at: answer.at } }];
}

function expiredOf(answer: KeptAnswer | undefined): Expired | undefined {
  const [candidate] = answer === undefined ? [] : candidateOf(answer);
  return (
    candidate && { from: candidate.from, ttlMs: candidate.answer.expiresAt - candidate.from.at }
  );
}

/** The world outside changes unseen: what has looked at it stands for less time. */
function ttlOf(
  { ttlMs, webTtlMs }: TaskQuestion,
  traced: readonly TracedRead[],
  at: number,
): number {
  const ages = traced.flatMap((read) => (read.kind === 'web' ? at - (read.since ?? at) : []));
  return ages.length === 0 ? ttlMs : Math.min(ttlMs, webTtlMs - Math.max(0, ...ages));
}

/** T2 */
function unfitOf({ unfit, models }: Trace): Unfit | undefined {
  const asked = new Set(models.map((model) => model.asked));
  const served = new Set(models.flatMap((model) => model.served ?? []).map(plainModelName));
  return unfit ?? (asked.size > 1 || served.size > 1 ? { kind: 'models' } : undefined);
}

/** The one model, with its name as it was told. */
function lastNamed(models: Trace['models']): Trace['models'][number] | undefined {
  return models.find(({ served }) => served !== undefined) ?? models[0];
}

function wordedQuestion(
  question: TaskQuestion,
  fingerprint: Fingerprint,
): WordedQuestion | undefined {
  const rule = similarRuleOf(question);
  return rule && { scope: scopeOf(fingerprint), prompt: question.prompt, rule };
}

function resultOf(made: MadeResult): KeptResult {
  const { exitCode, output, log, artifacts, removed = [], inputBytes, spent } = made;
  return {
    exitCode,
    output,
    log,
    // What stood there before is another thing wherever it is reused.
    artifacts: artifacts.map(({ path, digest, bytes, executable }) => ({
      ...{ path, digest, bytes, executable },
    })),
    ...(removed.length > 0 && { removed }),
    inputBytes,
    spent,
  };
}

/** Files are made for one question, not for one like it. */
function hasFiles({ artifacts, removed = [] }: KeptResult): boolean {
  return artifacts.length + removed.length > 0;
}

/** Everything a result names, each once. */
function valuesOf({ output, log, artifacts }: KeptResult): readonly BlobRef[] {
  const values = new Map<Digest, BlobRef>();
  for (const { digest, bytes } of [output, log, ...artifacts]) {
    values.set(digest, { digest, bytes });
  }
  return [...values.values()];
}
