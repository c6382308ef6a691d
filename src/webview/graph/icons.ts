import type { GraphNode, ShownStatus } from '../../core/projections/graphPicture.ts';
import { svgElement } from './dom.ts';
import type { Standing } from './labels.ts';

/** In a square of 16. Agents are round, gates are diamonds, workflows square; the sign inside tells the state. */
const OUTLINES: Readonly<Record<GraphNode['kind'], string>> = {
  agent: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
  gate: 'M8 .8L15.2 8L8 15.2L.8 8z',
  workflow: 'M4 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z',
};

type Sign =
  'none' | 'arc' | 'question' | 'check' | 'cross' | 'skip' | 'slash' | 'mark' | 'bars' | 'hands';

const SIGNS: Readonly<Record<Sign, string>> = {
  none: '',
  arc: 'M8 1.5a6.5 6.5 0 0 1 6.5 6.5',
  question: 'M6.4 6.5a1.6 1.6 0 1 1 2.5 1.3c-.6.4-.9.7-.9 1.4M8 11.2v.05',
  check: 'M5.2 8.3l2 2l3.7-4.2',
  cross: 'M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  skip: 'M5.2 8h5.4M8.4 5.8L10.6 8l-2.2 2.2',
  slash: 'M4.9 11.1l6.2-6.2',
  mark: 'M8 4.8v4M8 11.2v.05',
  bars: 'M6.2 5.6v4.8M9.8 5.6v4.8',
  hands: 'M8 4.6V8l2.3 1.5',
};

interface Look {
  readonly sign: Sign;
  /** The outline is filled and the sign cut out of it. */
  readonly filled: boolean;
}

const LOOKS: Readonly<Record<Standing, Look>> = {
  pending: { sign: 'none', filled: false },
  held: { sign: 'bars', filled: false },
  delayed: { sign: 'hands', filled: false },
  parked: { sign: 'hands', filled: false },
  running: { sign: 'arc', filled: false },
  asking: { sign: 'question', filled: true },
  waiting: { sign: 'question', filled: true },
  unknown: { sign: 'question', filled: true },
  succeeded: { sign: 'check', filled: true },
  // Nothing was done for it: an outline only.
  reused: { sign: 'check', filled: false },
  approved: { sign: 'check', filled: true },
  failed: { sign: 'cross', filled: true },
  skipped: { sign: 'skip', filled: false },
  cancelled: { sign: 'slash', filled: false },
};

export function stateIcon(kind: GraphNode['kind'], standing: Standing): SVGSVGElement {
  return icon(OUTLINES[kind], LOOKS[standing]);
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
      return icon(OUTLINES.agent, { sign: 'mark', filled: true });
  }
}

/** A sign of its own, 16 px, drawn with the colour of the text around it. */
export function strokeIcon(path: string): SVGSVGElement {
  const drawn = frame();
  drawn.append(svgElement('path', { class: 'sign', d: path }));
  return drawn;
}

function icon(outline: string, { sign, filled }: Look): SVGSVGElement {
  const drawn = frame();
  drawn.append(
    svgElement('path', { class: filled ? 'shape filled' : 'shape', d: outline }),
    svgElement('path', { class: filled ? 'sign cut' : 'sign', d: SIGNS[sign] }),
  );
  return drawn;
}

function frame(): SVGSVGElement {
  return svgElement('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' });
}
