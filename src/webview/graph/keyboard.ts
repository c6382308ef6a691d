import type { GateDecision } from './card.ts';
import type { Arrow } from './walk.ts';

export type Place = 'first' | 'previous' | 'next' | 'last';

export interface KeyActions {
  /** @returns false when there is nothing to walk, so that the key is left to others */
  walk(arrow: Arrow): boolean;
  /** In the order written, which reaches every card. */
  walkInOrder(to: Place): boolean;
  /** @returns false when neither a waiting gate nor an agent that asks has the focus */
  answer(decision: GateDecision): boolean;
  zoomIn(): void;
  zoomOut(): void;
  actualSize(): void;
  fit(): void;
  search(): void;
  toggleList(): void;
  /** Of a plan. */
  toggleTable(): void;
  toggleTimeline(): void;
  /** @returns false when there was nothing to close */
  escape(): boolean;
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

/** Where keys mean something of their own. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], .panel, .timeline, .splitter, .menu';

/**
 * The page's keys. With Control, Alt or Command they are VS Code's, but for Find; Enter and Space are the focused
 * button's own.
 */
export function listenToKeys(target: Document, actions: KeyActions): void {
  target.addEventListener('keydown', (event) => {
    if (!event.defaultPrevented && perform(event, actions)) {
      event.preventDefault();
    }
  });
}

function perform(event: KeyboardEvent, actions: KeyActions): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    const isFind = event.key.toLowerCase() === 'f' && !event.altKey && !event.shiftKey;
    if (isFind) {
      actions.search();
    }
    return isFind;
  }
  if (event.key === 'Escape') {
    return actions.escape();
  }
  if (event.target instanceof Element && event.target.closest(OWN_KEYS) !== null) {
    return false;
  }
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    return actions.walk(arrow);
  }
  const place = PLACES[event.key];
  if (place !== undefined) {
    return actions.walkInOrder(place);
  }
  return performLetter(event, actions);
}

function performLetter(event: KeyboardEvent, actions: KeyActions): boolean {
  const done = (act: () => void): boolean => {
    act();
    return true;
  };
  switch (event.key.toLowerCase()) {
    case '+':
    case '=':
      return done(() => actions.zoomIn());
    case '-':
      return done(() => actions.zoomOut());
    case '0':
      return done(() => actions.actualSize());
    case 'f':
      return done(() => actions.fit());
    case '/':
      return done(() => actions.search());
    case 'l':
      return !event.repeat && done(() => actions.toggleList());
    case 'b':
      return !event.repeat && done(() => actions.toggleTable());
    case 't':
      return !event.repeat && done(() => actions.toggleTimeline());
    // A key held down answers once.
    case 'a':
      return !event.repeat && actions.answer('approved');
    case 'r':
      return !event.repeat && actions.answer('rejected');
    case 'c':
      return !event.repeat && actions.answer('changes-requested');
    default:
      return false;
  }
}
