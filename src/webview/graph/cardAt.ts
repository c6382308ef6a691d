/** The focus came by a key, not by the pointer. */
export function isByKey(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(':focus-visible');
}

/** The item whose card an element is in. */
export function itemAt(target: EventTarget | null): string | undefined {
  const card = target instanceof Element ? target.closest('.card') : null;
  return card instanceof HTMLElement ? card.dataset['item'] : undefined;
}
