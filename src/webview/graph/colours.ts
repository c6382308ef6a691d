import type { GraphNodeState } from '../../core/projections/graphPicture.ts';

/** The theme's colours as `#rrggbb` or `rgba(…)`, for what style sheets do not reach: canvases and files. */
export interface Palette {
  readonly canvas: string;
  readonly surface: string;
  readonly text: string;
  readonly quiet: string;
  readonly rule: string;
  readonly line: string;
  readonly focus: string;
  readonly font: string;
  readonly states: Readonly<Record<GraphNodeState, string>>;
}
