import {
  isCount,
  isFlag,
  isMaybe,
  isNumber,
  isRecord,
  isText,
  isWordOf,
} from '../shared/checks.ts';
import type { Flow } from './arrangement.ts';
import type { Folds } from './scene/scene.ts';
import type { ViewMode, Viewport } from './viewport.ts';

/** What a person has made of the page, for the page that follows this one. */
export interface SavedView extends Viewport {
  readonly mode: ViewMode;
  readonly flow: Flow;
  /** What a person opened and closed, by `FoldKey`. */
  readonly folds: Folds;
  readonly selected: string | undefined;
  /** Px the side panel takes. */
  readonly panel: number;
  readonly isTimelineOpen: boolean;
  readonly isList: boolean;
  /** Of a plan. */
  readonly isTable: boolean;
}

const MODES: Readonly<Record<ViewMode, true>> = { auto: true, fit: true, free: true };
const FLOWS: Readonly<Record<Flow, true>> = { auto: true, right: true, down: true };
/** More than anybody opens by hand; a state that has more is not one of ours. */
const MOST_FOLDS = 5000;

export const PANEL_WIDTH = 380;

/** The view kept before a reload; `undefined` when there is none to trust. */
export function parseSavedView(state: unknown): SavedView | undefined {
  const view = isRecord(state) ? state['view'] : undefined;
  if (!isRecord(view)) {
    return undefined;
  }
  const { mode, scale, x, y } = view;
  if (!isWordOf(MODES, mode) || !isNumber(scale) || scale <= 0 || !isNumber(x) || !isNumber(y)) {
    return undefined;
  }
  // Kept since later versions: what an earlier page left out, or spoilt, is as at first.
  const { flow, selected, panel, isTimelineOpen, isList, isTable } = view;
  return {
    mode,
    scale,
    x,
    y,
    flow: isWordOf(FLOWS, flow) ? flow : 'auto',
    folds: foldsOf(view['folds']),
    selected: isMaybe(selected, isText) ? selected : undefined,
    panel: isNumber(panel) && panel > 0 ? panel : PANEL_WIDTH,
    isTimelineOpen: isFlag(isTimelineOpen) && isTimelineOpen,
    isList: isFlag(isList) && isList,
    isTable: isFlag(isTable) && isTable,
  };
}

function foldsOf(value: unknown): Folds {
  const folds = new Map<string, number>();
  for (const pair of Array.isArray(value) ? (value as readonly unknown[]) : []) {
    const [key, from] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (isText(key) && (from === -1 || isCount(from)) && folds.size < MOST_FOLDS) {
      folds.set(key, from);
    }
  }
  return folds;
}

/** As it is kept: lists and records only. */
export function keptView(view: SavedView): object {
  return { ...view, folds: [...view.folds] };
}
