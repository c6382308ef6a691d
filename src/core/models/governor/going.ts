/** A call that asks for its turn. */
export interface Asking {
  readonly tokens: number;
  readonly criticality: number;
  /** It was told to come: what is kept for others is not its matter. */
  readonly isExpected: boolean;
}

/** A call that is under way. */
export interface Going {
  readonly tokens: number;
  readonly startedAt: number;
  /** Its number among the calls of its lane, and among those that the pace was learned from. */
  readonly call: number;
  readonly paceCall: number;
  /** Tokens that all calls of the lane had taken when it went, its own included. */
  readonly tokensBefore: number;
  /** It tries whether the model answers again. */
  readonly isProbe: boolean;
  /** It tries whether the provider takes more than was learned. */
  readonly isPaceProbe: boolean;
}
