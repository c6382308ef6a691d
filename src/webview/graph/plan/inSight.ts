/** Px that stay free around what is brought into sight; the sticky head of the table is as high. */
const AROUND = 40;

/**
 * Brings an element into sight within what it scrolls in, and moves nothing else: `scrollIntoView`, and a focus that
 * scrolls, would move the whole page inside its window.
 */
export function bringIntoSight(target: HTMLElement): void {
  const scroller = target.closest<HTMLElement>('.panel-body, .plan-table');
  if (scroller === null) {
    return;
  }
  const box = target.getBoundingClientRect();
  const frame = scroller.getBoundingClientRect();
  if (box.bottom > frame.bottom - AROUND) {
    scroller.scrollTop += box.bottom - frame.bottom + AROUND;
  } else if (box.top < frame.top + AROUND) {
    scroller.scrollTop -= frame.top + AROUND - box.top;
  }
}

export function focusInSight(target: HTMLElement | null | undefined): void {
  if (target !== null && target !== undefined) {
    target.focus({ preventScroll: true });
    bringIntoSight(target);
  }
}
