import { element } from '../shared/dom.ts';
import type { Palette } from './colours.ts';

/** @param root what the style sheet's colours are set on */
export function paletteOf(root: HTMLElement): Palette {
  const probe = element('div', 'unseen');
  root.append(probe);
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const resolve = (colour: string): string => {
    probe.style.color = colour;
    const computed = getComputedStyle(probe).color;
    if (pixel === null) {
      return computed;
    }
    // A canvas knows every notation of a colour, and tells it in one.
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = computed;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 255] = pixel.getImageData(0, 0, 1, 1).data;
    return alpha === 255
      ? `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
      : `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(2)})`;
  };
  const [quiet, running, waiting] = [
    resolve('var(--quiet)'),
    resolve('var(--running)'),
    resolve('var(--waiting)'),
  ];
  const passed = resolve('var(--passed)');
  const palette: Palette = {
    canvas: resolve('var(--canvas)'),
    surface: resolve('var(--surface)'),
    text: resolve('var(--text)'),
    quiet,
    rule: resolve(
      'var(--vscode-contrastBorder, color-mix(in srgb, var(--canvas) 76%, var(--text)))',
    ),
    line: resolve('color-mix(in srgb, var(--canvas) 62%, var(--text))'),
    focus: resolve('var(--focus)'),
    font: getComputedStyle(root).fontFamily,
    states: {
      pending: quiet,
      running,
      asking: waiting,
      waiting,
      unknown: waiting,
      succeeded: passed,
      approved: passed,
      failed: resolve('var(--failed)'),
      skipped: quiet,
      cancelled: quiet,
    },
  };
  probe.remove();
  return palette;
}
