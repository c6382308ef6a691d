import { digestOf } from '../../base/digest.ts';
import { claudeName } from './references.ts';

/** The most that every provider takes. */
const MAX_LENGTH = 64;
const MARK_LENGTH = 6;

/** Gives tools the names models call them by: the same tool always the same, two tools never the same. */
export class ToolNames {
  readonly #given = new Map<string, string>();
  readonly #taken = new Set<string>();

  nameOf(server: string, tool: string): string {
    const key = JSON.stringify([server, tool]);
    let name = this.#given.get(key);
    if (name === undefined) {
      name = this.#free(claudeName(`${server}_${tool}`), key);
      this.#given.set(key, name);
      this.#taken.add(name);
    }
    return name;
  }

  #free(wanted: string, key: string): string {
    let name = wanted;
    for (let round = 0; name.length > MAX_LENGTH || this.#taken.has(name); round += 1) {
      const mark = digestOf(`${key}${round === 0 ? '' : String(round)}`).slice(0, MARK_LENGTH);
      name = `${wanted.slice(0, MAX_LENGTH - MARK_LENGTH - 1)}_${mark}`;
    }
    return name;
  }
}
