import fs from 'node:fs/promises';
import type { TaskId } from './domain/ids.ts';
import type { BookEntry } from './projections/runBook.ts';
import type { Heard } from './projections/taskRows.ts';

/** Bytes at the end of a log that are looked at. */
const END_BYTES = 4096;
/** Logs whose last line is remembered. */
const REMEMBERED = 1000;

/** The last lines of logs that grow. Asking for one reads it anew; a line that has changed is told. */
export class LastWords {
  readonly #changed: () => void;
  readonly #lines = new Map<string, string>();
  readonly #reading = new Set<string>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** What agents of a run say. A command prints what is for its log; the others talk. */
  heardIn(entry: BookEntry | undefined, logFile: (task: TaskId, attempt: number) => string): Heard {
    if (entry?.kind !== 'readable') {
      return () => undefined;
    }
    const { plan, state } = entry;
    const steps = new Map(plan.tasks.map(({ id, step }) => [id, step]));
    return (task) => {
      const at = state.tasks.get(task);
      const step = steps.get(task);
      const agent = step?.kind === 'agent' ? plan.agents[step.agent] : undefined;
      return at?.kind !== 'running' || agent === undefined || agent.runner.kind === 'command'
        ? undefined
        : this.of(logFile(task, at.attempt));
    };
  }

  /** As it was when it was read last. @param file absolute */
  of(file: string): string | undefined {
    if (!this.#reading.has(file)) {
      this.#reading.add(file);
      void this.#look(file).finally(() => this.#reading.delete(file));
    }
    return this.#lines.get(file);
  }

  async #look(file: string): Promise<void> {
    const line = await lastLine(file).catch(() => undefined);
    if (line === undefined || line === this.#lines.get(file)) {
      return;
    }
    this.#lines.delete(file);
    this.#lines.set(file, line);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > REMEMBERED && oldest !== undefined) {
      this.#lines.delete(oldest);
    }
    this.#changed();
  }
}

/** The last line with something on it; empty where there is none in the log's end. */
async function lastLine(file: string): Promise<string> {
  const opened = await fs.open(file);
  try {
    const { size } = await opened.stat();
    const from = Math.max(0, size - END_BYTES);
    const { buffer, bytesRead } = await opened.read(
      Buffer.alloc(Math.min(size, END_BYTES)),
      0,
      undefined,
      from,
    );
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    return text.split('\n').findLast((line) => line.trim() !== '') ?? '';
  } finally {
    await opened.close();
  }
}
