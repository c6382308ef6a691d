import type { MetricsWindow } from '../../core/projections/metricsPicture.ts';
import { button, element, setAttribute } from '../shared/dom.ts';
import type { DashboardPicture, DashboardView } from './protocol.ts';
import { WINDOWS } from './words.ts';

export interface ToolbarActions {
  choose(change: Partial<DashboardView>): void;
  export(): void;
}

/** In the list of folders: all of them together. No address of a folder is empty. */
const ALL = '';

/** The strip on top: which time, which folder, and a file of it. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #windows = new Map<MetricsWindow, HTMLInputElement>();
  readonly #folderLabel: HTMLElement;
  readonly #folder = element('select', 'select');
  readonly #export: HTMLButtonElement;
  #folders = '';

  constructor(actions: ToolbarActions) {
    const windows = element('fieldset', 'segments', element('legend', 'unseen', 'Time'));
    for (const [window, text, title] of WINDOWS) {
      const radio = element('input', '');
      radio.type = 'radio';
      radio.name = 'window';
      setAttribute(radio, 'aria-label', title);
      radio.addEventListener('change', () => actions.choose({ window }));
      this.#windows.set(window, radio);
      const label = element('label', 'segment', radio, element('span', '', text));
      label.title = title;
      windows.append(label);
    }
    this.#folder.addEventListener('change', () =>
      actions.choose({ folder: this.#folder.value === ALL ? undefined : this.#folder.value }),
    );
    this.#folderLabel = element('label', 'folder', element('span', '', 'Folder'), this.#folder);
    this.#export = button('plain', 'Export…', 'Export the metrics', () => actions.export());
    this.element = element(
      'header',
      'top',
      element('h1', '', 'Dashboard'),
      windows,
      this.#folderLabel,
      this.#export,
    );
  }

  update({ view, folders, everCount }: DashboardPicture): void {
    for (const [window, radio] of this.#windows) {
      radio.checked = window === view.window;
    }
    this.#folderLabel.hidden = folders.length < 2;
    const key = JSON.stringify(folders);
    if (key !== this.#folders) {
      this.#folders = key;
      this.#folder.replaceChildren(
        new Option('All folders', ALL),
        ...folders.map(({ folder, name }) => new Option(name, folder)),
      );
    }
    this.#folder.value = view.folder ?? ALL;
    this.#export.hidden = everCount === 0;
  }
}
