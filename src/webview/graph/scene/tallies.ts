import type { Model } from '../model.ts';
import type { Scene } from './scene.ts';
import type { Tally } from './tally.ts';

/** The tallies of items and bands, counted when they are asked for and kept until a task of theirs changes. */
export class Tallies {
  readonly #model: Model;
  readonly #scene: Scene;
  readonly #members: ReadonlyMap<string, readonly string[]>;
  readonly #known = new Map<string, Tally>();

  constructor(model: Model, scene: Scene) {
    this.#model = model;
    this.#scene = scene;
    this.#members = new Map(scene.groups.map(({ id, members }) => [id, members]));
  }

  /** @param id of an item or a band */
  of(id: string): Tally {
    let tally = this.#known.get(id);
    if (tally === undefined) {
      const item = this.#scene.itemById.get(id);
      const members =
        item === undefined
          ? (this.#members.get(id) ?? [])
          : item.kind === 'task'
            ? [item.id]
            : item.members;
      tally = this.#model.tally(members);
      this.#known.set(id, tally);
    }
    return tally;
  }

  /** @returns the items and bands that show one of the tasks */
  changed(tasks: readonly string[]): ReadonlySet<string> {
    const stale = new Set<string>();
    for (const task of tasks) {
      let at = this.#scene.itemOf.get(task);
      while (at !== undefined && !stale.has(at)) {
        stale.add(at);
        this.#known.delete(at);
        at = this.#scene.parentOf.get(at);
      }
    }
    return stale;
  }
}
