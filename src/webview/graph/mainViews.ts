import type { GraphPicture } from '../../core/projections/graphPicture.ts';
import type { GraphPane } from './graphPane.ts';
import type { ListView } from './list/listView.ts';
import type { Model } from './model.ts';
import type { PlanTable } from './plan/planTable.ts';

/** What stands in the middle of the page. `table`: of a plan alone. */
export type MainView = 'graph' | 'list' | 'table';

/** The graph, and what stands in place of it: the same tasks, with the same one in focus. */
export class MainViews {
  readonly #pane: GraphPane;
  readonly #list: ListView;
  readonly #table: PlanTable;
  readonly #model: Model;
  #view: MainView = 'graph';

  constructor(pane: GraphPane, list: ListView, table: PlanTable, model: Model) {
    this.#pane = pane;
    this.#list = list;
    this.#table = table;
    this.#model = model;
  }

  get view(): MainView {
    return this.#view;
  }

  /** The task whose card or row has the focus. */
  get focused(): string | undefined {
    switch (this.#view) {
      case 'graph':
        return this.#pane.focused;
      case 'list':
        return this.#list.focused;
      case 'table':
        return this.#table.focused;
    }
  }

  /** As it was kept: what it shows is not there yet. */
  restore(view: MainView): void {
    this.#view = view;
    this.#pane.element.hidden = view !== 'graph';
    this.#list.element.hidden = view !== 'list';
    this.#table.element.hidden = view !== 'table';
  }

  /** The focus goes along. @returns false when it is there already */
  show(view: MainView): boolean {
    if (view === this.#view) {
      return false;
    }
    const task = this.focused;
    this.restore(view);
    switch (view) {
      case 'graph':
        this.#pane.resized();
        this.#pane.reveal(task, true);
        break;
      case 'list':
        if (this.#model.picture !== undefined) {
          this.#list.show(this.#model.picture);
        }
        this.#list.focus(task);
        break;
      case 'table':
        if (!this.#table.focus(task)) {
          this.#table.focus();
        }
        break;
    }
    return true;
  }

  focus(): void {
    switch (this.#view) {
      case 'graph':
        this.#pane.focusCurrent();
        break;
      case 'list':
        this.#list.focus();
        break;
      case 'table':
        this.#table.focus();
        break;
    }
  }

  /** The list says what the picture says. @param pending tasks that are others, or all of it */
  draw(picture: GraphPicture, pending: 'shape' | ReadonlySet<string>): void {
    if (this.#view !== 'list') {
      return;
    }
    if (pending === 'shape') {
      this.#list.show(picture);
    } else {
      const nodes = [...pending].flatMap((task) => this.#model.node(task) ?? []);
      this.#list.update(nodes, picture.run !== undefined);
    }
  }
}
