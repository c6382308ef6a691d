import type {
  MetricsPicture,
  MetricsWindow,
  RunGroup,
  RunMetrics,
} from '../../core/projections/metricsPicture.ts';

/** What the dashboard shows, chosen by whoever looks. The page keeps it over reloads, the extension answers it. */
export interface DashboardView {
  readonly window: MetricsWindow;
  /** As `ShownFolder.folder`; `undefined`: all folders together. */
  readonly folder: string | undefined;
  /** Only these runs are in the table; `undefined`: all. */
  readonly group: RunGroup | undefined;
  /** Rows of the table, at most; `MOST_RUNS` at most. */
  readonly most: number;
}

/** What can be asked of a run from its row: the extension's own words for it, and `graph`. */
export type DashboardVerb =
  | 'graph'
  | 'pause'
  | 'unpause'
  | 'resume'
  | 'cancel'
  | 'takeOver'
  | 'changes'
  | 'forecast'
  | 'checkout'
  | 'merge'
  | 'drop';

export interface ShownFolder {
  /** Names it in messages. */
  readonly folder: string;
  /** For people. */
  readonly name: string;
}

export interface ShownRun extends RunMetrics {
  readonly folder: string;
  /** What can be asked of it now, in this order. */
  readonly verbs: readonly DashboardVerb[];
}

export interface DashboardPicture {
  /** What it answers. Its folder is one of `folders`, or `undefined`. */
  readonly view: DashboardView;
  /** All that are open in the window, in its order. */
  readonly folders: readonly ShownFolder[];
  readonly metrics: MetricsPicture;
  /** Newest first: those of the view, at most `view.most`. */
  readonly runs: readonly ShownRun[];
  /** Runs of the view, also those that are not in `runs`. */
  readonly runCount: number;
  /** Runs there are, in whatever window. */
  readonly everCount: number;
  /** What keeps something from being shown, as sentences. */
  readonly notices: readonly string[];
}

/** What the extension tells the page. */
export interface DashboardHostMessage {
  readonly type: 'dashboard';
  readonly picture: DashboardPicture;
}

/** What there is to do where nothing has run yet. */
export type FirstStep = 'run-workflow' | 'new-workflow' | 'add-pack';

/** What the page tells the extension; parsed there before use. */
export type DashboardPageMessage =
  /** The page is loaded, or another view was chosen: it wants a picture. */
  | { readonly type: 'view'; readonly view: DashboardView }
  | {
      readonly type: 'verb';
      readonly folder: string;
      readonly run: string;
      readonly verb: DashboardVerb;
    }
  | { readonly type: 'first-step'; readonly step: FirstStep }
  /** What the view shows is wanted as a file; the extension asks which, and where to. */
  | { readonly type: 'export' };
