import { digestOfJson, type Digest } from '../../base/digest.ts';
import type { Fingerprint } from '../../domain/cache.ts';
import { plainModelName } from '../../domain/servedModel.ts';
import type { Trace } from '../../domain/trace.ts';
import type { AnswerStore } from '../parts.ts';
import { spokenParts } from './fingerprint.ts';
import { asJson, readFileNote, readNote, type Note } from './keptShapes.ts';
import { markOf, type InputsThenAndNow } from './reasons.ts';
import type { InputFiles, TaskQuestion } from './taskQuestion.ts';

// What is remembered beside the answers, so that a miss can be explained: the last question of each task that came to
// a result, the files that counted for it, and under which name each model answered last.

/** Raised when notes are written in another form: those of before are then not found. */
const FORM = 1;
/** Of longer lists it is only told that they changed. */
const MOST_FILES = 2000;
/** UTF-16 units of such a list. */
const LONGEST_LIST = 512 * 1024;
/** Lists known to be kept already. */
const MOST_LISTS = 1000;

type Subject = Pick<TaskQuestion, 'workflow' | 'task'>;

export class Subjects {
  readonly #store: Pick<AnswerStore, 'remember' | 'recall'>;
  readonly #lists = new Set<Digest>();

  constructor(store: Pick<AnswerStore, 'remember' | 'recall'>) {
    this.#store = store;
  }

  async last(subject: Subject): Promise<Note | undefined> {
    return readNote(await this.#store.recall(noteName(subject)));
  }

  async remember(
    question: Subject & Pick<TaskQuestion, 'inputs' | 'spoken'>,
    facts: Omit<Note, 'spoken'>,
  ): Promise<void> {
    const note: Note = { ...facts, spoken: spokenParts(question) };
    if (question.inputs !== undefined) {
      await this.#rememberFiles(question.inputs, note);
    }
    await this.#store.remember(noteName(question), asJson(note));
  }

  /** The files of a question, beside those of the last one. */
  async inputs(
    { globs, files }: InputFiles,
    note: Note | undefined,
  ): Promise<InputsThenAndNow | undefined> {
    const digest = note && inputsOf(note);
    const then = digest && readFileNote(await this.#store.recall(listName(digest)));
    return { globs, now: files, then };
  }

  /** Under which name the model answered last; `undefined`: it has not said. */
  async served(asked: string): Promise<string | undefined> {
    const name = await this.#store.recall(servedName(asked));
    return typeof name === 'string' ? name : undefined;
  }

  async rememberServed(models: Trace['models']): Promise<void> {
    for (const { asked, served } of models) {
      if (served !== undefined && (await this.served(asked)) !== plainModelName(served)) {
        await this.#store.remember(servedName(asked), plainModelName(served));
      }
    }
  }

  /** Once for all tasks that have the same files. */
  async #rememberFiles({ files }: InputFiles, note: Note): Promise<void> {
    const digest = inputsOf(note);
    if (digest === undefined || files.length > MOST_FILES || this.#lists.has(digest)) {
      return;
    }
    const list = files.map((file) => [file.path, markOf(file)] as const);
    if (list.reduce((length, [path]) => length + path.length, 0) > LONGEST_LIST) {
      return;
    }
    if (this.#lists.size >= MOST_LISTS) {
      this.#lists.clear();
    }
    this.#lists.add(digest);
    await this.#store.remember(listName(digest), list);
  }
}

function inputsOf({ parts }: Pick<Fingerprint, 'parts'>): Digest | undefined {
  return parts.find(({ what }) => what === 'inputs')?.digest;
}

function noteName({ workflow, task }: Subject): Digest {
  return digestOfJson(['question', FORM, workflow, task]);
}

function listName(inputs: Digest): Digest {
  return digestOfJson(['files', FORM, inputs]);
}

function servedName(asked: string): Digest {
  return digestOfJson(['served', FORM, asked]);
}
