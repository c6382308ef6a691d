import type { Arrow } from './walk.ts';

export type Place = 'first' | 'previous' | 'next' | 'last';

export interface KeyActions {
  /** @returns false when there is nothing to walk, so that the key is left to others */
  walk(arrow: Arrow): boolean;
  /** In the order written, which reaches every step. */
  walkInOrder(to: Place): boolean;
  /** @returns false when neither a waiting gate nor an agent that asks has the focus */
  answer(decision: 'approved' | 'rejected'): boolean;
  zoomIn(): void;
  zoomOut(): void;
  actualSize(): void;
  fit(): void;
}

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const PLACES: Readonly<Record<string, Place>> = {
  Home: 'first',
  PageUp: 'previous',
  PageDown: 'next',
  End: 'last',
};

/** The page's keys. With Control, Alt or Command they are VS Code's; Enter is the focused button's own. */
export function listenToKeys(target: Document, actions: KeyActions): void {
  target.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
      return;
    }
    if (perform(event, actions)) {
      event.preventDefault();
    }
  });
}

function perform(event: KeyboardEvent, actions: KeyActions): boolean {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    return actions.walk(arrow);
  }
  const place = PLACES[event.key];
  if (place !== undefined) {
    return actions.walkInOrder(place);
  }
  switch (event.key) {
    case '+':
    case '=':
      actions.zoomIn();
      return true;
    case '-':
      actions.zoomOut();
      return true;
    case '0':
      actions.actualSize();
      return true;
    case 'f':
    case 'F':
      actions.fit();
      return true;
    case 'a':
    case 'A':
      // A key held down answers once.
      return !event.repeat && actions.answer('approved');
    case 'r':
    case 'R':
      return !event.repeat && actions.answer('rejected');
    default:
      return false;
  }
}
