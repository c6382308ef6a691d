import { oneLine } from '../../base/text.ts';
import type { Failure } from '../../domain/failure.ts';
import { unwritable } from '../commandAttempt.ts';
import type { OutputSink } from '../outputFiles.ts';

type Voice = 'answer' | 'thought' | 'note';

/** Most characters of a note in the log. */
const NOTE_LENGTH = 2000;

/**
 * What a coding agent says and does, written as it comes.
 *
 * R1. The log has all of it: what the agent answers as it stands, the rest in lines that begin with `[`.
 * R2. The output has the answers only, with an empty line between two that something stood between; or nothing,
 *     where the output is to be the last of them.
 */
export class Transcript {
  readonly #files: OutputSink;
  readonly #streams: boolean;
  readonly #printed: () => void;
  readonly #stop: (failure: Failure) => void;
  #written: Promise<void> = Promise.resolve();
  #voice: Voice | undefined;
  #logEnd = '\n';
  #last = '';
  #saidBefore = false;

  /**
   * @param streams false: the output file gets nothing from here
   * @param printed more stands in the log @param stop nothing more can be written
   */
  constructor(
    files: OutputSink,
    streams: boolean,
    printed: () => void,
    stop: (failure: Failure) => void,
  ) {
    this.#files = files;
    this.#streams = streams;
    this.#printed = printed;
    this.#stop = stop;
  }

  /** What it answered last, without what came before its last use of a tool. */
  get lastAnswer(): string {
    return this.#last;
  }

  say(text: string): void {
    if (text === '') {
      return;
    }
    if (this.#voice !== 'answer') {
      this.#last = '';
      if (this.#saidBefore) {
        this.#write('\n\n', this.#streams);
      } else {
        this.#nextLine();
      }
    }
    this.#voice = 'answer';
    this.#saidBefore = true;
    this.#last += text;
    this.#write(text, this.#streams);
  }

  think(text: string): void {
    if (text === '') {
      return;
    }
    if (this.#voice !== 'thought') {
      this.#nextLine();
      this.#write('[thought] ', false);
    }
    this.#voice = 'thought';
    this.#write(text, false);
  }

  /** What is not an answer: one line, in the log only. */
  note(kind: string, text: string): void {
    this.#nextLine();
    this.#voice = 'note';
    this.#write(`[${kind}] ${oneLine(text, NOTE_LENGTH)}`, false);
  }

  /** What follows is another answer. */
  nextAnswer(): void {
    if (this.#voice === 'answer') {
      this.#voice = 'note';
    }
  }

  /** Resolves once all of it is written. */
  async flushed(): Promise<void> {
    await this.#written;
  }

  /** A line is ended by what follows it, so that the output has no line end the agent did not write. */
  #nextLine(): void {
    if (this.#logEnd !== '\n') {
      this.#write('\n', false);
    }
  }

  #write(text: string, isOutput: boolean): void {
    this.#logEnd = text.slice(-1);
    const written = this.#files.write(Buffer.from(text), isOutput);
    this.#written = Promise.all([this.#written, written]).then(
      () => this.#told(),
      (error: unknown) => this.#stop(unwritable(error)),
    );
  }

  #told(): void {
    this.#printed();
    if (this.#files.overflowed) {
      this.#stop({ reason: 'output-cap', limitBytes: this.#files.capBytes });
    }
  }
}
