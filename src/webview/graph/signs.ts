import type { GraphNode } from '../../core/projections/graphPicture.ts';
import type { Standing } from './labels.ts';

/** In a square of 16. Agents are round, gates are diamonds, workflows square; the sign inside tells the state. */
const OUTLINES: Readonly<Record<GraphNode['kind'], string>> = {
  agent: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
  gate: 'M8 .8L15.2 8L8 15.2L.8 8z',
  workflow: 'M4 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z',
};

type Sign =
  'none' | 'arc' | 'question' | 'check' | 'cross' | 'skip' | 'slash' | 'mark' | 'bars' | 'hands';

export const SIGN_PATHS: Readonly<Record<Sign, string>> = {
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

export interface Look {
  /** A path, in a square of 16. */
  readonly outline: string;
  readonly sign: Sign;
  /** The outline is filled and the sign cut out of it. */
  readonly filled: boolean;
}

const LOOKS: Readonly<Record<Standing, Omit<Look, 'outline'>>> = {
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

/** How a state is drawn, on the page and wherever there are no elements. */
export function signOf(kind: GraphNode['kind'], standing: Standing): Look {
  return { outline: OUTLINES[kind], ...LOOKS[standing] };
}
