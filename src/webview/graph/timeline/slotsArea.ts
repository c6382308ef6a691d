import type { TimelinePicture } from '../../../core/projections/timelinePicture.ts';
import { setAttribute, svgElement } from '../../shared/dom.ts';
import type { TimeScale } from './scale.ts';

/** Pixels. */
export const SLOTS_HEIGHT = 36;

/** The slots used over time as steps, with the line that they cannot cross. */
export class SlotsArea {
  // A border takes some of its height: it is never made narrower for that, else its times would be others than the bars'.
  readonly element = svgElement('svg', {
    class: 'slots',
    role: 'img',
    preserveAspectRatio: 'none',
  });
  readonly #area = svgElement('path', { class: 'used' });
  readonly #limit = svgElement('path', { class: 'limit' });

  constructor() {
    this.element.append(this.#area, this.#limit);
  }

  draw({ slots, mostSlots, to }: TimelinePicture, scale: TimeScale): void {
    const { width } = scale;
    const most = Math.max(1, mostSlots, ...slots.map(({ used }) => used));
    const y = (used: number): number => SLOTS_HEIGHT - 1 - (used / most) * (SLOTS_HEIGHT - 6);
    const parts: string[] = [];
    let drawn: { x: number; top: number } | undefined;
    for (const { at, used } of slots) {
      const x = Math.round(scale.x(at) * 10) / 10;
      // Of many steps within a pixel the highest is seen, and the last goes on.
      const top = y(used);
      if (drawn === undefined) {
        parts.push(`M${x} ${SLOTS_HEIGHT - 1}V${top}`);
      } else if (x - drawn.x < 0.5) {
        parts.push(`V${top}`);
      } else {
        parts.push(`H${x}V${top}`);
      }
      drawn = { x, top };
    }
    parts.push(`H${scale.x(to)}V${SLOTS_HEIGHT - 1}Z`);
    setAttribute(this.element, 'viewBox', `0 0 ${width} ${SLOTS_HEIGHT}`);
    setAttribute(this.element, 'width', String(width));
    setAttribute(this.element, 'height', String(SLOTS_HEIGHT));
    setAttribute(this.#area, 'd', drawn === undefined ? '' : parts.join(''));
    setAttribute(this.#limit, 'd', `M0 ${y(mostSlots)}H${width}`);
    const peak = slots.reduce((highest, { used }) => Math.max(highest, used), 0);
    const label = `Slots used over time: ${peak} of ${mostSlots} at most`;
    setAttribute(this.element, 'aria-label', label);
  }
}
