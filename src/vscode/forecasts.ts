import type { Disposable } from '../core/base/disposables.ts';
import type { RunId } from '../core/domain/ids.ts';
import type { MergeSide } from '../core/domain/merge.ts';
import { forecastMark } from '../core/projections/forecastText.ts';
import type { ShownForecast } from '../core/resultsApi.ts';
import type { ReadableRun } from './offers.ts';
import type { Project } from './project.ts';

/** The base may move without the run's doing: an older answer is shown, and asked for anew. */
const OLD_MS = 30_000;
/** Names that a mark has room for. */
const MOST_NAMES = 3;

interface Known {
  /** Of what it was told from: another key, another answer. */
  readonly key: string;
  readonly at: number;
  /** `undefined`: it cannot be told. */
  readonly mark: string | undefined;
}

/**
 * Short forecasts of runs for rows and notifications. A view is never kept waiting: it gets what is known, and `changed`
 * is called when more is.
 */
export class Forecasts implements Disposable {
  readonly #changed: () => void;
  readonly #now: () => number;
  readonly #known = new WeakMap<Project, Map<RunId, Known>>();
  readonly #asking = new Map<string, Promise<string | undefined>>();
  readonly #closing = new AbortController();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  /** `no conflicts`; `undefined`: not known yet, or not to be known. */
  mark(project: Project, entry: ReadableRun): string | undefined {
    const known = this.#known.get(project)?.get(entry.run);
    if (known?.key !== keyOf(entry) || this.#now() - known.at > OLD_MS) {
      void this.#ask(project, entry);
    }
    return known?.key === keyOf(entry) ? known.mark : undefined;
  }

  /** As `mark`, but waits for the answer for a while. */
  async soon(project: Project, entry: ReadableRun, waitMs: number): Promise<string | undefined> {
    const mark = this.mark(project, entry);
    if (mark !== undefined) {
      return mark;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), waitMs);
    });
    const asked = await Promise.race([this.#ask(project, entry), late]);
    clearTimeout(timer);
    return asked;
  }

  dispose(): void {
    this.#closing.abort(new Error('The window closes'));
  }

  /** One question at a time of each run. Never rejects. */
  #ask(project: Project, entry: ReadableRun): Promise<string | undefined> {
    const key = JSON.stringify([project.folder.uri.toString(), entry.run, keyOf(entry)]);
    const asking =
      this.#asking.get(key) ??
      this.#told(project, entry).finally(() => {
        this.#asking.delete(key);
      });
    this.#asking.set(key, asking);
    return asking;
  }

  async #told(project: Project, entry: ReadableRun): Promise<string | undefined> {
    const { signal } = this.#closing;
    const forecast = await project.sluice.results
      .forecast(entry.run, signal)
      // What is wrong is told by the page, which people ask for.
      .catch(() => undefined);
    if (signal.aborted) {
      return undefined;
    }
    const mark =
      forecast?.ok === true && forecast.value.tasks.length > 0
        ? markText(forecast.value)
        : undefined;
    const runs = this.#known.get(project) ?? new Map<RunId, Known>();
    const before = runs.get(entry.run);
    runs.set(entry.run, { key: keyOf(entry), at: this.#now(), mark });
    this.#known.set(project, runs);
    if (before?.mark !== mark || before?.key !== keyOf(entry)) {
      this.#changed();
    }
    return mark;
  }
}

/** A mark as a sentence for a gate. */
export function forecastText(mark: string): string {
  return `If all results were merged now: ${mark}`;
}

/** `no conflicts`, `2 conflicts: build, main`. */
export function markText(forecast: ShownForecast): string {
  const names = [
    ...new Set(
      forecast.conflicts.flatMap(({ between }) =>
        between.map((side) => nameOf(side, forecast.base)),
      ),
    ),
  ];
  const more = names.length - MOST_NAMES;
  const named = [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])];
  return [forecastMark(forecast), named.join(', ')].filter((text) => text !== '').join(': ');
}

function nameOf(side: MergeSide, base: string): string {
  return side.by === 'base' ? base : side.task;
}

/** Results come and go with attempts and what became of them; a count that goes on says nothing. */
function keyOf({ state }: ReadableRun): string {
  const parts: string[] = [];
  for (const [task, at] of state.tasks) {
    if (at.kind === 'succeeded') {
      parts.push(`${task}:${at.attempt}:${state.landings.get(task)?.kind ?? ''}`);
    }
  }
  return parts.join('\n');
}
