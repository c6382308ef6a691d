import { button, element, setAttribute, setText } from '../shared/dom.ts';
import { placeElement } from './card.ts';
import { meets } from './culling.ts';
import { strokeIcon } from './icons.ts';
import type { Box } from './layout.ts';
import type { Scene, SceneGroup } from './scene/scene.ts';
import { tallyText, type Tally } from './scene/tally.ts';
import type { Area } from './viewport.ts';

const FOLD_SIGN = 'M4 10l4-4l4 4';

interface Band {
  readonly element: HTMLElement;
  readonly name: HTMLElement;
  readonly counts: HTMLElement;
  readonly folder: HTMLButtonElement;
}

/** The bands in sight: phases, nested workflows and steps whose lanes are open, each with a button that folds it. */
export class Bands {
  readonly element = element('div', 'bands');
  readonly #close: (group: SceneGroup) => void;
  readonly #bands = new Map<string, Band>();

  constructor(close: (group: SceneGroup) => void) {
    this.#close = close;
  }

  /** @param boxes of all bands, as the scene has them @param ran false: states tell nothing */
  draw(
    scene: Scene,
    boxes: ReadonlyMap<string, Box>,
    region: Area,
    tallyOf: (id: string) => Tally,
    ran: boolean,
  ): void {
    const shown = new Set<string>();
    for (const group of scene.groups) {
      const box = boxes.get(group.id);
      if (box === undefined || !meets(box, region)) {
        continue;
      }
      shown.add(group.id);
      const band = this.#bands.get(group.id) ?? this.#add(group);
      placeElement(band.element, box);
      const counts = tallyText(tallyOf(group.id), group.counts, ran);
      setText(band.name, group.label);
      setText(band.counts, counts);
      setAttribute(band.folder, 'aria-label', `${group.label} ${counts}; fold`);
      setAttribute(band.folder, 'title', `${group.label}\n${counts}\nClick to fold`);
    }
    for (const [id, band] of this.#bands) {
      if (!shown.has(id)) {
        band.element.remove();
        this.#bands.delete(id);
      }
    }
  }

  /** The button of a band that is in sight. */
  folderOf(id: string): HTMLButtonElement | undefined {
    return this.#bands.get(id)?.folder;
  }

  #add(group: SceneGroup): Band {
    const name = element('span', 'band-name');
    const counts = element('span', 'band-counts');
    const label = element('span', 'band-label', strokeIcon(FOLD_SIGN), name, ' ', counts);
    setAttribute(label, 'aria-hidden', 'true');
    const folder = button('band-folder', label, group.label, () => this.#close(group));
    setAttribute(folder, 'aria-expanded', 'true');
    const band = { element: element('div', 'band', folder), name, counts, folder };
    band.element.dataset['of'] = group.of;
    this.#bands.set(group.id, band);
    this.element.append(band.element);
    return band;
  }
}
