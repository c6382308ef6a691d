import type { GraphNode, ShownStatus } from '../../core/projections/graphPicture.ts';
import { svgElement } from '../shared/dom.ts';
import type { Standing } from './labels.ts';
import { SIGN_PATHS, signOf, type Look } from './signs.ts';

export function stateIcon(kind: GraphNode['kind'], standing: Standing): SVGSVGElement {
  return icon(signOf(kind, standing));
}

export function runIcon(status: ShownStatus): SVGSVGElement {
  switch (status) {
    case 'running':
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return stateIcon('agent', status);
    case 'waiting':
      return stateIcon('gate', status);
    case 'cancelling':
    case 'pausing':
      return stateIcon('agent', 'running');
    case 'paused':
      return stateIcon('agent', 'held');
    case 'degraded':
    case 'interrupted':
      return icon({ ...signOf('agent', 'failed'), sign: 'mark' });
  }
}

/** A sign of its own, 16 px, drawn with the colour of the text around it. */
export function strokeIcon(path: string): SVGSVGElement {
  const drawn = frame();
  drawn.append(svgElement('path', { class: 'sign', d: path }));
  return drawn;
}

function icon({ outline, sign, filled }: Look): SVGSVGElement {
  const drawn = frame();
  drawn.append(
    svgElement('path', { class: filled ? 'shape filled' : 'shape', d: outline }),
    svgElement('path', { class: filled ? 'sign cut' : 'sign', d: SIGN_PATHS[sign] }),
  );
  return drawn;
}

function frame(): SVGSVGElement {
  return svgElement('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
}
