import * as vscode from 'vscode';
import type { Disposable } from '../core/base/disposables.ts';
import type { RunId } from '../core/domain/ids.ts';
import type { GraphMoment } from '../core/projections/graphPicture.ts';
import { SHOWS_PAST } from './ids.ts';
import type { ReadableRun } from './offers.ts';
import type { Project } from './project.ts';

interface Chosen {
  readonly entry: ReadableRun;
  readonly moment: GraphMoment;
}

/**
 * Which moment of which run the window shows: the tree, the graph and the panel beside it go by the same one.
 *
 * M1  Of choices made quickly the newest counts, whichever is read first.
 * M2  What is shown of the past is the past of the run that is there now: its end is always today's.
 */
export class Moments implements Disposable {
  readonly #chosen = new Map<string, Chosen>();
  /** The choice made last for each run, by its number. */
  readonly #latest = new Map<string, number>();
  readonly #changed = new vscode.EventEmitter<void>();
  #choices = 0;

  /** Another moment of some run is shown. */
  readonly onDidChange: vscode.Event<void> = this.#changed.event;

  /** The run as the window shows it. @param entry the run as it is */
  shown(project: Project, entry: ReadableRun): ReadableRun {
    const chosen = this.#chosen.get(keyOf(project, entry.run));
    if (chosen === undefined || chosen.moment.seq >= entry.state.seq) {
      return entry;
    }
    const moment = { ...chosen.moment, last: entry.state.seq };
    return { ...chosen.entry, past: { moment, now: entry } };
  }

  /** `undefined`: the window shows the run as it is. */
  momentOf(project: Project, run: RunId): GraphMoment | undefined {
    const entry = project.sluice.run(run);
    return entry?.kind === 'readable' ? this.shown(project, entry).past?.moment : undefined;
  }

  /**
   * Shows a run as it was after so many events. Rejects when its journal cannot be read.
   * @param seq from 1; `undefined`, or the last there is: as it is
   */
  async choose(project: Project, run: RunId, seq: number | undefined): Promise<void> {
    const key = keyOf(project, run);
    this.#choices += 1;
    const choice = this.#choices;
    this.#latest.set(key, choice);
    const found = seq === undefined ? undefined : await project.sluice.history.at(run, seq);
    if (this.#latest.get(key) !== choice) {
      return;
    }
    this.#latest.delete(key);
    const before = this.#chosen.get(key)?.moment.seq;
    if (found === undefined || found.moment.seq >= found.moment.last) {
      this.#chosen.delete(key);
    } else {
      this.#chosen.set(key, found);
    }
    if (before !== this.#chosen.get(key)?.moment.seq) {
      const showsPast = this.#chosen.size > 0;
      void vscode.commands.executeCommand('setContext', SHOWS_PAST, showsPast);
      this.#changed.fire();
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** `as of 12:03:04 (event 57 of 240)` */
export function momentText({ seq, last, at }: GraphMoment): string {
  const time = new Date(at).toLocaleTimeString('en-GB');
  return `as of ${time} (event ${seq} of ${last})`;
}

function keyOf({ folder }: Project, run: RunId): string {
  return JSON.stringify([folder.uri.toString(), run]);
}
