// Types only: what the time line under the graph shows. The page in the browser is checked against this file.

/** A run over time. All times are milliseconds since 1970. */
export interface TimelinePicture {
  readonly from: number;
  /** Its end, or for a run that is not over, now. */
  readonly to: number;
  readonly isOver: boolean;
  /** A row each, in the order of their first start; tasks that never began are not here. */
  readonly rows: readonly TimelineRow[];
  /** Tasks under way at once, from each time on. In order. */
  readonly slots: readonly TimelineSlots[];
  /** Tasks at once that may be under way. */
  readonly mostSlots: number;
  /** Moments worth a stop, one for each event or, of very many, for some: the slider goes through them. In order. */
  readonly moments: readonly TimelineMoment[];
  /** Where nobody drove the run: nothing ran there. In order. */
  readonly breaks?: readonly TimelineBreak[];
}

export interface TimelineBreak {
  readonly from: number;
  readonly to: number;
}

export interface TimelineRow {
  readonly task: string;
  readonly spans: readonly TimelineSpan[];
  /** Where nothing ran: when what was made before was taken. */
  readonly reusedAt: number | undefined;
}

export interface TimelineSpan {
  readonly from: number;
  /** `undefined`: it goes on. */
  readonly to: number | undefined;
  /**
   * `attempt`: it takes a slot. `parked`, `asking`: it waits for a provider or for a person. `delay`: before another
   * attempt. `gate`: a gate waits.
   */
  readonly kind: 'attempt' | 'parked' | 'asking' | 'delay' | 'gate';
  /** From 1; 0 for a gate. */
  readonly attempt: number;
  /** How it ended; `undefined`: it goes on, or it has no outcome of its own. */
  readonly outcome:
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | 'cut off'
    | 'approved'
    | 'rejected'
    | 'changes'
    | undefined;
  /** One line. */
  readonly label: string;
}

export interface TimelineSlots {
  readonly at: number;
  readonly used: number;
}

export interface TimelineMoment {
  readonly seq: number;
  readonly at: number;
  /** One line: `lint started`, `review approved by ada`. */
  readonly text: string;
}
