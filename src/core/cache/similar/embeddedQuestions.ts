import { digestOfJson, type Digest } from '../../base/digest.ts';
import { oneLine } from '../../base/text.ts';
import type { AnswerStore, Embed } from '../parts.ts';
import type { SimilarAnswers, WordedQuestion } from '../tasks/similarAnswers.ts';
import { questionMarks } from './questionMarks.ts';
import type { NearQuestion, SimilarIndex } from './similarIndex.ts';

export interface EmbeddedQuestionsOptions {
  readonly embed: Embed;
  readonly index: SimilarIndex;
  /** A question whose answers have gone hides none that has some. */
  readonly answers: Pick<AnswerStore, 'find'>;
  /** What is kept of a question goes through it first. */
  readonly redact: (text: string) => string;
  /** Hears why there is no vector: a sentence with what to do, each once, but for numbers in it. */
  readonly warn: (sentence: string) => void;
}

/** Characters of a question that are kept, for people. */
const KEPT_QUESTION = 500;
/** Questions without answers that one look passes over. */
const MOST_GONE = 20;
/** Vectors in memory between a question and its answer. */
const MOST_REMEMBERED = 500;
/** Some providers say something else each time. */
const MOST_TOLD = 50;
/** So much a cosine may be off by rounding. */
const ROUNDING = 1e-6;

/**
 * Similar questions, told by the vectors of an embedding model.
 *
 * Q1. Without a vector of a real embedding model nothing is similar to anything, and the reason is told once.
 * Q2. One question costs one call of that model, also when its answer is kept later.
 * Q3. Of the question nothing is kept but its vector and its beginning without secrets.
 */
export class EmbeddedQuestions implements SimilarAnswers {
  readonly #options: EmbeddedQuestionsOptions;
  readonly #vectors = new Map<Digest, Float32Array>();
  readonly #told = new Set<string>();

  constructor(options: EmbeddedQuestionsOptions) {
    this.#options = options;
  }

  async find(question: WordedQuestion, signal: AbortSignal): Promise<NearQuestion | undefined> {
    const vector = await this.#vector(question, signal);
    if (vector === undefined) {
      return undefined;
    }
    const { index, answers } = this.#options;
    const place = placeOf(question, vector);
    for (let n = 0; n < MOST_GONE; n += 1) {
      const near = await index.find(place, question.rule.threshold - ROUNDING, signal);
      if (near === undefined || (await answers.find(near.key)).answers.length > 0) {
        return near;
      }
      await index.drop(place, near.key);
    }
    return undefined;
  }

  async add(
    question: WordedQuestion & { readonly key: Digest },
    signal: AbortSignal,
  ): Promise<void> {
    const vector = await this.#vector(question, signal);
    if (vector !== undefined) {
      const kept = oneLine(this.#options.redact(question.prompt), KEPT_QUESTION);
      await this.#options.index.add(placeOf(question, vector), {
        key: question.key,
        question: kept,
      });
    }
  }

  async #vector(
    { prompt, rule: { model } }: WordedQuestion,
    signal: AbortSignal,
  ): Promise<Float32Array | undefined> {
    signal.throwIfAborted();
    const name = digestOfJson([model, prompt]);
    const known = this.#vectors.get(name);
    if (known !== undefined) {
      return known;
    }
    const embedded = await this.#options.embed(model, prompt, signal);
    if (!embedded.ok) {
      this.#warn(model, embedded.error);
      return undefined;
    }
    this.#vectors.set(name, embedded.value);
    const [oldest] = this.#vectors.keys();
    if (this.#vectors.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#vectors.delete(oldest);
    }
    return embedded.value;
  }

  #warn(model: string, sentence: string): void {
    // A wait of 3 s and one of 4 s are one piece of news.
    const told = `${model} ${sentence.replace(/\d+/g, '')}`;
    if (this.#told.size < MOST_TOLD && !this.#told.has(told)) {
      this.#told.add(told);
      this.#options.warn(sentence);
    }
  }
}

function placeOf(
  { scope, prompt, rule: { model } }: WordedQuestion,
  vector: Float32Array,
): Parameters<SimilarIndex['find']>[0] {
  return { scope, model, marks: questionMarks(prompt), vector };
}
