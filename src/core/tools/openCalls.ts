import { setMaxListeners } from 'node:events';
import type { Tool, ToolAnswer } from '../domain/tool.ts';
import { beginAndEnd } from './cutText.ts';
import * as problems from './toolProblems.ts';

/** UTF-16 units, as `ToolAnswer` says. */
const LONGEST_ANSWER = 100_000;

/** The calls under way of one toolbox. Each is answered at once when it is stopped, and waited for when the box closes. */
export class OpenCalls {
  readonly #folder: string;
  readonly #closed = new AbortController();
  readonly #work = new Set<Promise<unknown>>();

  /** @param folder absolute; never named to the model */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The tool, whose calls never reject, obey the signal whatever they wait for, and end with the box. */
  guard(tool: Tool): Tool {
    const { name, description, inputSchema, does } = tool;
    return {
      name,
      description,
      inputSchema,
      does,
      summary: (input) => tool.summary(input),
      call: (input, signal) => this.#call(tool, input, signal),
    };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.allSettled(this.#work);
  }

  #call(tool: Tool, input: Parameters<Tool['call']>[0], signal: AbortSignal): Promise<ToolAnswer> {
    if (this.#closed.signal.aborted) {
      return Promise.resolve({ text: problems.CLOSED, isError: true });
    }
    if (signal.aborted) {
      return Promise.resolve({ text: problems.STOPPED, isError: true });
    }
    const stop = new AbortController();
    const work = this.#answer(tool, input, stop.signal);
    this.#work.add(work);
    return new Promise((resolve) => {
      const abort = () => {
        stop.abort();
        resolve({ text: problems.STOPPED, isError: true });
      };
      const signals = [signal, this.#closed.signal];
      // One for each call under way, and a model makes as many at once as it likes.
      setMaxListeners(0, ...signals);
      signals.forEach((one) => one.addEventListener('abort', abort));
      void work.then((answer) => {
        signals.forEach((one) => one.removeEventListener('abort', abort));
        this.#work.delete(work);
        resolve(answer);
      });
    });
  }

  async #answer(
    tool: Tool,
    input: Parameters<Tool['call']>[0],
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    try {
      const answer = await tool.call(input, signal);
      return { ...answer, text: beginAndEnd(answer.text, LONGEST_ANSWER - 100) };
    } catch (error) {
      return { text: problems.broke(error, this.#folder), isError: true };
    }
  }
}
